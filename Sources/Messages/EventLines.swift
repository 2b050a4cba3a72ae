import ImageModel

/// What there is to say of an event beside its summary, a line each.
struct EventLines {
  private static let shortDigits = 12

  let event: EventDetails

  var all: [String] {
    if let events = event.events { return events.map(\.summary).map { $0.safe() } }
    var lines = event.changes.map(line)
    if event.omitted > 0 { lines.append("and \(event.omitted) more \(event.omitted == 1 ? "platform" : "platforms")") }
    if let last = event.rollbacks.last { lines.append("moved back: this was current until \(last.minute)") }
    if event.flaps > 0 { lines.append("after \(event.flaps) \(event.flaps == 1 ? "move" : "moves") to and fro") }
    if let failure = event.failure { lines.append("\(failure.code.rawValue): \(failure.message.safe())") }
    if let since = event.failingSince { lines.append("failing since \(since.minute)") }
    if let window = window { lines.append(window) }
    if !event.also.isEmpty { lines.append("together with \(event.also.map { $0.safe() }.joined(separator: ", "))") }
    if let pull = event.pull { lines.append(pull.safe()) }
    return lines
  }

  /// `linux/amd64: content changed, 0a48188c52d1 → d389c8c3a7f0, created 2026-09-17 21:13 UTC`.
  private func line(_ change: PlatformChange) -> String {
    let platform = change.platform.map { $0.description.safe() + ": " } ?? ""
    let images = [change.previous, change.current].compactMap { $0.map(identity) }.joined(separator: " → ")
    let created = change.changeClass == .removed ? nil : change.current?.created.map { ", created \(Self.created($0))" }
    return "\(platform)\(change.changeClass.words), \(images)\(created ?? "")"

    func identity(_ state: PlatformChange.ImageState) -> String {
      let digest = change.changeClass == .repacked ? state.manifest : state.identity
      return String(digest.hex.prefix(Self.shortDigits))
    }
  }

  private var window: String? {
    guard let after = event.notBefore, let upTo = event.notAfter, event.failure == nil, event.failingSince == nil else {
      return nil
    }
    return "between \(after.minute) and \(upTo.minute)"
  }

  /// An image's own text.
  private static func created(_ text: String) -> String {
    Timestamp(rfc3339: text).map(\.minute) ?? text.safe(limit: 64)
  }
}

extension ChangeClass {
  fileprivate var words: String {
    switch self {
    case .content: "content changed"
    case .rebuilt: "built anew, the same content"
    case .repacked: "packed anew, the same image"
    case .added: "new"
    case .removed: "gone"
    }
  }
}
