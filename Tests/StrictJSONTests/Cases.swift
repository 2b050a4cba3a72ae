import StrictJSON
import Testing

/// A document that must be refused, with the code and the byte.
struct Refusal: Sendable, CustomTestStringConvertible {
  let bytes: [UInt8]
  let code: JSONError.Code
  let offset: Int

  init(_ text: String, _ code: JSONError.Code, _ offset: Int) { self.init(Array(text.utf8), code, offset) }

  init(_ bytes: [UInt8], _ code: JSONError.Code, _ offset: Int) {
    self.bytes = bytes
    self.code = code
    self.offset = offset
  }

  var testDescription: String { String(decoding: bytes.prefix(60), as: UTF8.self).debugDescription }
}

/// `"…"` around raw bytes.
private func quoted(_ inner: [UInt8]) -> [UInt8] { [0x22] + inner + [0x22] }

enum Cases {
  static let limits = JSONLimits(bytes: 1 << 20, values: 10_000)

  static let structure: [Refusal] = [
    Refusal("", .unexpectedEnd, 0), Refusal(" \n\t", .unexpectedEnd, 3), Refusal("[", .unexpectedEnd, 1),
    Refusal("{", .unexpectedEnd, 1), Refusal("[1", .unexpectedEnd, 2), Refusal("[1,", .unexpectedEnd, 3),
    Refusal("{\"a\"", .unexpectedEnd, 4), Refusal("{\"a\":", .unexpectedEnd, 5),
    Refusal("{\"a\":1", .unexpectedEnd, 6), Refusal("{\"a\":1,", .unexpectedEnd, 7),
    Refusal("[[[", .unexpectedEnd, 3), Refusal("]", .unexpectedByte, 0), Refusal("}", .unexpectedByte, 0),
    Refusal("[}", .unexpectedByte, 1), Refusal("{]", .unexpectedByte, 1), Refusal("[1}", .unexpectedByte, 2),
    Refusal("{\"a\":1]", .unexpectedByte, 6), Refusal("[1 2]", .unexpectedByte, 3),
    Refusal("[1:2]", .unexpectedByte, 2), Refusal("[,1]", .unexpectedByte, 1), Refusal("[1,,2]", .unexpectedByte, 3),
    Refusal("[,]", .unexpectedByte, 1), Refusal("[1,]", .trailingComma, 2), Refusal("[1 , ]", .trailingComma, 3),
    Refusal("{\"a\":1,}", .trailingComma, 6), Refusal("{,}", .unexpectedByte, 1),
    Refusal("{\"a\":1,,}", .unexpectedByte, 7), Refusal("{\"a\",1}", .unexpectedByte, 4),
    Refusal("{\"a\" 1}", .unexpectedByte, 5), Refusal("{\"a\"::1}", .unexpectedByte, 5),
    Refusal("{:1}", .unexpectedByte, 1), Refusal("{1:1}", .unexpectedByte, 1), Refusal("{a:1}", .unexpectedByte, 1),
    Refusal("{null:1}", .unexpectedByte, 1), Refusal("{'a':1}", .unexpectedByte, 1),
    Refusal("{[]:1}", .unexpectedByte, 1), Refusal("{\"a\":1 \"b\":2}", .unexpectedByte, 7),
    Refusal("['a']", .unexpectedByte, 1), Refusal("(1)", .unexpectedByte, 0), Refusal("*", .unexpectedByte, 0),
    Refusal("<null>", .unexpectedByte, 0), Refusal("\\u0022", .unexpectedByte, 0),
    Refusal("\u{a0}1", .unexpectedByte, 0), Refusal("[\u{3000}]", .unexpectedByte, 1),
    Refusal("\u{c}1", .unexpectedByte, 0), Refusal("\u{b}1", .unexpectedByte, 0), Refusal("\0", .unexpectedByte, 0),
    Refusal("1\0", .trailingBytes, 1), Refusal("1 2", .trailingBytes, 2), Refusal("{}{}", .trailingBytes, 2),
    Refusal("[]]", .trailingBytes, 2), Refusal("{} x", .trailingBytes, 3), Refusal("\"a\"\"b\"", .trailingBytes, 3),
    Refusal("null,", .trailingBytes, 4), Refusal("[1]\u{feff}", .trailingBytes, 3),
    Refusal("// c\n1", .comment, 0), Refusal("[1, /* c */ 2]", .comment, 4), Refusal("[1] // c", .comment, 4),
    Refusal("{\"a\":1 /**/}", .comment, 7), Refusal("{# c\n}", .comment, 1), Refusal("1 # c", .comment, 2),
    Refusal("{\"a\"/**/:1}", .comment, 4), Refusal("/", .unexpectedByte, 0),
  ]

