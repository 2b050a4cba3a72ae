import ImageModel
import Testing

@Suite struct DigestPrefixTests {
  @Test(
    arguments: [
      ("b63c3d", nil, "b63c3d"), ("B63C3D5A", nil, "b63c3d5a"), ("sha256:b63c3d", .sha256, "b63c3d"),
      ("amazonlinux@sha256:b63c3d", .sha256, "b63c3d"),
      ("sha512:" + String(repeating: "a", count: 128), .sha512, String(repeating: "a", count: 128)),
    ] as [(String, Digest.Algorithm?, String)])
  func reads(text: String, algorithm: Digest.Algorithm?, hex: String) throws {
    let prefix = try DigestPrefix(text)
    #expect(prefix.algorithm == algorithm && prefix.hex == hex)
    #expect(prefix.ranges.count == (algorithm == nil ? 3 : 1))
  }

  @Test(
    arguments: [
      ("", .tooShort), ("b63c3", .tooShort), ("sha256:", .tooShort), ("latest", .format), ("b63c3d…", .format),
      ("b63c3d\u{301}", .format), ("sha256:b63c3d:", .format), ("md5:b63c3d", .unsupportedAlgorithm),
      (":b63c3d", .unsupportedAlgorithm), ("sha256:" + String(repeating: "a", count: 65), .tooLong),
      (String(repeating: "a", count: 129), .tooLong),
    ] as [(String, DigestPrefix.ParseError)])
  func refuses(text: String, error: DigestPrefix.ParseError) {
    #expect(throws: error) { try DigestPrefix(text) }
  }
}
