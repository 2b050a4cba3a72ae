/// Reads the text of a `TagPattern`. What engines understand differently, and what only some have, is refused in words
/// rather than guessed at.
struct TagPatternParser {
  typealias Node = TagPatternNode
  typealias Problem = TagPattern.Problem

  private static let depthLimit = 64
  /// How often a part may be asked for; more makes too many states anyway.
  private static let countLimit = 1_000

  private let bytes: [UInt8]
  private var offset = 0
  private var ignoresCase = false
  private var depth = 0

  private init(_ text: String) { bytes = Array(text.utf8) }

  static func parse(_ text: String) throws(Problem) -> Node {
    var parser = TagPatternParser(text)
    guard parser.bytes.count <= TagPattern.byteLimit else {
      throw Problem(offset: 0, reason: "it is longer than \(TagPattern.byteLimit) bytes")
    }
    if let strange = parser.bytes.firstIndex(where: { $0 > 0x7e || $0 < 0x20 }) {
      throw Problem(offset: strange, reason: "tags are visible ASCII, and this character is not")
    }
    parser.ignoresCase = parser.skip("(?i)")
    let node = try parser.choice()
    guard parser.offset == parser.bytes.count else { throw parser.problem("there is no group to close") }
    return node
  }

  // MARK: Structure

  private mutating func choice() throws(Problem) -> Node {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw problem("groups lie deeper than \(Self.depthLimit)") }
    var choices = [try sequence()]
    while skip("|") { choices.append(try sequence()) }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  private mutating func sequence() throws(Problem) -> Node {
    var nodes: [Node] = []
    while let next = peek, next != UInt8(ascii: "|"), next != UInt8(ascii: ")") { nodes.append(try quantified()) }
    return .sequence(nodes)
  }

  private mutating func quantified() throws(Problem) -> Node {
    let start = offset
    let node = try atom()
    guard let (least, most) = try quantifier() else { return node }
    if case .place = node { throw Problem(offset: start, reason: "a place cannot be repeated") }
    // Whether as few as possible are taken or as many makes no difference to whether it fits.
    _ = skip("?")
    if peek == UInt8(ascii: "+") { throw problem("possessive quantifiers are not supported") }
    if isQuantifier { throw problem("there is nothing to repeat before this") }
    return .repeated(node, least, most)
  }

  private var isQuantifier: Bool { peek.map { "*+?{".utf8.contains($0) } ?? false }

  private mutating func quantifier() throws(Problem) -> (Int, Int?)? {
    if skip("*") { return (0, nil) }
    if skip("+") { return (1, nil) }
    if skip("?") { return (0, 1) }
    let start = offset
    guard skip("{") else { return nil }
    guard let least = number() else { throw braces(start) }
    var most: Int? = least
    if skip(",") { most = peek == UInt8(ascii: "}") ? nil : number() ?? -1 }
    guard skip("}"), most != -1 else { throw braces(start) }
    guard least <= Self.countLimit, (most ?? 0) <= Self.countLimit else {
      throw Problem(offset: start, reason: "more than \(Self.countLimit) times is not supported")
    }
    guard most.map({ $0 >= least }) ?? true else {
      throw Problem(offset: start, reason: "the second number is less than the first")
    }
    return (least, most)
  }

  private func braces(_ start: Int) -> Problem {
    Problem(offset: start, reason: "{ is neither {2} nor {2,} nor {2,5}; \\{ is the character")
  }

  private mutating func number() -> Int? {
    let digits = bytes[offset...].prefix { ASCIISet.digits.contains($0) }
    guard !digits.isEmpty else { return nil }
    offset = digits.endIndex
    return Int(String(decoding: digits, as: UTF8.self)) ?? .max
  }

  // MARK: Atoms

  private mutating func atom() throws(Problem) -> Node {
    if isQuantifier { throw problem("there is nothing to repeat before this; \\ before it makes it a character") }
    let byte = bytes[offset]
    switch byte {
    case UInt8(ascii: "("): return try group()
    case UInt8(ascii: "["): return .character(try characterClass())
    case UInt8(ascii: "\\"): return try escape()
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      throw problem("it closes nothing; \\ before it makes it a character")
    default: break
    }
    offset += 1
    switch byte {
    case UInt8(ascii: "^"): return .place(.start)
    case UInt8(ascii: "$"): return .place(.end)
    case UInt8(ascii: "."): return .character(ASCIISet.lineEnds.inverted)
    default: return .character(cased(ASCIISet(byte)))
    }
  }

