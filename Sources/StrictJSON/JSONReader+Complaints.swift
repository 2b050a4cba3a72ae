/// What to say when something is wrong. None of this runs on good documents.
extension JSONReader {
  /// The complaint about what stands at the cursor where `wanted` should.
  func unexpected(_ wanted: String) -> JSONError {
    guard let byte = peek else {
      return JSONError(.unexpectedEnd, at: at, "expected \(wanted), found the end of the document")
    }
    if isComment { return comment }
    guard let length = sequenceLength(at: at) else { return invalidUTF8 }
    let advice = byte == UInt8(ascii: "'") ? "; text takes double quotes" : ""
    return JSONError(
      .unexpectedByte, at: at, "expected \(wanted), found \(quoted(at..<(at + length)))" + advice)
  }

  /// Whether the cursor is on something that people write for a comment.
  var isComment: Bool {
    peek == UInt8(ascii: "#") || bytes[at...].starts(with: "//".utf8) || bytes[at...].starts(with: "/*".utf8)
  }

  var comment: JSONError { JSONError(.comment, at: at, "JSON has no comments") }

  var invalidUTF8: JSONError { JSONError(.invalidUTF8, at: at, "the document is not UTF-8") }

  func controlMessage(_ byte: UInt8) -> String {
    switch byte {
    case 0x0a, 0x0d: "a string ends on the line on which it begins; a line break in it is written \\n"
    case 0x09: "a tab in a string is written \\t"
    default: "a control character in a string is written \\u00\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))"
    }
  }

  /// A piece of the source for a message: visible ASCII as it is, all else by its number, and not too long.
  func quoted(_ range: Range<Int>) -> String {
    let limit = 40
    var out = ""
    for scalar in String(decoding: bytes[range], as: UTF8.self).unicodeScalars.prefix(limit) {
      if (0x20..<0x7f).contains(scalar.value) {
        out.unicodeScalars.append(scalar)
      } else {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        out += "U+" + String(repeating: "0", count: max(0, 4 - hex.utf8.count)) + hex
      }
    }
    return range.count > limit ? out + "…" : out
  }
}
