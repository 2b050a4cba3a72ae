import ImageModel

/// Header fields of a mail. Source: RFC 5322 sections 2.1.1, 2.2.3 and 3.3; RFC 2047.
enum MailHeader {
  /// Within 78 characters of plain lines, and 76 of such with encoded-words.
  private static let lineLength = 76
  /// Of a word that always fits on a line, and of an encoded-word, which may have 75.
  private static let wordLength = 60

  /// A field of whatever text: what is no plain word is encoded, and no line end of it gets through.
  static func text(_ name: String, _ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { line.append(scalar.isMailControl ? " " : scalar) }
    let words = String(line).split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    return folded(name, words.allSatisfy(isPlain) ? words : encoded(String(line)))
  }

  /// A field of addresses.
  static func list(_ name: String, _ addresses: [String]) -> String {
    folded(name, addresses.dropLast().map { $0 + "," } + addresses.suffix(1))
  }

  /// `Thu, 17 Sep 2026 21:30:05 +0000`.
  static func date(_ time: Timestamp) -> String {
    let parts = time.description.split { !$0.isNumber }
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    // The first of January 1970 was a Thursday.
    let day = Int(time.milliseconds.quotientAndRemainder(dividingBy: 86_400_000).quotient)
    let weekday = days[((time.milliseconds < 0 ? day - 1 : day) % 7 + 7) % 7]
    let month = months[(Int(parts[1]) ?? 1) - 1]
    return "\(weekday), \(parts[2]) \(month) \(parts[0]) \(parts[3]):\(parts[4]):\(parts[5]) +0000"
  }

  private static func folded(_ name: String, _ words: [String]) -> String {
    var lines = [name + ":"]
    for word in words {
      if lines[lines.count - 1].utf8.count + 1 + word.utf8.count > lineLength { lines.append("") }
      lines[lines.count - 1] += " " + word
    }
    return lines.joined(separator: "\r\n")
  }

  private static func isPlain(_ word: String) -> Bool {
    (1...wordLength).contains(word.utf8.count) && !word.contains("=?")
      && word.utf8.allSatisfy { (0x21...0x7e).contains($0) }
  }

  /// Encoded-words of whole characters, the spaces in them, for those between them do not count.
  private static func encoded(_ text: String) -> [String] {
    let (start, end) = ("=?utf-8?Q?", "?=")
    var words: [String] = []
    var word = start
    for scalar in text.unicodeScalars {
      let next =
        scalar == " "
        ? "_"
        : String(scalar).utf8.map {
          isLetterOrDigit($0) ? Character(Unicode.Scalar($0)).description : $0.quotedPrintable
        }.joined()
      if word.utf8.count + next.utf8.count + end.utf8.count > wordLength {
        words.append(word + end)
        word = start
      }
      word += next
    }
    return words + [word + end]
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
  }
}

extension Unicode.Scalar {
  fileprivate var isMailControl: Bool {
    [.control, .lineSeparator, .paragraphSeparator].contains(properties.generalCategory)
  }
}
