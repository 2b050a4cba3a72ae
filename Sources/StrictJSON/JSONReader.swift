/// A cursor over the document with one method per production of the grammar.
struct JSONReader {
  let bytes: [UInt8]
  var at = 0
  private let depthLimit: Int
  private let valueLimit: Int
  private var depth = 0
  private var values = 0
  /// Repeated keys where they are collected; `nil` where the first one ends the reading.
  private(set) var repeatedKeys: [JSONError]?
  /// The members of the document that are read; `nil` where all of it is.
  private let kept: [String]?
  /// The keys whose members are read, of any object; `nil` where all are.
  private let known: [String]?
  /// Whether what is read now is checked and not kept.
  private var isSkipping: Bool

  init(
    _ bytes: [UInt8], limits: JSONLimits, collectsRepeatedKeys: Bool = false, keeping kept: [String]? = nil,
    knowing known: [String]? = nil
  ) {
    self.bytes = bytes
    (self.kept, self.known) = (kept, known)
    isSkipping = kept != nil
    repeatedKeys = collectsRepeatedKeys ? [] : nil
    depthLimit = min(limits.depth, JSONLimits.deepest)
    valueLimit = limits.values
  }

  mutating func document() throws(JSONError) -> JSONValue {
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
      throw JSONError(.byteOrderMark, at: 0, "the document begins with a byte order mark")
    }
    skipSpace()
    let value = try value()
    skipSpace()
    guard at == bytes.count else {
      throw isComment ? comment : JSONError(.trailingBytes, at: at, "nothing may follow the document")
    }
    return value
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    guard at < bytes.count else { throw unexpected("a value") }
    values += 1
    guard values <= valueLimit else {
      throw JSONError(.tooManyValues, at: at, "the document has more than \(valueLimit) values")
    }
    let start = at
    let kind: JSONValue.Kind
    switch bytes[at] {
    case UInt8(ascii: "\""): kind = .string(try string(isKept: !isSkipping))
    case UInt8(ascii: "{"): kind = .object(try nested(JSONReader.members))
    case UInt8(ascii: "["): kind = .array(try nested(JSONReader.elements))
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
      kind = .number(try number())
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): kind = try literal()
    default: throw unexpected("a value")
    }
    return JSONValue(kind, start..<at)
  }

  private mutating func nested<Part>(
    _ parts: (inout JSONReader) throws(JSONError) -> [Part]
  ) throws(JSONError) -> [Part] {
    guard depth < depthLimit else {
      throw JSONError(.tooDeep, at: at, "arrays and objects are nested deeper than \(depthLimit) levels")
    }
    depth += 1
    at += 1
    skipSpace()
    let result = try parts(&self)
    depth -= 1
    return result
  }

  private static func elements(_ reader: inout JSONReader) throws(JSONError) -> [JSONValue] {
    var elements: [JSONValue] = []
    if reader.skip("]") { return elements }
    repeat {
      let element = try reader.value()
      if !reader.isSkipping { elements.append(element) }
    } while try reader.continues(until: "]")
    return elements
  }

  private static func members(_ reader: inout JSONReader) throws(JSONError) -> [JSONMember] {
    var members: [JSONMember] = []
    var keys = KeySet()
    let wasSkipping = reader.isSkipping
    let isRead = !wasSkipping || reader.depth == 1
    if reader.skip("}") { return members }
    repeat {
      let start = reader.at
      guard reader.peek == UInt8(ascii: "\"") else { throw reader.unexpected("a key in double quotes") }
      let key = try reader.string(isKept: isRead)
      let keyRange = start..<reader.at
      let isKnown = isRead && reader.known?.contains { $0.hasSameBytes(as: key) } ?? true
      let first = isKnown ? keys.insert(key, among: members) : nil
      if let first { try reader.complain(aboutRepeated: keyRange, first: members[first].keyRange) }
      reader.skipSpace()
      guard reader.skip(":") else { throw reader.unexpected("a colon") }
      reader.skipSpace()
      if isRead { reader.isSkipping = !isKnown || wasSkipping && !reader.keeps(key) }
      let value = try reader.value()
      reader.isSkipping = wasSkipping
      if isKnown && first == nil { members.append(JSONMember(key: key, keyRange: keyRange, value: value)) }
    } while try reader.continues(until: "}")
    return members
  }

  private func keeps(_ key: String) -> Bool { kept?.contains { $0.hasSameBytes(as: key) } ?? true }

  private mutating func complain(aboutRepeated key: Range<Int>, first: Range<Int>) throws(JSONError) {
    let error = JSONError(
      .repeatedKey, at: key.lowerBound, "this object has the key \(quoted(key)) already", first: first.lowerBound)
    guard repeatedKeys != nil else { throw error }
    repeatedKeys?.append(error)
  }

  /// After an element: whether there is another one. Moves behind the comma or the closing bracket.
  private mutating func continues(until close: Unicode.Scalar) throws(JSONError) -> Bool {
    skipSpace()
    if skip(close) { return false }
    let comma = at
    guard skip(",") else { throw unexpected("a comma or \(close)") }
    skipSpace()
    if peek == UInt8(ascii: close) {
      throw JSONError(.trailingComma, at: comma, "no comma may stand before \(close)")
    }
    return true
  }

  private mutating func literal() throws(JSONError) -> JSONValue.Kind {
    let start = at
    skipWord()
    switch String(decoding: bytes[start..<at], as: UTF8.self) {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    default:
      throw JSONError(
        .badLiteral, at: start, "\(quoted(start..<at)) is not a value; text takes double quotes")
    }
  }

  private mutating func skipSpace() {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x0a, 0x0d, 0x09: at += 1
      default: return
      }
    }
  }

  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: scalar) else { return false }
    at += 1
    return true
  }

  /// The next byte, `nil` at the end.
  var peek: UInt8? { at < bytes.count ? bytes[at] : nil }
}
