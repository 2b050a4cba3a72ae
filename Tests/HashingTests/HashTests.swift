import Hashing
import ImageModel
import Testing

@Suite struct HashTests {
  /// Known answers: FIPS 180-4 examples ("abc", the empty message) and the OCI empty descriptor `{}`.
  @Test(arguments: [
    ("", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("{}", "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
    ("abc", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "",
      "sha384:38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
        + "274edebfe76f65fbd51ad2f14898b95b"
    ),
    (
      "abc",
      "sha384:cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
        + "8086072ba1e7cc2358baeca134c825a7"
    ),
    (
      "",
      "sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
        + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
    ),
    (
      "abc",
      "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    ),
  ])
  func knownAnswer(text: String, expected: String) throws {
    let digest = try Digest(expected)
    #expect(Hash.digest(digest.algorithm, of: Array(text.utf8)) == digest)
    #expect(Hash.matches(Array(text.utf8), digest))
  }

  /// Longer than one read of any size and than libcrypto's block: a million times "a", FIPS 180-4.
  @Test func millionBytes() {
    let digest = Hash.digest(.sha256, of: [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
    #expect(digest.hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  /// The documents of amazonlinux:latest: one more or one less byte is another document.
  @Test(arguments: [
    (Amazonlinux.index, "sha256:a8e94ea6c17f7749b1beb0ac2c3245e0b99804190f31e05f68a0fabb5bea1787"),
    (Amazonlinux.amd64, "sha256:0eefa899a816bf75b072f1c002a9a6d620d2cde73983fee2380533571eb99d20"),
    (Amazonlinux.arm64, "sha256:6ed3f8651e7e6ae661e3bdac75a80bc532ac90dfae8ce303d866caae3b60b980"),
  ])
  func amazonlinux(document: String, expected: String) throws {
    let digest = try Digest(expected)
    var bytes = Array(document.utf8)
    #expect(Hash.digest(.sha256, of: bytes) == digest)
    #expect(Hash.matches(bytes, digest))
    #expect(!Hash.matches(bytes + [UInt8(ascii: "\n")], digest))
    bytes[100] ^= 1
    #expect(!Hash.matches(bytes, digest))
  }

  /// A digest is checked with the algorithm it names, whichever that is.
  @Test func algorithmOfTheDigestDecides() {
    let bytes = Array("{}".utf8)
    for algorithm in Digest.Algorithm.allCases {
      let digest = Hash.digest(algorithm, of: bytes)
      #expect(digest.algorithm == algorithm)
      #expect(digest.hex.count == algorithm.hexLength)
      #expect(Hash.matches(bytes, digest))
    }
  }
}
