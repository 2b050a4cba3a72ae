import ImageModel
import Testing

@Suite struct DigestTests {
  @Test(arguments: Digest.Algorithm.allCases)
  func acceptsExactlyItsLength(algorithm: Digest.Algorithm) throws {
    let hex = String(repeating: "0123456789abcdef", count: algorithm.hexLength / 16)
    let digest = try Digest("\(algorithm.rawValue):\(hex)")
    #expect(digest.description == "\(algorithm.rawValue):\(hex)")
    #expect(digest.algorithm == algorithm)
    #expect(digest.hex == hex[...])
    #expect(digest.short == "0123456789ab")
    #expect(throws: Digest.ParseError.length) { try Digest("\(algorithm.rawValue):\(hex.dropLast())") }
    #expect(throws: Digest.ParseError.length) { try Digest("\(algorithm.rawValue):\(hex)0") }
  }

  static let refused: [(String, Digest.ParseError)] = [
    ("", .format), (":", .format), ("sha256", .format), ("sha256:", .format), (":a×64", .format),
    ("sha256:A×64", .format), ("sha256:g×64", .format), ("sha256:a×63\n", .format), ("sha256:a×64\n", .format),
    ("sha256: a×63", .format), ("sha256::a×64", .format), ("SHA256:a×64", .unsupportedAlgorithm),
    (" sha256:a×64", .unsupportedAlgorithm), ("md5:a×32", .unsupportedAlgorithm), ("sha1:a×40", .unsupportedAlgorithm),
    ("sha256:ff", .length), ("sha512:a×64", .length),
  ]

  @Test(arguments: refused)
  func refuses(text: String, error: Digest.ParseError) {
    #expect(throws: error) { try Digest(expand(text)) }
  }

  /// A combining mark after the colon makes one character of both; it must not vanish between the halves.
  @Test(arguments: [("sha256:\u{301}", ""), ("sha256:", "\u{301}"), ("sha256\u{301}:", ""), ("sha256:\u{200d}", "")])
  func combiningCharacters(before: String, after: String) {
    #expect(throws: Digest.ParseError.self) { try Digest(before + String(repeating: "a", count: 64) + after) }
  }

  @Test func fromBytes() throws {
    let digest = Digest(.sha256, bytes: (0..<32).map { UInt8($0 * 8 + 1) })
    #expect(
      digest.description == "sha256:0109111921293139414951596169717981899199a1a9b1b9c1c9d1d9e1e9f1f9")
    #expect(try Digest(digest.description) == digest)
    #expect(Digest(.sha512, bytes: [UInt8](repeating: 255, count: 64)).algorithm == .sha512)
  }

  @Test func parsesASubstring() throws {
    let line = "digest=sha256:" + String(repeating: "c", count: 64)
    #expect(try Digest(line.dropFirst(7)).short == "cccccccccccc")
  }
}
