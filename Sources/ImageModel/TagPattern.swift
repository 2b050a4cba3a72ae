/// A regular expression over tags. It is searched for: anywhere in a tag, unless it is anchored.
///
/// An own engine, whose time is at most the length of the tag times that of the expression: Swift's goes back and
/// forth, for ever with some expressions (docs/decisions/0035). Tags are ASCII, and nobody asks what a group has
/// matched; so the syntax is what all engines have in common. Source: docs/configuration.md, Repositories.
package struct TagPattern: Hashable, Sendable {
  /// Longer ones are no filters of tags.
  package static let byteLimit = 256

  package let text: String
  private let program: [TagPatternProgram.Instruction]

  /// In states: a search takes that long, times the length of the tag.
  package var size: Int { program.count }

  /// - Throws: what cannot be taken of it, and where.
  package init(_ text: String) throws(Problem) {
    self.text = text
    program = try TagPatternProgram.make(of: TagPatternParser.parse(text))
  }

  /// Why a text is not an expression.
  package struct Problem: Error, Hashable {
    /// In bytes, from the beginning of the text.
    package let offset: Int
    /// `a group is not closed`.
    package let reason: String
  }

  package static func == (left: TagPattern, right: TagPattern) -> Bool { left.text == right.text }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }

  /// Whether it fits somewhere in a tag.
  package func fits(_ tag: String) -> Bool {
    var tag = tag
    return tag.withUTF8 { TagPatternSearch(program: program, text: $0).succeeds() }
  }
}

/// What an expression is made of.
indirect enum TagPatternNode: Sendable {
  case character(ASCIISet)
  case place(Place)
  case sequence([TagPatternNode])
  case choice([TagPatternNode])
  /// `nil`: as often as one likes.
  case repeated(TagPatternNode, Int, Int?)

  /// What is true between two characters.
  enum Place: Sendable {
    case start, end, wordBoundary, noWordBoundary
  }
}

/// Some of the 128 characters.
struct ASCIISet: Hashable, Sendable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  static let digits = ASCIISet(0x30...0x39)
  static let lowerCase = ASCIISet(0x61...0x7a)
  static let upperCase = ASCIISet(0x41...0x5a)
  static let word = digits.union(lowerCase).union(upperCase).union(ASCIISet(0x5f...0x5f))
  static let blank = ASCIISet(0x09...0x0d).union(ASCIISet(0x20...0x20))
  static let lineEnds = ASCIISet(0x0a...0x0d)

  init() {}

  init(_ range: ClosedRange<UInt8>) { for byte in range { insert(byte) } }

  init(_ byte: UInt8) { insert(byte) }

  mutating func insert(_ byte: UInt8) {
    if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte - 64) }
  }

  func contains(_ byte: UInt8) -> Bool {
    byte < 64 ? low >> UInt64(byte) & 1 == 1 : byte < 128 && high >> UInt64(byte - 64) & 1 == 1
  }

  func union(_ other: ASCIISet) -> ASCIISet {
    var set = self
    set.low |= other.low
    set.high |= other.high
    return set
  }

  var inverted: ASCIISet {
    var set = self
    set.low = ~low
    set.high = ~high
    return set
  }

  /// With the other case of each letter.
  var withBothCases: ASCIISet {
    var set = self
    for byte in UInt8(0x41)...0x5a where contains(byte) || contains(byte | 0x20) {
      set.insert(byte)
      set.insert(byte | 0x20)
    }
    return set
  }
}
