/// The event types that a sink is sent, chosen by patterns in which `*` stands for any run of characters.
package struct EventPatterns: Sendable, Hashable {
  /// As written.
  package let patterns: [String]
  private let types: Set<EventType>

  package init(_ patterns: [String]) {
    self.patterns = patterns
    types = Set(EventType.allCases.filter { type in patterns.contains { Self.matches($0, type.rawValue) } })
  }

  package func matches(_ type: EventType) -> Bool { types.contains(type) }

  /// Whether any type is chosen.
  package var isAny: Bool { !types.isEmpty }

  /// Whether whoever chose by `patterns` is sent that type: `nil` stands for the types that are on by default.
  package static func select(_ type: EventType, by patterns: EventPatterns?) -> Bool {
    patterns?.matches(type) ?? type.isOnByDefault
  }

  /// Compares without recursion: at a mismatch only the latest `*` takes one character more, so the time is
  /// at most the product of the lengths.
  package static func matches(_ pattern: String, _ text: String) -> Bool {
    let (pattern, text) = (Array(pattern.utf8), Array(text.utf8))
    let star = UInt8(ascii: "*")
    var (p, t) = (0, 0)
    var retry: (p: Int, t: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == star {
        retry = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == text[t] {
        p += 1
        t += 1
      } else if let last = retry {
        retry = (last.p, last.t + 1)
        (p, t) = (last.p + 1, last.t + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == star }
  }
}
