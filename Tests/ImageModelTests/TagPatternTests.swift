import TestSupport
import Testing

@testable import ImageModel

/// Expressions over tags.
struct TagPatternTests {
  @Test(
    arguments: [
      ("^3\\.\\d+$", ["3.1", "3.12"], ["3.", "13.1", "3.12-slim", "3x1"]),
      ("rc", ["rc", "1.0-rc1", "search"], ["", "r", "RC"]),
      ("(?i)rc", ["rc", "1.0-RC1", "Rc"], ["r-c"]),
      ("", ["", "latest"], []),
      ("^$", [""], ["a"]),
      ("^(alpine|slim)?$", ["", "alpine", "slim"], ["alpineslim"]),
      ("^(?:a|b|)c$", ["ac", "bc", "c"], ["abc"]),
      ("a.c", ["abc", "a-c"], ["ac", "a\nc"]),
      ("^[a-c_-]+$", ["a", "_-b"], ["d", ""]),
      ("^[^0-9.]*$", ["latest", ""], ["v1", "a.b"]),
      ("^[\\d.]+$", ["1.2", "."], ["1a"]),
      ("^\\w+$", ["a_Z9"], ["a-b"]),
      ("^\\S+$", ["a-b"], ["a b"]),
      ("\\bedge\\b", ["edge", "x-edge.1"], ["edges", "_edge"]),
      ("\\Bdge", ["edge"], ["dge"]),
      ("^a{2}$", ["aa"], ["a", "aaa"]),
      ("^a{2,}$", ["aa", "aaaa"], ["a"]),
      ("^a{1,3}?$", ["a", "aaa"], ["", "aaaa"]),
      ("^a{0}b$", ["b"], ["ab"]),
      ("^(a*)*b$", ["b", "aab"], ["aa"]),
      ("^v?\\d+(\\.\\d+){1,2}(-[a-z]+)?$", ["v1.2", "1.2.3-slim"], ["1", "1.2.3.4", "1.2-"]),
      ("\\Aa\\z", ["a"], ["ab"]),
      ("^\\.\\_\\-\\\\$", ["._-\\"], ["x"]),
      ("[-a]", ["-", "a"], ["b"]),
      ("^[a-]$", ["-", "a"], ["b"]),
    ] as [(String, [String], [String])])
  func fitsAnywhereUnlessAnchored(_ text: String, _ fitting: [String], _ others: [String]) throws {
    let pattern = try TagPattern(text)
    for tag in fitting { #expect(pattern.fits(tag), "\(text) in \(tag)") }
    for tag in others { #expect(!pattern.fits(tag), "\(text) in \(tag)") }
  }

  @Test(arguments: [
    ("^[", 1, "the class is not closed"),
    ("a[]b", 1, "the class is empty; \\] is the character"),
    ("[z-a]", 1, "the range ends before it begins"),
    ("[a-\\d]", 1, "a range goes from one character to another"),
    ("[[:alpha:]]", 1, "[ within a class is not supported; \\ before it makes it a character"),
    ("[a&&b]", 2, "&& within a class is not supported; \\ before it makes it a character"),
    ("(a", 0, "the group is not closed"),
    ("a)", 1, "there is no group to close"),
    ("*a", 0, "there is nothing to repeat before this; \\ before it makes it a character"),
    ("a|+", 2, "there is nothing to repeat before this; \\ before it makes it a character"),
    ("a**", 2, "there is nothing to repeat before this"),
    ("a++", 2, "possessive quantifiers are not supported"),
    ("^*", 0, "a place cannot be repeated"),
    ("a{x}", 1, "{ is neither {2} nor {2,} nor {2,5}; \\{ is the character"),
    ("a{2,1}", 1, "the second number is less than the first"),
    ("a{2000}", 1, "more than 1000 times is not supported"),
    ("a]", 1, "it closes nothing; \\ before it makes it a character"),
    ("(a)\\1", 3, "backreferences are not supported"),
    ("x(?=a)", 1, "lookaround is not supported; include_tags and exclude_tags together may do what is meant"),
    ("(?<!a)b", 0, "lookaround is not supported; include_tags and exclude_tags together may do what is meant"),
    ("(?<n>a)", 0, "of groups only (…) and (?:…) are supported"),
    ("a(?i)b", 1, "(?i) stands at the beginning only"),
    ("\\p{L}", 0, "\\p is not supported"),
    ("a\\", 1, "there is nothing after \\"),
    ("aä", 1, "tags are visible ASCII, and this character is not"),
    ("((a{100}){100})", 0, "it comes to more than 500 states: repeat less within what is repeated"),
    ("(((){1000}){1000}){1000}", 0, "it comes to more than 500 states: repeat less within what is repeated"),
    (String(repeating: "a", count: 257), 0, "it is longer than 256 bytes"),
    (String(repeating: "(", count: 70), 64, "groups lie deeper than 64"),
  ])
  func saysWhatItCannotTakeAndWhere(_ text: String, _ offset: Int, _ reason: String) {
    #expect(throws: TagPattern.Problem(offset: offset, reason: reason)) { try TagPattern(text) }
  }

  /// Swift's engine is another one, and understands the same by what both take.
  @Test func fitsWhereSwiftsExpressionsDo() throws {
    var random = TestRandom(stream: 35)
    var compared = 0
    for _ in 0..<3_000 {
      let text = (Bool.random(using: &random) ? "(?i)" : "") + Self.expression(depth: 2, &random).text
      guard text.utf8.count <= TagPattern.byteLimit else { continue }
      let pattern = try TagPattern(text)
      let other = try Regex(text).wordBoundaryKind(.simple)
      for _ in 0..<8 {
        let tag = Self.word(Int.random(in: 0...8, using: &random), &random)
        #expect(pattern.fits(tag) == tag.contains(other), "\(text) in \(tag)")
        compared += 1
      }
    }
    #expect(compared > 20_000)
  }

  /// The text is at most as long as a tag, and that decides how long the longest search takes.
  @Test func takesNoLongerForExpressionsThatGoBackAndForth() throws {
    let tag = String(repeating: "a", count: 128)
    for text in ["^(a+)+$", "(a|a)*b", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a?){64}a{64}b", "(a?){120}a{120}b"] {
      let pattern = try TagPattern(text)
      let took = ContinuousClock().measure { for _ in 0..<10 { _ = pattern.fits(tag + "!") } }
      #expect(took < .seconds(5), "\(text)")
    }
  }

  @Test(arguments: [("", 1), ("abc", 4), ("[ab]{400}", 401), ("a|b", 5), ("(a?){10}", 21)])
  func aSizeIsThatOfTheSearch(_ text: String, _ size: Int) throws {
    #expect(try TagPattern(text).size == size)
  }

  // MARK: Random expressions

  /// A text, and whether it may fit where there is nothing: Swift's engine does not come back from some repetitions of
  /// that.
  private typealias Expression = (text: String, mayBeEmpty: Bool)

  private static func expression(depth: Int, _ random: inout TestRandom) -> Expression {
    let one = sequence(depth: depth, &random)
    guard Bool.random(using: &random) else { return one }
    let other = sequence(depth: depth, &random)
    return (one.text + "|" + other.text, one.mayBeEmpty || other.mayBeEmpty)
  }

  private static func sequence(depth: Int, _ random: inout TestRandom) -> Expression {
    var whole: Expression = ("", true)
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      if Int.random(in: 0..<8, using: &random) == 0 {
        whole.text += ["^", "$", "\\b", "\\B"].randomElement(using: &random) ?? ""
        continue
      }
      let part = atom(depth: depth, &random)
      let quantifier = part.mayBeEmpty ? "" : Self.quantifiers.randomElement(using: &random) ?? ""
      whole.text += part.text + quantifier
      if !part.mayBeEmpty, !["*", "?", "{0"].contains(where: quantifier.hasPrefix) { whole.mayBeEmpty = false }
    }
    return whole
  }

  private static func atom(depth: Int, _ random: inout TestRandom) -> Expression {
    guard depth > 0, Int.random(in: 0..<4, using: &random) == 0 else {
      return (atoms.randomElement(using: &random) ?? "a", false)
    }
    let inner = expression(depth: depth - 1, &random)
    return ((Bool.random(using: &random) ? "(" : "(?:") + inner.text + ")", inner.mayBeEmpty)
  }

  private static let atoms = [
    "a", "b", "B", "1", "\\.", "-", "_", ".", "[ab]", "[^a]", "[a-c1]", "\\d", "\\w", "\\W", "\\D", "\\S",
  ]
  private static let quantifiers = ["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,3}?", "{1,}"]

  private static func word(_ length: Int, _ random: inout TestRandom) -> String {
    String((0..<length).map { _ in "abcAB12.-_".randomElement(using: &random) ?? "a" })
  }
}
