package import ImageModel
import StrictJSON

/// What a config says of how its image runs and what it is, setting by setting.
/// Source: opencontainers/image-spec `config.md`; what Docker adds to it, moby `image/spec`.
package struct ImageSettings: Hashable, Sendable {
  package struct Setting: Hashable, Sendable {
    /// `env.PATH`, `labels.version`, `cmd`. Source: docs/reference.md, diff.
    package let name: String
    package let value: JSONOutput
  }

  /// Each once. What is empty is left out, for that is how it is to have none.
  package let settings: [Setting]
  /// All of the config but the times of its build, and the container of it, which Docker's classic builder notes.
  package let withoutTimes: JSONOutput

  /// What the names of settings begin with, by the members that they are of.
  private static let kinds = [
    "architecture": "architecture", "variant": "variant", "os.version": "os_version", "User": "user",
    "WorkingDir": "working_dir", "Entrypoint": "entrypoint", "Cmd": "cmd", "ExposedPorts": "ports",
    "Volumes": "volumes", "StopSignal": "stop_signal", "Healthcheck": "healthcheck", "Env": "env", "Labels": "labels",
  ]

  /// `env` of `env.PATH`.
  package static func kind(of name: String) -> String { String(name.prefix { $0 != "." }) }

  /// - Returns: `nil` for what is no object.
  package init?(_ document: Document) {
    guard let json = try? StrictJSON.parse(document.bytes, limits: .config), json.object != nil else { return nil }
    settings = Self.settings(of: json)
    withoutTimes = JSONOutput(json, leavingOut: Self.isOfBuild)
  }

  /// The members of both configs that differ and of which no setting does: `history`, `OnBuild`, `Env` in its order.
  package func others(than other: ImageSettings) -> [String] {
    let shown = Set((settings + other.settings).map(\.name).filter { self[$0] != other[$0] }.map(Self.kind(of:)))
    let (own, theirs) = (Self.members(of: withoutTimes), Self.members(of: other.withoutTimes))
    return Set(own.keys).union(theirs.keys).filter { name in
      own[name] != theirs[name] && !shown.contains(Self.kinds[name] ?? "")
    }.sorted()
  }

  /// Those of `config` beside the others. Layers are compared by themselves.
  private static func members(of config: JSONOutput) -> [String: JSONOutput] {
    guard case .object(let members) = config else { return [:] }
    return members.reduce(into: [:]) { all, member in
      switch member.key {
      case "config": all.merge(Self.members(of: member.value)) { $1 }
      case "rootfs": break
      default: all[member.key] = member.value
      }
    }
  }

  package subscript(name: String) -> JSONOutput? { settings.first { $0.name == name }?.value }

  private static func settings(of json: JSONValue) -> [Setting] {
    var settings = [("architecture", "architecture"), ("variant", "variant"), ("os.version", "os_version")].map {
      Setting(name: $1, value: text(json[$0]))
    }
    let config = json["config"]
    settings += [("User", "user"), ("WorkingDir", "working_dir")].map { Setting(name: $1, value: text(config?[$0])) }
    settings += [("Entrypoint", "entrypoint"), ("Cmd", "cmd")].map { Setting(name: $1, value: words(config?[$0])) }
    settings += [("ExposedPorts", "ports"), ("Volumes", "volumes")].map { Setting(name: $1, value: keys(config?[$0])) }
    settings.append(Setting(name: "stop_signal", value: text(config?["StopSignal"])))
    settings.append(Setting(name: "healthcheck", value: config?["Healthcheck"].map { JSONOutput($0) } ?? .null))
    settings += environment(config?["Env"]) + labels(config?["Labels"])
    return settings.filter { $0.value != .null }
  }

  private static func text(_ value: JSONValue?) -> JSONOutput {
    value?.string.flatMap { $0.isEmpty ? nil : .string($0) } ?? .null
  }

  /// A command: its words, or a line for a shell.
  private static func words(_ value: JSONValue?) -> JSONOutput {
    guard let words = value?.array?.compactMap(\.string) else { return text(value) }
    return words.isEmpty ? .null : .array(words.map { .string($0) })
  }

  private static func keys(_ value: JSONValue?) -> JSONOutput {
    let keys = value?.object?.map(\.key).sorted() ?? []
    return keys.isEmpty ? .null : .array(keys.map { .string($0) })
  }

  /// The last of a name counts.
  private static func environment(_ value: JSONValue?) -> [Setting] {
    var values: [String: String] = [:]
    for entry in value?.array?.compactMap(\.string) ?? [] {
      let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      values[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
    }
    return values.sorted { $0.key < $1.key }.map { Setting(name: "env.\($0.key)", value: .string($0.value)) }
  }

  /// Where an image comes from first.
  private static func labels(_ value: JSONValue?) -> [Setting] {
    let first = ["source", "version", "revision"].map { "org.opencontainers.image.\($0)" }
    let members = value?.object?.compactMap { member in member.value.string.map { (member.key, $0) } } ?? []
    return members.sorted { left, right in
      let places = (first.firstIndex(of: left.0) ?? first.count, first.firstIndex(of: right.0) ?? first.count)
      return places.0 != places.1 ? places.0 < places.1 : left.0 < right.0
    }.map { Setting(name: "labels.\($0.0)", value: .string($0.1)) }
  }

  /// Whether a member, by the names that lead to it, is when or in which container the image was built, no more.
  private static func isOfBuild(_ path: [String]) -> Bool {
    path == ["created"] || path == ["history", "created"]
      || path == ["container"] || path == ["container_config"]
      || path.count == 3 && path.starts(with: ["config", "Labels"]) && timeLabels.contains(path[2])
  }

  private static let timeLabels: Set = [
    "org.opencontainers.image.created", "org.label-schema.build-date", "build-date",
  ]
}

extension JSONOutput {
  /// The same value, members by their names: equal where two documents say the same.
  ///
  /// - Parameter isLeftOut: whether a member is, by the names that lead to it.
  init(_ value: JSONValue, leavingOut isLeftOut: ([String]) -> Bool = { _ in false }) {
    self.init(value, [], isLeftOut)
  }

  private init(_ value: JSONValue, _ path: [String], _ isLeftOut: ([String]) -> Bool) {
    switch value.kind {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .number(let number): self = .raw(Array(number.text.utf8))
    case .string(let text): self = .string(text)
    case .array(let values): self = .array(values.map { JSONOutput($0, path, isLeftOut) })
    case .object(let members):
      self = .object(
        members.sorted { $0.key < $1.key }.compactMap { member in
          let path = path + [member.key]
          return isLeftOut(path) ? nil : Member(member.key, JSONOutput(member.value, path, isLeftOut))
        })
    }
  }
}
