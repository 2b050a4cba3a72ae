import Drift
import History
import ImageModel
import Registry
import Testing

@testable import Polling

@Suite struct TagSlotTests {
  /// There may be a million of them.
  @Test func itIsSmall() { #expect(MemoryLayout<TagSlot>.stride <= 232) }

  @Test func troubleComesAndGoesAsItWas() {
    var slot = TagSlot.vacant
    #expect(slot.reachability == Reachability())
    let failing = Reachability(
      state: .unreachable, failures: 3, failingSince: moment(5).wall, failure: CheckFailure(.dns, "no such host"),
      missingSince: moment(6).wall, missingCount: 2, lastSuccess: moment(4).wall)
    slot.reachability = failing
    #expect(slot.reachability == failing)
    slot.reachability.failures += 1
    #expect(slot.reachability.failures == 4 && slot.reachability.failure == failing.failure)
    slot.reachability = Reachability(lastSuccess: moment(9).wall)
    #expect(slot.reachability == Reachability(lastSuccess: moment(9).wall))
    #expect(slot.known.wasSeen)
  }

  @Test(arguments: Digest.Algorithm.allCases) func theHeadIsKeptWhatever(_ algorithm: Digest.Algorithm) {
    var slot = TagSlot.vacant
    slot.head = Digest(algorithm, bytes: (0..<UInt8(algorithm.hexLength / 2)).map { $0 &* 7 &+ 3 })
    #expect(slot.head?.algorithm == algorithm)
    #expect(slot.head == Digest(algorithm, bytes: (0..<UInt8(algorithm.hexLength / 2)).map { $0 &* 7 &+ 3 }))
  }
}
