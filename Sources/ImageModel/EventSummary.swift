/// What an event says, in one sentence: `amazonlinux:latest has a new image (content changed) on linux/amd64,
/// linux/arm64`. For receivers that show a text and no more. Source: docs/reference.md, The event.
struct EventSummary {
  /// Of a tag's name as many are kept, its end.
  private static let nameCharacters = 80
  /// No platform and no tag takes fewer than five, with what parts it from the next.
  static let mostNames = Limits.summaryCharacters / 5

  let event: ChangeEvent

  /// At most `Limits.summaryCharacters`: of many platforms as many as fit, the others are counted.
  var text: String {
    for shown in stride(from: min(event.changes.count, Self.mostNames), through: 1, by: -1) {
      let sentence = sentence(shown)
      if sentence.unicodeScalars.count <= Limits.summaryCharacters { return sentence }
    }
    return sentence(0).cut(to: Limits.summaryCharacters)
  }

  /// The end of a tag's short form: what stands there tells it from others.
  static func name(_ tag: TagReference) -> String {
    let name = tag.familiar.safe(limit: .max)
    return name.unicodeScalars.count <= nameCharacters
      ? name : "…" + String(name.unicodeScalars.suffix(nameCharacters - 1))
  }

  private func sentence(_ shown: Int) -> String { "\(Self.name(event.tag)) \(what(shown))" }

  private func what(_ shown: Int) -> String {
    switch event.type {
    case .imageChanged, .artifactChanged: move(shown)
    case .platformAdded, .platformRemoved: arrivalsAndDepartures(shown).joined(separator: " and ")
    case .imageRepacked: "has the same image, packed anew" + on(event.changes, shown)
    case .indexChanged: "has a new index, and the same images as before"
    case .tagFirstSeen: "was seen for the first time" + on(event.changes, shown)
    case .tagDeleted: "is gone from \(event.tag.domain.safe(limit: 64))"
    case .tagMoved: "has moved; details are pending, for its registry allows no pull now"
    case .tagRestored: "is back"
    case .tagUnreachable: "cannot be checked" + since + (event.failure.map { " (\($0.code.rawValue))" } ?? "")
    case .tagRecovered: "can be checked again" + (since.isEmpty ? "" : ", after failures\(since)")
    case .changes: "has changed"
    }
  }

  /// What the tag names now, and how that differs from what it named before.
  private func move(_ shown: Int) -> String {
    let thing = event.type == .artifactChanged ? "artifact" : "image"
    let replaced = event.changes.filter { $0.changeClass == .content || $0.changeClass == .rebuilt }
    let classes: [ChangeClass] = [.content, .rebuilt]
    let how = classes.compactMap { changeClass in
      let changes = replaced.filter { $0.changeClass == changeClass }
      return changes.isEmpty ? nil : "(\(changeClass.summary))" + on(changes, shown)
    }
    let back = event.rollback ?? []
    let isBack = !back.isEmpty && back.count == event.changes.count { $0.current != nil && $0.changeClass != .repacked }
    var parts: [String] = []
    if !how.isEmpty {
      let verb = isBack ? "is back at an earlier \(thing)" : "has a new \(thing)"
      parts.append("\(verb) \(how.joined(separator: " and "))")
    }
    parts += arrivalsAndDepartures(shown)
    var text = parts.isEmpty ? "is what it was" : parts.joined(separator: ", ")
    if !isBack, !back.isEmpty { text += ", an earlier one again" + on(back.map(\.platform), shown) }
    if let flaps = event.flaps { text += ", after \(flaps) \(flaps == 1 ? "move" : "moves") to and fro" }
    return text
  }

  private func arrivalsAndDepartures(_ shown: Int) -> [String] {
    let arrived = event.changes.filter { $0.changeClass == .added }.map(\.platform)
    let left = event.changes.filter { $0.changeClass == .removed }.map(\.platform)
    return [
      arrived.isEmpty ? nil : "now has \(Self.names(arrived, shown))",
      left.isEmpty ? nil : "no longer has \(Self.names(left, shown))",
    ].compactMap(\.self)
  }

  /// ` since 2026-09-17 20:00 UTC`.
  private var since: String { event.failingSince.map { " since \($0.minute)" } ?? "" }

  private func on(_ changes: [PlatformChange], _ shown: Int) -> String { on(changes.map(\.platform), shown) }

  /// ` on linux/amd64, linux/arm64`; nothing where no platform is known.
  private func on(_ platforms: [Platform?], _ shown: Int) -> String {
    platforms.contains { $0 != nil } ? " on " + Self.names(platforms, shown) : ""
  }

  private static func names(_ platforms: [Platform?], _ shown: Int) -> String {
    let names = platforms.prefix(shown).map { $0?.description.safe() ?? "an unknown platform" }
    let more = platforms.count - names.count
    if names.isEmpty { return "\(more) \(more == 1 ? "platform" : "platforms")" }
    return names.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }
}

extension ChangeClass {
  fileprivate var summary: String {
    switch self {
    case .content: "content changed"
    case .rebuilt, .repacked, .added, .removed: rawValue
    }
  }
}

extension GroupedEvent {
  /// `5 events of amazonlinux:latest, ghcr.io/o/i:1 and 2 more`.
  var summary: String {
    let names = tags.map(EventSummary.name)
    let events = "\(documents.count) \(documents.count == 1 ? "event" : "events") of "
    for shown in stride(from: min(names.count, EventSummary.mostNames), through: 1, by: -1) {
      let more = names.count - shown
      let text = events + names.prefix(shown).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
      if text.unicodeScalars.count <= Limits.summaryCharacters { return text }
    }
    return events + "\(names.count) tags"
  }
}
