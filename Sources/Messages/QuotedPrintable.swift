/// Text of any characters in lines of at most 76 of ASCII. Source: RFC 2045 section 6.7.
enum QuotedPrintable {
  private static let lineLength = 76

  /// Lines of `text` end with a line feed, those of the result with CR and LF.
  static func text(_ text: String) -> String {
    text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(line)
      .joined(separator: "\r\n")
  }

  private static func line(_ bytes: Substring.UTF8View) -> String {
    var (out, length) = ("", 0)
    for (index, byte) in bytes.enumerated() {
      let isLast = index == bytes.count - 1
      let piece = isLiteral(byte, isLast: isLast) ? String(Unicode.Scalar(byte)) : byte.quotedPrintable
      // Behind any but the last there has to be room for the mark that the line goes on.
      if length + piece.utf8.count > (isLast ? lineLength : lineLength - 1) {
        out += "=\r\n"
        length = 0
      }
      out += piece
      length += piece.utf8.count
    }
    return out
  }

  /// A blank at the end of a line might be lost on the way.
  private static func isLiteral(_ byte: UInt8, isLast: Bool) -> Bool {
    byte == UInt8(ascii: " ") ? !isLast : (0x21...0x7e).contains(byte) && byte != UInt8(ascii: "=")
  }
}

extension UInt8 {
  /// `=0A`.
  var quotedPrintable: String {
    let hex = String(self, radix: 16, uppercase: true)
    return self < 16 ? "=0" + hex : "=" + hex
  }
}
