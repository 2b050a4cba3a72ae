import Drift
import ImageModel
import Testing

struct FlapGateTests {
  /// A tag that moves at the given seconds, ticked each minute: what sinks get, as (second, flaps).
  private func announcements(movesAt moves: [Int], until end: Int) -> [(at: Int, flaps: Int?)] {
    var gate = FlapGate()
    var sent: [(at: Int, flaps: Int?)] = []
    for time in 0...end {
      let recent = sent.count { $0.at > time - 3600 }
      if moves.contains(time) {
        if gate.admit(at: second(time), announcedInLastHour: recent) { sent.append((time, nil)) }
      } else if time % 60 == 0, let flaps = gate.settle(at: second(time), announcedInLastHour: recent) {
        sent.append((time, flaps))
      }
    }
    return sent
  }

  @Test func fourMovesAreToldTheRestIsCountedOnceWhenItIsQuiet() {
    let sent = announcements(movesAt: [10, 20, 30, 40, 50, 65, 70], until: 3500)
    #expect(sent.map(\.at) == [10, 20, 30, 40, 720])
    #expect(sent.map(\.flaps) == [nil, nil, nil, nil, 3])
  }

  @Test func aTagThatMovesSeldomIsNeverWithheld() {
    let sent = announcements(movesAt: [0, 900, 1800, 2700, 3600, 4500], until: 9000)
    #expect(sent.map(\.at) == [0, 900, 1800, 2700, 3600, 4500])
    #expect(sent.allSatisfy { $0.flaps == nil })
  }

  @Test(arguments: [10, 60, 300, 601, 660, 899])
  func atMostFiveEventsInAnyHour(_ period: Int) {
    let moves = Array(stride(from: 5, to: 14_400, by: period))
    let sent = announcements(movesAt: moves, until: 18_500)
    for event in sent {
      #expect(sent.count { $0.at >= event.at && $0.at < event.at + 3600 } <= 5)
    }
    // Every move is told of, by itself or in a number.
    #expect(sent.reduce(0) { $0 + ($1.flaps ?? 1) } == moves.count)
  }

  @Test func quietWithoutWithheldMovesIsNoEvent() {
    var gate = FlapGate()
    #expect(gate.settle(at: second(9999)) == nil)
    #expect(gate.admit(at: second(0), announcedInLastHour: 3) == true)
    #expect(gate.settle(at: second(9999)) == nil)
  }

  @Test func settlingTellsOnce() {
    var gate = FlapGate()
    #expect(gate.admit(at: second(0), announcedInLastHour: 4) == false)
    #expect(gate.settle(at: second(599)) == nil)
    #expect(gate.settle(at: second(600)) == 1)
    #expect(gate.settle(at: second(1300)) == nil)
  }

  @Test func aClockSetBackCountsQuietFromNow() {
    var gate = FlapGate(withheld: 2, lastMove: second(1_000_000))
    #expect(gate.settle(at: second(100)) == nil)
    #expect(gate.settle(at: second(699)) == nil)
    #expect(gate.settle(at: second(700)) == 2)
  }
}
