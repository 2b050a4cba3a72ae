package import History
package import ImageModel

/// A state of a tag, as people write it.
package struct StateArgument: Hashable, Sendable {
  package enum Meaning: Hashable, Sendable {
    /// Of the tag that is asked about.
    case state(StateName)
    /// The newest state of another one.
    case tag(TagReference)
  }

  /// As it is written.
  package let text: String
  package let meaning: Meaning

  static let newest = StateArgument("the newest", .state(StateName(.newest)))
  static let before = StateArgument("^", .state(StateName(.newest, back: 1)))

  package static let help =
    "a time, an event's sequence, a digest, or ^ for the one before; further ^ lead further back"
  private static let forms =
    "a time (2026-09-17T21:30, 7d), an event's sequence (42), a digest or its beginning (b63c3d5a), ^ (the one before) "
    + "or another tag (:2023, debian:12)"
  /// More than any tag has states.
  private static let mostBack = 100_000

  private init(_ text: String, _ meaning: Meaning) { (self.text, self.meaning) = (text, meaning) }

  /// - Parameter tag: the one that is asked about, for `:2023`.
  package init(_ text: String, of tag: TagReference, now: Timestamp, zone: TimeText) throws(QuestionError) {
    let back = text.reversed().prefix { $0 == "^" }.count
    let name = String(text.dropLast(back))
    let refusal = QuestionError(.usage, "not a state (\(text.safe(limit: 300))): write \(Self.forms)")
    guard back <= Self.mostBack, !text.isEmpty else { throw refusal }
    if let point = Self.point(name, now: now, zone: zone) {
      self.init(text, .state(StateName(point, back: back)))
    } else if back == 0, name.hasPrefix(":") {
      self.init(text, .tag(try ReferenceArgument.tag("\(tag.domain)/\(tag.path)\(name)")))
    } else if back == 0, let other = try? ReferenceArgument.tag(name) {
      self.init(text, .tag(other))
    } else {
      throw refusal
    }
  }

  private static func point(_ name: String, now: Timestamp, zone: TimeText) -> StateName.Point? {
    if name.isEmpty { return .newest }
    // Digits alone are no digest that anybody would write.
    if name.utf8.count <= 12, name.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(name) {
      return .event(EventSequence(rawValue: number))
    }
    // Before a time: `12345d` would be decades ago.
    if let prefix = try? DigestPrefix(name) { return .digest(prefix) }
    return TimeArgument.time(name, now: now, zone: zone).map { .at($0) }
  }

  /// Whether it may have been meant as the beginning of a digest, and is too short for that.
  package var isShortDigest: Bool {
    do throws(DigestPrefix.ParseError) {
      _ = try DigestPrefix(text)
      return false
    } catch {
      return error == .tooShort
    }
  }
}
