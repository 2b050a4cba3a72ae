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

/// Types of events on the command line: patterns, as the sinks of the configuration have them, and short forms.
enum TypeArgument {
  private static let prefix = "watcher."

  /// `nil` for no pattern at all, which is every type.
  static func types(_ patterns: [String]) throws(CommandError) -> Set<EventType>? {
    guard !patterns.isEmpty else { return nil }
    var types: Set<EventType> = []
    for pattern in patterns { types.formUnion(try meant(by: pattern)) }
    return types
  }

  /// `watcher.image.changed`, `image.changed`, `image.*` and, where only one type has it, a single word of them.
  private static func meant(by text: String) throws(CommandError) -> Set<EventType> {
    let patterns = EventPatterns([text, prefix + text])
    let matching = EventType.allCases.filter { patterns.matches($0) }
    if !matching.isEmpty { return Set(matching) }
    // Of all that can change, the image is what one asks for.
    if text == "changed" { return [.imageChanged] }
    let named = EventType.allCases.filter { $0.rawValue.split(separator: ".").dropFirst().contains(text[...]) }
    if named.count == 1 { return Set(named) }
    guard named.isEmpty else {
      throw CommandError(
        .usage,
        "several types of event have this word (--type \(text.safe(limit: 100))): it may be "
          + named.map { String($0.rawValue.dropFirst(prefix.count)) }.joined(separator: ", ")
          + ", or \(text).* for all of them")
    }
    let what = "no event has a type like this (--type \(text.safe(limit: 100))): "
    let words = EventType.allCases.flatMap { $0.rawValue.split(separator: ".").dropFirst().map(String.init) }
    if let meant = nearest(to: text, among: words) ?? nearestEventPattern(to: text) {
      throw CommandError(.usage, what + "did you mean --type \(meant)?")
    }
    throw CommandError(
      .usage,
      what + "* stands for any part; types are " + EventType.allCases.map(\.rawValue).joined(separator: ", "))
  }
}
