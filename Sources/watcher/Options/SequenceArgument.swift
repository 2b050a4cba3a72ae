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
