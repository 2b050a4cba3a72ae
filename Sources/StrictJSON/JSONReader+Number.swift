extension JSONReader {
  /// Takes everything that looks like a number and then judges it as a whole: `0x1F` is one bad number, not
  /// a good one with something behind it.
  mutating func number() throws(JSONError) -> JSONNumber {
    let start = at
    skipWord()
    let text = bytes[start..<at]
    guard Self.isNumber(text) else {
      throw JSONError(.badNumber, at: start, "\(quoted(start..<at)) is not a number" + Self.advice(text))
    }
    return JSONNumber(text: String(decoding: text, as: UTF8.self))
  }

  /// Moves behind a run of the characters that numbers and bare words are made of.
  mutating func skipWord() {
    while at < bytes.count, bytes[at].isAlphanumeric || [0x2b, 0x2d, 0x2e, 0x5f].contains(bytes[at]) { at += 1 }
  }

  /// RFC 8259 section 6: `[ "-" ] int [ "." 1*digit ] [ ( "e" / "E" ) [ "+" / "-" ] 1*digit ]`.
  private static func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    if rest.first == UInt8(ascii: "0") {
      rest.removeFirst()
    } else if takeDigits(&rest) == 0 {
      return false
    }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard takeDigits(&rest) > 0 else { return false }
    }
    if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
      guard takeDigits(&rest) > 0 else { return false }
    }
    return rest.isEmpty
  }

  private static func takeDigits(_ rest: inout ArraySlice<UInt8>) -> Int {
    let digits = rest.prefix { $0.isDigit }
    rest = rest[digits.endIndex...]
    return digits.count
  }

  private static func advice(_ text: ArraySlice<UInt8>) -> String {
    let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
    switch (digits.first, digits.dropFirst().first) {
    case (UInt8(ascii: "+"), _): return "; a number has no plus sign"
    case (UInt8(ascii: "."), _): return "; a digit must stand before the point"
    case (UInt8(ascii: "0"), .some(let next)) where next.isDigit: return "; a number does not begin with 0"
    default: return ""
    }
  }
}

extension UInt8 {
  var isDigit: Bool { (0x30...0x39).contains(self) }
  var isAlphanumeric: Bool { isDigit || (0x61...0x7a).contains(self | 0x20) }
}
