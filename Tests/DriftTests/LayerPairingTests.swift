import Drift
import ImageModel
import TestSupport
import Testing

/// Which layers stay, come and go.
@Suite struct LayerPairingTests {
  private func pair(_ old: [UInt8], _ new: [UInt8]) -> [[Int]] {
    func digests(_ seeds: [UInt8]) -> [Digest] { seeds.map { Digest(.sha256, bytes: Array(repeating: $0, count: 32)) } }
    let layers = LayerPairing(from: digests(old), to: digests(new))
    return [layers.kept, layers.added, layers.removed]
  }

  @Test func eachIsPairedOnce() {
    #expect(pair([], []) == [[], [], []])
    #expect(pair([1, 2], [1, 2]) == [[0, 1], [], []])
    #expect(pair([1, 2, 3], [1, 4, 3]) == [[0, 2], [1], [1]])
    #expect(pair([1, 2], [2, 1]) == [[0, 1], [], []], "the order is not compared")
    #expect(pair([1, 1], [1]) == [[0], [], [1]], "the later one has gone")
    #expect(pair([1], [1, 2, 1]) == [[0], [1, 2], []], "the later one is new")
  }

  @Test(arguments: 0..<50) func nothingIsLost(_ stream: UInt64) {
    var random = TestRandom(stream: stream)
    func layers() -> [UInt8] {
      (0..<Int.random(in: 0...8, using: &random)).map { _ in .random(in: 0..<4, using: &random) }
    }
    let (old, new) = (layers(), layers())
    let pairs = pair(old, new)
    #expect((pairs[0] + pairs[1]).sorted() == Array(new.indices))
    // What is left of the one before are as many of each as stayed in the other.
    let left = Set(old.indices).subtracting(pairs[2]).map { old[$0] }.sorted()
    #expect(left == pairs[0].map { new[$0] }.sorted())
    #expect(
      Set(pairs[1].map { new[$0] }).isDisjoint(with: pairs[2].map { old[$0] }), "one that comes and goes has stayed")
  }
}
