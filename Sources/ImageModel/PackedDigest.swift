/// A digest for whoever keeps a million: nearly all of them as 32 bytes in place of a text somewhere else.
package enum PackedDigest: Sendable {
  /// Its bytes, the first in the highest place.
  case sha256(UInt64, UInt64, UInt64, UInt64)
  case other(Digest)

  package init(_ digest: Digest) {
    guard digest.algorithm == .sha256 else {
      self = .other(digest)
      return
    }
    var text = digest.description
    self = text.withUTF8 { bytes in
      func word(_ index: Int) -> UInt64 {
        bytes[(7 + 16 * index)..<(23 + 16 * index)].reduce(0) { word, digit in
          word << 4 | UInt64(digit < UInt8(ascii: "a") ? digit & 15 : digit - UInt8(ascii: "a") + 10)
        }
      }
      return .sha256(word(0), word(1), word(2), word(3))
    }
  }

  package var digest: Digest {
    switch self {
    case .other(let digest): digest
    case .sha256(let first, let second, let third, let fourth):
      withUnsafeBytes(of: (first.bigEndian, second.bigEndian, third.bigEndian, fourth.bigEndian)) { bytes in
        Digest(.sha256, bytes: bytes)
      }
    }
  }
}
