import Config
package import ImageModel

/// The sequence of an event, as people write it: its digits, with or without the zeros that documents have.
package enum SequenceArgument {
  package static func parse(
    _ text: String, option: String, as spelling: Spelling = .option
  ) throws(QuestionError) -> EventSequence {
    guard let number = number(text) else {
      throw QuestionError(
        .usage,
        "not a sequence (\(spelling(option, text.safe(limit: 100)))): write the sequence of an event, as in "
          + spelling(option, "42"))
    }
    return number
  }

  package static func number(_ text: String) -> EventSequence? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text).map(EventSequence.init) : nil
  }
}

/// Types of events, as people write them: patterns, as the sinks of the configuration have them, and short forms.
package enum TypeArgument {
  private static let prefix = "watcher."

  /// `nil` for no pattern at all, which is every type.
  package static func types(
    _ patterns: [String], as spelling: Spelling = .option
  ) throws(QuestionError) -> Set<EventType>? {
    guard !patterns.isEmpty else { return nil }
    var types: Set<EventType> = []
    for pattern in patterns { types.formUnion(try meant(by: pattern, spelling)) }
    return types
  }

  /// `watcher.image.changed`, `image.changed`, `image.*` and, where only one type has it, a single word of them.
  private static func meant(by text: String, _ spelling: Spelling) throws(QuestionError) -> Set<EventType> {
    let patterns = EventPatterns([text, prefix + text])
    let matching = EventType.allCases.filter { patterns.matches($0) }
    if !matching.isEmpty { return Set(matching) }
    // Of all that can change, the image is what one asks for.
    if text == "changed" { return [.imageChanged] }
    let named = EventType.allCases.filter { $0.rawValue.split(separator: ".").dropFirst().contains(text[...]) }
    if named.count == 1 { return Set(named) }
    guard named.isEmpty else {
      throw QuestionError(
        .usage,
        "several types of event have this word (\(spelling("type", text.safe(limit: 100)))): it may be "
          + named.map { String($0.rawValue.dropFirst(prefix.count)) }.joined(separator: ", ")
          + ", or \(text).* for all of them")
    }
    let what = "no event has a type like this (\(spelling("type", text.safe(limit: 100)))): "
    let words = EventType.allCases.flatMap { $0.rawValue.split(separator: ".").dropFirst().map(String.init) }
    if let meant = nearest(to: text, among: words) ?? nearestEventPattern(to: text) {
      throw QuestionError(.usage, what + "did you mean \(spelling("type", meant))?")
    }
    throw QuestionError(
      .usage,
      what + "* stands for any part; types are " + EventType.allCases.map(\.rawValue).joined(separator: ", "))
  }
}
