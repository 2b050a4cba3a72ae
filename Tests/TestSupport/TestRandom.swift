import Glibc
import Synchronization

/// Chance in tests, which comes again with its seed: `WATCHER_TEST_SEED`, or else one that is drawn. It is printed when
/// it is first used, so that it can be seen of a run that failed, crashed or hung. Every generator begins with it.
///
/// Threads may share one. What they draw together depends on who comes first.
package final class TestRandom: RandomNumberGenerator, Sendable {
  private static let given: UInt64? = getenv("WATCHER_TEST_SEED").map { text in
    guard let given = UInt64(String(cString: text)) else { fatalError("WATCHER_TEST_SEED is no number") }
    return given
  }

  private static let seed: UInt64 = {
    let seed = given ?? UInt64.random(in: 0..<1_000_000_000)
    print("WATCHER_TEST_SEED=\(seed) draws the same again")
    fflush(nil)
    return seed
  }()

  private let state: Mutex<UInt64>

  /// - Parameter stream: what is drawn for one says nothing of another.
  package init(stream: UInt64 = 0) { state = Mutex(Self.seed &+ stream &* 0xd1b5_4a32_d192_ed03) }

  /// For what is too long to be drawn anew each time: with this seed, unless another is given.
  package init(usual seed: UInt64) { state = Mutex(Self.given ?? seed) }

  /// SplitMix64, as the program has it.
  package func next() -> UInt64 {
    state.withLock { state in
      state &+= 0x9e37_79b9_7f4a_7c15
      var bits = state
      bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
      bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
      return bits ^ (bits >> 31)
    }
  }
}
