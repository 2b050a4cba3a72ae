/// A hash that is the same in every process, unlike `Hasher`, so that a tag keeps its place in the interval
/// over restarts. Not for anything an attacker must not be able to foresee.
///
/// FNV-1a over the UTF-8 bytes, then the finaliser of SplitMix64: FNV alone leaves the high bits of short,
/// similar names (which tags are) unevenly spread.
package enum SpreadHash {
  package static func hash(_ text: String, seed: UInt64 = 0) -> UInt64 {
    var hash = mixed(seed) ^ 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    return mixed(hash)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var value = value &+ 0x9e37_79b9_7f4a_7c15
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
