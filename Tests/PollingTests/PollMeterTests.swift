import Drift
import History
import ImageModel
import TestSupport
import Testing

@testable import Polling

/// What is counted of polls.
@Suite struct PollMeterTests {
  private static let now = Timestamp(milliseconds: 1_790_812_800_000)

  @Test func lagIsTheHighestOfTheLastMinuteOrTwo() {
    var lag = LagMeter()
    #expect(lag.value(at: 0) == .zero)
    lag.record(.milliseconds(700), at: 1_000)
    lag.record(.milliseconds(300), at: 2_000)
    #expect(lag.value(at: 2_000) == .milliseconds(700))
    #expect(lag.value(at: 60_000) == .milliseconds(700))
    lag.record(.milliseconds(100), at: 90_000)
    #expect(lag.value(at: 119_000) == .milliseconds(700))
    #expect(lag.value(at: 140_000) == .milliseconds(100))
    #expect(lag.value(at: 400_000) == .zero)
  }

  @Test func aTagFailsFromItsFirstFailureOn() {
    var counts = TagCounts()
    for failures in [0, 1, 2] { counts.count(Reachability(failures: failures, lastSuccess: Self.now)) }
    #expect(counts[.ok] == 1 && counts[.failing] == 2 && counts.total == 3)
  }

  @Test func everyCodeHasAReason() {
    for code in CheckFailure.Code.allCases {
      var meter = RegistryMeter()
      meter.record(.failed(CheckFailure(code, "x"), registryAnswers: false), took: .milliseconds(1), at: Self.now)
      #expect(meter.polls == 1 && meter.failures == [PollFailureReason(code): 1] && meter.lastSuccess == nil)
    }
  }
}
