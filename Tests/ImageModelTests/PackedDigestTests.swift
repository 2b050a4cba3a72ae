import ImageModel
import TestSupport
import Testing

@Suite struct PackedDigestTests {
  @Test(arguments: Digest.Algorithm.allCases) func whatIsPackedComesOutAsItWas(_ algorithm: Digest.Algorithm) throws {
    var random = TestRandom()
    for _ in 0..<100 {
      let bytes = (0..<(algorithm.hexLength / 2)).map { _ in UInt8.random(in: 0...255, using: &random) }
      let digest = Digest(algorithm, bytes: bytes)
      #expect(PackedDigest(digest).digest == digest)
      #expect(try Digest(digest.description) == digest)
    }
  }

  @Test func itIsSmall() {
    #expect(MemoryLayout<PackedDigest?>.size <= 33)
  }
}