  static let numbers: [Refusal] = [
    "01", "-01", "00", "+1", "++1", "-", "--1", "- 1", ".5", "-.5", "1.", "-1.", "1.e3", "0.e1", "1e", "1E",
    "1e+", "1e-", "1eE2", "1e1.5", "1.2.3", "1..2", "0x1F", "0b1", "0o7", "1_000", "1a", "1.5f", "2n", "1+2", "1-2",
    "0e", "0e+", "-Infinity", "-NaN", "-foo", "012.5", ".", "..", "0.1.2", "9e99e9", "1.-5",
  ].map { Refusal($0, .badNumber, 0) }

  static let literals: [Refusal] = [
    "nul", "nulls", "NULL", "Null", "nil", "none", "tru", "truefalse", "True", "TRUE", "fals", "False", "yes", "on",
    "NaN", "Infinity", "inf", "undefined", "a", "true1", "null-1", "true.false", "u0022",
  ].map { Refusal($0, .badLiteral, 0) }

  static let strings: [Refusal] = [
    Refusal("\"", .unexpectedEnd, 1), Refusal("\"a", .unexpectedEnd, 2), Refusal("[\"a]", .unexpectedEnd, 4),
    Refusal("\"\\", .unexpectedEnd, 2), Refusal("\"\\\"", .unexpectedEnd, 3), Refusal("\"\\u", .unexpectedEnd, 3),
    Refusal("\"\\u00", .unexpectedEnd, 5), Refusal("\"\\uD834\\u", .unexpectedEnd, 9),
    Refusal("\"\\x41\"", .badEscape, 1), Refusal("\"ab\\a\"", .badEscape, 3), Refusal("\"\\v\"", .badEscape, 1),
    Refusal("\"\\0\"", .badEscape, 1), Refusal("\"\\'\"", .badEscape, 1), Refusal("\"\\U0041\"", .badEscape, 1),
    Refusal("\"\\N\"", .badEscape, 1), Refusal("\"\\\n\"", .badEscape, 1), Refusal("\"\\ \"", .badEscape, 1),
    Refusal("\"\\é\"", .badEscape, 1), Refusal("\"\\u{41}\"", .badEscape, 1), Refusal("\"\\u004\"", .badEscape, 1),
    Refusal("\"\\u00G0\"", .badEscape, 1), Refusal("\"\\u 041\"", .badEscape, 1), Refusal("\"\\u+041\"", .badEscape, 1),
    Refusal("\"\\u00é0\"", .badEscape, 1), Refusal("\"\\uD834\\u12\"", .badEscape, 7),
    Refusal("\"\\uD834\"", .loneSurrogate, 1), Refusal("\"a\\uDD1E\"", .loneSurrogate, 2),
    Refusal("\"\\uD834x\"", .loneSurrogate, 1), Refusal("\"\\uD834\\n\"", .loneSurrogate, 1),
    Refusal("\"\\uD834\\uD834\"", .loneSurrogate, 1), Refusal("\"\\uDD1E\\uD834\"", .loneSurrogate, 1),
    Refusal("\"\\uD834\\u0041\"", .loneSurrogate, 1), Refusal("{\"\\ud800\":1}", .loneSurrogate, 2),
    Refusal("\"\\uDBFF\\uE000\"", .loneSurrogate, 1), Refusal("\"\\udfff\"", .loneSurrogate, 1),
    Refusal("\"a\nb\"", .controlCharacter, 2), Refusal("\"\t\"", .controlCharacter, 1),
    Refusal("\"\r\n\"", .controlCharacter, 1), Refusal("\"\0\"", .controlCharacter, 1),
    Refusal("\"\u{1f}\"", .controlCharacter, 1), Refusal("{\"a\u{1b}\":1}", .controlCharacter, 3),
    Refusal("\"\\\\\u{8}\"", .controlCharacter, 3),
  ]

