/// Why a document was refused, and where.
package struct JSONError: Error, Sendable, Hashable {
  /// Stable codes. Beside each: where `offset` points.
  package enum Code: String, Sendable, CaseIterable {
    /// The document is longer than `JSONLimits.bytes`; the first byte too many.
    case tooLarge = "too_large"
    /// Arrays and objects are nested deeper than `JSONLimits.depth`; the bracket that goes too deep.
    case tooDeep = "too_deep"
    /// More than `JSONLimits.values`; the first value too many.
    case tooManyValues = "too_many_values"
    /// The document begins with U+FEFF; offset 0.
    case byteOrderMark = "byte_order_mark"
    /// A byte sequence that is not UTF-8; its first byte.
    case invalidUTF8 = "invalid_utf8"
    /// The document ends too early; its length.
    case unexpectedEnd = "unexpected_end"
    /// Something that may not stand here; the byte.
    case unexpectedByte = "unexpected_byte"
    /// A comma before a closing bracket; the comma.
    case trailingComma = "trailing_comma"
    /// JSON has no comments; the first byte of it.
    case comment
    /// Not a number of the grammar, `01`, `+1`, `1.`; its first byte.
    case badNumber = "bad_number"
    /// A bare word that is not `true`, `false` or `null`; its first byte.
    case badLiteral = "bad_literal"
    /// An escape that does not exist; its backslash.
    case badEscape = "bad_escape"
    /// Half of a surrogate pair; the backslash of its escape.
    case loneSurrogate = "lone_surrogate"
    /// A raw control character in a string; the byte.
    case controlCharacter = "control_character"
    /// An object has this key already; the quote of the second one.
    case repeatedKey = "repeated_key"
    /// Something follows the document; its first byte.
    case trailingBytes = "trailing_bytes"
  }

  package let code: Code
  /// Bytes from the beginning of the document.
  package let offset: Int
  /// What is wrong, in plain words and without the position.
  package let message: String
  /// Where the first of two equal keys is, in bytes; for `repeatedKey` only.
  package let first: Int?

  init(_ code: Code, at offset: Int, _ message: String, first: Int? = nil) {
    self.first = first
    self.code = code
    self.offset = offset
    self.message = message
  }
}
