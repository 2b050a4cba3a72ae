import ImageModel
import StrictJSON

extension ConfigReader {
  /// An event holds the labels beside everything else and is at most 16 KiB.
  private static let labelBytes = 4_096

  private static let systems = [
    "linux", "windows", "darwin", "freebsd", "netbsd", "openbsd", "dragonfly", "solaris", "illumos", "aix", "android",
    "ios", "js", "plan9", "wasi", "wasip1",
  ]
  private static let architectures = [
    "amd64", "arm64", "arm", "386", "ppc64le", "ppc64", "s390x", "riscv64", "mips64le", "mips64", "mipsle", "mips",
    "loong64", "wasm",
  ]

  /// Which platforms, and how they are matched; of what is not said, `values` keeps what it has.
  mutating func readPlatforms(_ section: Section, _ values: inout WatchDefaults) {
    values.platformMatch = choice(section, "platform_match") ?? values.platformMatch
    switch (platforms(section) ?? values.selection, values.platformMatch) {
    case (.all, _): values.selection = .all
    case (.only(let wanted), .strict), (.compatible(let wanted), .strict): values.selection = .only(wanted)
    case (.only(let wanted), .compatible), (.compatible(let wanted), .compatible):
      values.selection = .compatible(wanted)
    }
  }

  private mutating func platforms(_ section: Section) -> PlatformSelection? {
    guard let texts = strings(section, "platforms") else { return nil }
    let offset = section.offset("platforms")
    guard !texts.isEmpty else {
      error(at: offset, "\"platforms\" must name a platform", hint: "[\"*\"] is every platform of the image")
      return nil
    }
    if texts.contains(where: { $0.text == "*" }) {
      if texts.count == 1 { return .all }
      error(at: offset, "\"*\" is every platform and stands alone", hint: "write [\"*\"]")
      return nil
    }
    var platforms: [Platform] = []
    for (text, offset) in texts {
      guard let platform = Platform(text), !platform.isUnknown else {
        error(
          at: offset, "\(quoted(text)) is not a platform",
          hint: Self.platformAdvice(text) ?? "write os/architecture or os/architecture/variant: linux/arm64")
        continue
      }
      if platforms.contains(platform) {
        warning(at: offset, "\(quoted(text)) is in the list already, as \(platform)")
      } else {
        warnIfUncommon(platform, at: offset)
        platforms.append(platform)
      }
    }
    return .only(platforms)
  }

  private static func platformAdvice(_ text: String) -> String? {
    architectures.contains(text) ? "did you mean \"linux/\(text)\"?" : nil
  }

  private mutating func warnIfUncommon(_ platform: Platform, at offset: Int) {
    for (word, known) in [(platform.os, Self.systems), (platform.architecture, Self.architectures)]
    where !known.contains(word) {
      let near = nearest(to: word, among: known)
      warning(
        at: offset, "no image is known to have \(quoted(word)) in its platform",
        hint: near.map { "did you mean \(quoted($0))?" })
    }
  }

  /// Names of configured sinks.
  mutating func sinkList(_ section: Section, sinkNames: [String]) -> [String]? {
    guard let texts = strings(section, "sinks") else { return nil }
    var names: [String] = []
    for (text, offset) in texts {
      if !sinkNames.contains(text) {
        let near = nearest(to: text, among: sinkNames)
        let known = sinkNames.map { $0.safe(limit: 64) }.joined(separator: ", ").safe(limit: 300)
        error(
          at: offset, "there is no sink \(quoted(text))",
          hint: near.map { "did you mean \(quoted($0))?" } ?? "configured: \(known)")
      } else if let first = texts.first(where: { $0.text == text }), first.offset != offset {
        error(at: offset, "the sink \(quoted(text)) is in the list already, at \(source.place(at: first.offset))")
      } else {
        names.append(text)
      }
    }
    return names
  }

  mutating func labels(_ section: Section) -> [String: String] {
    guard let value = section["labels"] else { return [:] }
    guard let members = value.object else {
      wrongType(value, "\"labels\"", "an object of strings")
      return [:]
    }
    let most = section.keys["labels"].range.upperBound
    guard members.count <= most else {
      error(
        at: members[most].keyRange.lowerBound, "\"labels\" has \(members.count) labels", hint: "at most \(most)")
      return [:]
    }
    var labels: [String: String] = [:]
    for member in members {
      if member.key.isEmpty { error(at: member.keyRange.lowerBound, "a label must have a name") }
      if let text = member.value.string {
        labels[member.key] = text
      } else {
        wrongType(member.value, "the label \(quoted(member.key))", "a string")
      }
    }
    let written = JSONOutput.object(labels.map { JSONOutput.Member($0.key, .string($0.value)) }).bytes.count
    if written > Self.labelBytes {
      error(
        at: value.offset, "\"labels\" takes \(written) bytes in every event", hint: "at most \(Self.labelBytes)")
    }
    return labels
  }
}