  static let encoding: [Refusal] = [
    Refusal([0xef, 0xbb, 0xbf, 0x31], .byteOrderMark, 0), Refusal([0xef, 0xbb, 0xbf], .byteOrderMark, 0),
    Refusal([0xff, 0xfe, 0x31, 0x00], .invalidUTF8, 0), Refusal([0x31, 0x00], .trailingBytes, 1),
    Refusal([0x00, 0x31], .unexpectedByte, 0), Refusal([0x5b, 0xff, 0x5d], .invalidUTF8, 1),
    Refusal(quoted([0x80]), .invalidUTF8, 1), Refusal(quoted([0x61, 0xbf]), .invalidUTF8, 2),
    Refusal(quoted([0xff]), .invalidUTF8, 1), Refusal(quoted([0xfe]), .invalidUTF8, 1),
    Refusal(quoted([0xc0, 0xaf]), .invalidUTF8, 1), Refusal(quoted([0xc0, 0x80]), .invalidUTF8, 1),
    Refusal(quoted([0xc1, 0xbf]), .invalidUTF8, 1), Refusal(quoted([0xe0, 0x80, 0xaf]), .invalidUTF8, 1),
    Refusal(quoted([0xe0, 0x9f, 0xbf]), .invalidUTF8, 1), Refusal(quoted([0xf0, 0x80, 0x80, 0xaf]), .invalidUTF8, 1),
    Refusal(quoted([0xf0, 0x8f, 0xbf, 0xbf]), .invalidUTF8, 1), Refusal(quoted([0xed, 0xa0, 0x80]), .invalidUTF8, 1),
    Refusal(quoted([0xed, 0xbf, 0xbf]), .invalidUTF8, 1),
    Refusal(quoted([0xed, 0xa0, 0xb4, 0xed, 0xb4, 0x9e]), .invalidUTF8, 1),
    Refusal(quoted([0xf4, 0x90, 0x80, 0x80]), .invalidUTF8, 1),
    Refusal(quoted([0xf5, 0x80, 0x80, 0x80]), .invalidUTF8, 1),
    Refusal(quoted([0xf8, 0x88, 0x80, 0x80, 0x80]), .invalidUTF8, 1), Refusal(quoted([0xc3]), .invalidUTF8, 1),
    Refusal(quoted([0xc3, 0x28]), .invalidUTF8, 1), Refusal(quoted([0xe2, 0x82]), .invalidUTF8, 1),
    Refusal(quoted([0xe2, 0x28, 0xa1]), .invalidUTF8, 1), Refusal(quoted([0xe2, 0x82, 0x28]), .invalidUTF8, 1),
    Refusal(quoted([0xf0, 0x9f, 0x98]), .invalidUTF8, 1), Refusal(quoted([0xf0, 0x9f, 0x28, 0x80]), .invalidUTF8, 1),
    Refusal([0x22, 0xc3], .invalidUTF8, 1), Refusal([0x22, 0xf0, 0x9f, 0x98], .invalidUTF8, 1),
    Refusal([0x7b] + quoted([0xe9]) + [0x3a, 0x31, 0x7d], .invalidUTF8, 2),
    Refusal(quoted([0x5c, 0xe9]), .badEscape, 1),
  ]

  static let keys: [Refusal] = [
    Refusal("{\"a\":1,\"a\":1}", .repeatedKey, 7), Refusal("{\"a\":1,\"b\":2,\"a\":3}", .repeatedKey, 13),
    Refusal("{\"\":1,\"\":2}", .repeatedKey, 6), Refusal("{\"a\":1,\"\\u0061\":2}", .repeatedKey, 7),
    Refusal("{\"\\/\":1, \"/\":2}", .repeatedKey, 9), Refusal("{\"é\":1,\"\\u00e9\":2}", .repeatedKey, 8),
    Refusal("{\"\u{1d11e}\":1,\"\\ud834\\udd1e\":2}", .repeatedKey, 10),
    Refusal("{\"x\":{\"a\":1,\"a\":2}}", .repeatedKey, 12), Refusal("[{\"k\":[],\"k\":[]}]", .repeatedKey, 9),
    Refusal("{\"a\":1,\"a\":", .repeatedKey, 7), Refusal("{\"a\\u0000\":1,\"a\\u0000\":2}", .repeatedKey, 13),
  ]
}
