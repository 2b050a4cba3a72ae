/// Where a tag stands among those of its repository, the highest first: versions, the newest first, then all others in
/// descending order of their bytes. Source: docs/configuration.md, Repositories.
struct TagOrder: Comparable, Sendable {
  let tag: String
  private let version: Version?

  init(_ tag: String) {
    self.tag = tag
    version = Version(tag)
  }

  static func < (left: TagOrder, right: TagOrder) -> Bool {
    switch (left.version, right.version) {
    case (let one?, let other?) where one < other: true
    case (let one?, let other?) where other < one: false
    case (nil, _?): true
    case (_?, nil): false
    default: left.tag.utf8.lexicographicallyPrecedes(right.tag.utf8)
    }
  }

  static func == (left: TagOrder, right: TagOrder) -> Bool { left.tag == right.tag }

  /// Two or more numbers between dots, after a `v` perhaps; what comes after them makes it a pre-release.
  private struct Version: Sendable {
    /// Decimal digits without leading zeros; the last one is not zero, for 3.12 is 3.12.0.
    private var numbers: [[UInt8]] = []
    private let suffix: ArraySlice<UInt8>

    init?(_ tag: String) {
      var rest = Array(tag.utf8)[...]
      if rest.first == UInt8(ascii: "v") { rest.removeFirst() }
      var count = 0
      while true {
        let digits = rest.prefix { ASCIISet.digits.contains($0) }
        guard !digits.isEmpty else { return nil }
        numbers.append(Array(digits.drop { $0 == UInt8(ascii: "0") }))
        count += 1
        rest = rest[digits.endIndex...]
        guard rest.first == UInt8(ascii: "."), let next = rest.dropFirst().first, ASCIISet.digits.contains(next)
        else { break }
        rest.removeFirst()
      }
      guard count >= 2 else { return nil }
      while numbers.last?.isEmpty == true { numbers.removeLast() }
      suffix = rest
    }

    static func < (left: Version, right: Version) -> Bool {
      if left.numbers != right.numbers { return left.numbers.lexicographicallyPrecedes(right.numbers, by: isLess) }
      if left.suffix.isEmpty || right.suffix.isEmpty { return !left.suffix.isEmpty }
      return pieces(left.suffix).lexicographicallyPrecedes(pieces(right.suffix), by: isLess)
    }

    /// Numbers count as such, and come before everything else: rc2 before rc10, alpha.1 before alpha.beta.
    private static func isLess(_ left: [UInt8], _ right: [UInt8]) -> Bool {
      let (one, other) = (left.allSatisfy(ASCIISet.digits.contains), right.allSatisfy(ASCIISet.digits.contains))
      guard one == other else { return one }
      if one, left.count != right.count { return left.count < right.count }
      return left.lexicographicallyPrecedes(right)
    }

    /// Each number, without leading zeros, and each other character: 1.9rc1 is 1.9-rc1.
    private static func pieces(_ text: ArraySlice<UInt8>) -> [[UInt8]] {
      var pieces: [[UInt8]] = []
      var rest = "-_.".utf8.contains(text.first ?? 0) ? text.dropFirst() : text
      while let first = rest.first {
        let digits = rest.prefix { ASCIISet.digits.contains($0) }
        pieces.append(digits.isEmpty ? [first] : Array(digits.drop { $0 == UInt8(ascii: "0") }))
        rest = digits.isEmpty ? rest.dropFirst() : rest[digits.endIndex...]
      }
      return pieces
    }
  }
}
