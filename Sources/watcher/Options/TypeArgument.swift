import Config
import ImageModel

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
