import Config
import ImageModel

/// The sequence of an event on the command line: its digits, with or without the zeros that documents have.
enum SequenceArgument {
  static func parse(_ text: String, option: String) throws(CommandError) -> EventSequence {
    guard let number = number(text) else {
      throw CommandError(
        .usage,
        "not a sequence (--\(option) \(text.safe(limit: 100))): write the sequence of an event, as in --\(option) 42")
    }
    return number
  }

  static func number(_ text: String) -> EventSequence? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text).map(EventSequence.init) : nil
  }
}

/// Types of events on the command line: patterns, as the sinks of the configuration have them.
enum TypeArgument {
  /// `nil` for no pattern at all, which is every type.
  static func types(_ patterns: [String]) throws(CommandError) -> Set<EventType>? {
    guard !patterns.isEmpty else { return nil }
    for pattern in patterns where types(like: [pattern]).isEmpty {
      throw CommandError(
        .usage,
        "no event has a type like this (--type \(pattern.safe(limit: 100))): * stands for any part; types are "
          + EventType.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return types(like: patterns)
  }

  private static func types(like patterns: [String]) -> Set<EventType> {
    let patterns = EventPatterns(patterns)
    return Set(EventType.allCases.filter { patterns.matches($0) })
  }
}
