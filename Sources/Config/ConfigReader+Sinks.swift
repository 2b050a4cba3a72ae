import ImageModel
import StrictJSON

extension ConfigReader {
  /// The configured sinks, in the order of the file; without any, the one that everybody has.
  mutating func sinks(_ root: Section) -> [SinkSettings] {
    let standard = [SinkSettings(name: "stdout", kind: .stdout)]
    guard let value = root["sinks"] else { return standard }
    guard let members = value.object else {
      wrongType(value, "\"sinks\"", "an object")
      return standard
    }
    let sinks = named(members).map { sink($0) }
    return sinks.isEmpty ? standard : sinks
  }

  private mutating func sink(_ member: JSONMember) -> SinkSettings {
    var sink = SinkSettings(name: member.key, kind: .stdout)
    if !Self.isSinkName(member.key) {
      error(
        at: member.keyRange.lowerBound, "\(quoted(member.key)) cannot be the name of a sink",
        hint: "it takes 1 to 64 letters, digits, points, hyphens and underscores")
    }
    let type = member.value["type"]?.string.flatMap(SinkType.init)
    guard let section = sinkSection(member, type) else { return sink }
    if section["type"] == nil {
      error(
        at: member.value.offset, "the sink \(quoted(member.key)) has no \"type\"",
        hint: "it is one of \(SinkType.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    _ = choice(section, "type", SinkType.self)
    sink.events = patterns(section)
    sink.groupSeconds = duration(section, "group")
    switch type {
    case .file: sink.kind = .file(path: absolutePath(section, member.key))
    case .webhook: sink.kind = .webhook(webhook(section, member.key))
    case .email:
      sink.kind = .email(email(section, member.key))
      sink.groupSeconds = sink.groupSeconds ?? EmailSettings.groupSeconds
    case .stdout, nil: break
    }
    return sink
  }

  /// The keys depend on the type; where that is unknown, those of all types will do.
  private mutating func sinkSection(_ member: JSONMember, _ type: SinkType?) -> Section? {
    section(
      member.value, "the sink \(quoted(member.key))", type?.keys ?? SinkType.anyKeys,
      elsewhere: SinkType.allCases.map { ($0.keys, "a sink of type \"\($0)\"") })
  }

  /// Sinks are named on the command line and in the database.
  private static func isSinkName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20) || [0x2d, 0x2e, 0x5f].contains($0)
      }
  }

  private mutating func absolutePath(_ section: Section, _ name: String) -> String {
    guard section["path"] != nil else {
      error(at: section.value.offset, "the file sink \(quoted(name)) has no \"path\"")
      return ""
    }
    guard let path = path(section, "path") else { return "" }
    if !path.hasPrefix("/") || path.hasSuffix("/") {
      error(
        at: section.offset("path"), "\"path\": \(quoted(path)) is not the absolute path of a file",
        hint: "it begins with / and does not end with one")
    }
    note(.sink(name, key: "path"), "path", at: section.offset("path"))
    return path
  }

  private mutating func patterns(_ section: Section) -> EventPatterns? {
    guard let texts = strings(section, "events") else { return nil }
    if texts.isEmpty {
      error(
        at: section.offset("events"), "\"events\" must name a type",
        hint: "leave it out for the usual types; [\"*\"] is all of them")
    }
    let types = EventType.allCases.map(\.rawValue)
    for (text, offset) in texts where !types.contains(where: { EventPatterns.matches(text, $0) }) {
      error(
        at: offset, "no event has a type like \(quoted(text))",
        hint: nearestEventPattern(to: text).map { "did you mean \(quoted($0))?" }
          ?? "types are watcher.image.changed, watcher.tag.deleted and others; * stands for any part")
    }
    return EventPatterns(texts.map(\.text))
  }
}