  private mutating func group() throws(Problem) -> Node {
    let start = offset
    _ = skip("(")
    if !skip("?:"), peek == UInt8(ascii: "?") || peek == UInt8(ascii: "*") {
      throw Problem(offset: start, reason: Self.unsupported(bytes[offset...].dropFirst()))
    }
    let node = try choice()
    guard skip(")") else { throw Problem(offset: start, reason: "the group is not closed") }
    return node
  }

  /// - Parameter rest: what follows the `(?`.
  private static func unsupported(_ rest: ArraySlice<UInt8>) -> String {
    let isAround = ["=", "!", "<=", "<!"].contains { rest.starts(with: $0.utf8) }
    if isAround { return "lookaround is not supported; include_tags and exclude_tags together may do what is meant" }
    return rest.starts(with: "i)".utf8)
      ? "(?i) stands at the beginning only" : "of groups only (…) and (?:…) are supported"
  }

  private mutating func escape() throws(Problem) -> Node {
    let places: [UInt8: Node.Place] = [
      UInt8(ascii: "b"): .wordBoundary, UInt8(ascii: "B"): .noWordBoundary, UInt8(ascii: "A"): .start,
      UInt8(ascii: "z"): .end, UInt8(ascii: "Z"): .end,
    ]
    if offset + 1 < bytes.count, let place = places[bytes[offset + 1]] {
      offset += 2
      return .place(place)
    }
    return .character(try escapedCharacters().set)
  }

  /// - Returns: the character itself where it is one.
  private mutating func escapedCharacters() throws(Problem) -> (set: ASCIISet, one: UInt8?) {
    guard offset + 1 < bytes.count else { throw problem("there is nothing after \\") }
    let byte = bytes[offset + 1]
    let sets: [UInt8: ASCIISet] = [
      UInt8(ascii: "d"): .digits, UInt8(ascii: "D"): ASCIISet.digits.inverted, UInt8(ascii: "w"): .word,
      UInt8(ascii: "W"): ASCIISet.word.inverted, UInt8(ascii: "s"): .blank, UInt8(ascii: "S"): ASCIISet.blank.inverted,
    ]
    if let set = sets[byte] {
      offset += 2
      return (set, nil)
    }
    if ASCIISet.digits.contains(byte) || byte == UInt8(ascii: "k") {
      throw problem("backreferences are not supported")
    }
    guard byte == UInt8(ascii: "_") || !ASCIISet.word.contains(byte) else {
      throw problem("\\\(Character(UnicodeScalar(byte))) is not supported")
    }
    offset += 2
    return (ASCIISet(byte), byte)
  }

  // MARK: Classes

  private mutating func characterClass() throws(Problem) -> ASCIISet {
    let start = offset
    _ = skip("[")
    let isNegated = skip("^")
    var set = ASCIISet()
    var isEmpty = true
    while !skip("]") {
      guard offset < bytes.count else { throw Problem(offset: start, reason: "the class is not closed") }
      set = set.union(try member())
      isEmpty = false
    }
    guard !isEmpty else {
      throw Problem(offset: start, reason: "the class is empty; \\] is the character")
    }
    set = cased(set)
    return isNegated ? set.inverted : set
  }

  /// A character, a range, or a class of its own.
  private mutating func member() throws(Problem) -> ASCIISet {
    for special in ["&&", "--", "~~", "["] where bytes[offset...].starts(with: special.utf8) {
      throw problem("\(special) within a class is not supported; \\ before it makes it a character")
    }
    let start = offset
    let (set, first) = try bound()
    // At the end of a class it is a character.
    guard peek == UInt8(ascii: "-"), offset + 1 < bytes.count, bytes[offset + 1] != UInt8(ascii: "]") else {
      return set
    }
    offset += 1
    guard let first, let last = try bound().one else {
      throw Problem(offset: start, reason: "a range goes from one character to another")
    }
    guard first <= last else { throw Problem(offset: start, reason: "the range ends before it begins") }
    return ASCIISet(first...last)
  }

  private mutating func bound() throws(Problem) -> (set: ASCIISet, one: UInt8?) {
    let byte = bytes[offset]
    if byte == UInt8(ascii: "\\") { return try escapedCharacters() }
    offset += 1
    return (ASCIISet(byte), byte)
  }

  // MARK: Text

  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skip(_ text: String) -> Bool {
    guard bytes[offset...].starts(with: text.utf8) else { return false }
    offset += text.utf8.count
    return true
  }

  private func cased(_ set: ASCIISet) -> ASCIISet { ignoresCase ? set.withBothCases : set }

  private func problem(_ reason: String) -> Problem { Problem(offset: offset, reason: reason) }
}
