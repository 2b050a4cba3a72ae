extension JSONReader {
  /// Reads a string; the cursor is on its opening quote. Text without escapes is taken over in one piece.
  ///
  /// - Parameter isKept: whether its text is wanted; it is empty otherwise.
  mutating func string(isKept: Bool = true) throws(JSONError) -> String {
    at += 1
    var start = at
    var unescaped: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "\""):
        let tail = bytes[start..<at]
        at += 1
        if !isKept { return "" }
        if unescaped.isEmpty { return String(decoding: tail, as: UTF8.self) }
        unescaped += tail
        return String(decoding: unescaped, as: UTF8.self)
      case UInt8(ascii: "\\"):
        let text = start..<at
        let scalar = try escape()
        if isKept {
          unescaped += bytes[text]
          UTF8.encode(scalar).map { unescaped += $0 }
        }
        start = at
      case 0..<0x20:
        throw JSONError(.controlCharacter, at: at, controlMessage(byte))
      case 0x80...:
        guard let length = sequenceLength(at: at) else { throw invalidUTF8 }
        at += length
      default: at += 1
      }
    }
    throw JSONError(.unexpectedEnd, at: at, "the document ends within a string")
  }

  /// Reads an escape; the cursor is on its backslash.
  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let start = at
    at += 1
    guard let letter = peek else { throw JSONError(.unexpectedEnd, at: at, "the document ends within a string") }
    at += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape(from: start)
    default: throw JSONError(.badEscape, at: start, "JSON has no such escape; a backslash itself is written \\\\")
    }
  }

  private mutating func unicodeEscape(from start: Int) throws(JSONError) -> Unicode.Scalar {
    let high = try hexDigits(from: start)
    if let scalar = Unicode.Scalar(high) { return scalar }
    let lone = JSONError(.loneSurrogate, at: start, "half of a surrogate pair stands alone")
    let second = at
    guard high < 0xdc00, bytes[at...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { throw lone }
    at += 2
    let low = try hexDigits(from: second)
    guard (0xdc00...0xdfff).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (UInt32(high - 0xd800) << 10 | UInt32(low - 0xdc00)))
    else { throw lone }
    return scalar
  }

  /// The four digits of an escape that begins at `start`.
  private mutating func hexDigits(from start: Int) throws(JSONError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek else { throw JSONError(.unexpectedEnd, at: at, "the document ends within a string") }
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt16(byte - 0x30)
      case 0x41...0x46, 0x61...0x66: value = value << 4 | UInt16(byte & 0x0f + 9)
      default: throw JSONError(.badEscape, at: start, "\\u takes four hexadecimal digits")
      }
      at += 1
    }
    return value
  }

  /// The length of the UTF-8 sequence at `index`, `nil` where there is none: a stray or missing continuation
  /// byte, an overlong form, a surrogate, or beyond U+10FFFF. Source: RFC 3629 section 4.
  func sequenceLength(at index: Int) -> Int? {
    let second: ClosedRange<UInt8>
    let length: Int
    switch bytes[index] {
    case 0..<0x80: return 1
    case 0xc2...0xdf: (length, second) = (2, 0x80...0xbf)
    case 0xe0: (length, second) = (3, 0xa0...0xbf)
    case 0xed: (length, second) = (3, 0x80...0x9f)
    case 0xe1...0xef: (length, second) = (3, 0x80...0xbf)
    case 0xf0: (length, second) = (4, 0x90...0xbf)
    case 0xf1...0xf3: (length, second) = (4, 0x80...0xbf)
    case 0xf4: (length, second) = (4, 0x80...0x8f)
    default: return nil
    }
    guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return nil }
    for continuation in bytes[(index + 2)..<(index + length)] where continuation & 0xc0 != 0x80 { return nil }
    return length
  }
}
