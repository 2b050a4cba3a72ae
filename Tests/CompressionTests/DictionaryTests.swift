import Compression
import Hashing
import ImageModel
import Testing

@Suite struct DictionaryTests {
  /// What is stored needs them as they were: one that differs here makes databases unreadable. Another one gets a
  /// number of its own.
  private static let released: [FrameDictionary: String] = [
    .manifests: "ae7b8f95fa4e3ead065e14af0b3296aee5dac28e42b68451a038d0f6fcc3eb24",
    .configs: "14cb43644ea935ad4d87c242c2f26e852c9bd90a5aaaf8104cc76380b466b5e5",
    .events: "3baebb900bd39493f295984560a31a198c25957c28a9447b8a91e3a929b460c7",
  ]

  @Test(arguments: FrameDictionary.allCases) func isAsItWasReleased(dictionary: FrameDictionary) throws {
    let bytes = [UInt8](dictionary.bytes)
    #expect(Hash.digest(.sha256, of: bytes).description == "sha256:\(try #require(Self.released[dictionary]))")
  }

  /// Source: zstd `doc/zstd_compression_format.md`, Dictionary Format.
  @Test(arguments: FrameDictionary.allCases) func hasItsNumber(dictionary: FrameDictionary) {
    let bytes = [UInt8](dictionary.bytes.prefix(8))
    #expect(bytes.prefix(4) == [0x37, 0xa4, 0x30, 0xec])
    #expect(bytes.dropFirst(4).reversed().reduce(0 as UInt32) { $0 << 8 | UInt32($1) } == dictionary.rawValue)
    #expect(dictionary.rawValue >= 32_768, "the others are not ours to give")
  }
}
