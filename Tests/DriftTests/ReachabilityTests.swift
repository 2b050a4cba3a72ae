import Drift
import ImageModel
import Testing

struct ReachabilityTests {
  static let missing = CheckFailure(.tagMissing, "gone")
  static let server = CheckFailure(.server, "500")

  /// A tag seen at second 0.
  static let seen = Reachability(lastSuccess: second(0))

  @Test func aTagIsDeletedAfterThreeCredibleAnswersOverHalfAnHour() {
    var tag = Self.seen
    #expect(!tag.wantsRegistryProbe)
    #expect(tag.failed(Self.missing, at: second(10), registryAnswers: true) == nil)
    #expect(!tag.wantsRegistryProbe)
    #expect(tag.failed(Self.missing, at: second(900), registryAnswers: true) == nil)
    #expect(tag.wantsRegistryProbe)
    #expect(tag.failed(Self.missing, at: second(1809), registryAnswers: true) == nil, "a second too early")
    #expect(tag.failed(Self.missing, at: second(1810), registryAnswers: false) == nil, "registry silent")
    #expect(tag.failed(Self.missing, at: second(1811), registryAnswers: true) == .deleted(missingSince: second(10)))
    #expect(tag.state == .deleted)
    #expect(!tag.wantsRegistryProbe)
    #expect(tag.failed(Self.missing, at: second(4000), registryAnswers: true) == nil, "told once")
  }

  @Test func twoAnswersAreNotEnoughHoweverFarApart() {
    var tag = Self.seen
    #expect(tag.failed(Self.missing, at: second(10), registryAnswers: true) == nil)
    #expect(tag.failed(Self.missing, at: second(99_999), registryAnswers: true) == nil)
    #expect(tag.state == .ok)
  }

  @Test(arguments: CheckFailure.Code.allCases.filter { $0 != .tagMissing })
  func anyOtherFailureStartsTheProofAnew(_ code: CheckFailure.Code) {
    var tag = Self.seen
    _ = tag.failed(Self.missing, at: second(10), registryAnswers: true)
    _ = tag.failed(Self.missing, at: second(900), registryAnswers: true)
    #expect(tag.failed(CheckFailure(code, ""), at: second(1000), registryAnswers: true) == nil)
    #expect(tag.missingCount == 0)
    #expect(tag.failed(Self.missing, at: second(1900), registryAnswers: true) == nil)
    #expect(tag.failed(Self.missing, at: second(2500), registryAnswers: true) == nil)
    #expect(tag.failed(Self.missing, at: second(3700), registryAnswers: true) == .deleted(missingSince: second(1900)))
    #expect(tag.failures == 6)
    #expect(tag.failingSince == second(10))
  }

  @Test func aSuccessEndsEverythingAndSaysWhatItEnded() {
    var tag = Self.seen
    #expect(tag.succeeded(at: second(5)) == nil)
    _ = tag.failed(Self.server, at: second(10), registryAnswers: false)
    #expect(tag.succeeded(at: second(20)) == nil)
    #expect(tag == Reachability(lastSuccess: second(20)))

    tag = Reachability(state: .unreachable, failures: 9, failingSince: second(30), failure: Self.server)
    #expect(tag.succeeded(at: second(40)) == .recovered(failingSince: second(30)))
    #expect(tag == Reachability(lastSuccess: second(40)))

    tag = Reachability(state: .deleted, failures: 9, missingSince: second(30), missingCount: 3)
    #expect(tag.succeeded(at: second(50)) == .restored)
    #expect(tag == Reachability(lastSuccess: second(50)))
  }

  @Test func unreachableComesOnceAtItsTime() {
    var tag = Self.seen
    #expect(tag.tick(at: second(99_999), unreachableAfterSeconds: 3600, intervalSeconds: 900) == nil, "not failing")
    #expect(tag.unreachableDeadline(unreachableAfterSeconds: 3600, intervalSeconds: 900) == nil)
    _ = tag.failed(Self.missing, at: second(900), registryAnswers: false)
    _ = tag.failed(Self.server, at: second(1000), registryAnswers: false)
    #expect(tag.unreachableDeadline(unreachableAfterSeconds: 3600, intervalSeconds: 900) == second(3600))
    #expect(tag.tick(at: second(3599), unreachableAfterSeconds: 3600, intervalSeconds: 900) == nil)
    #expect(
      tag.tick(at: second(3600), unreachableAfterSeconds: 3600, intervalSeconds: 900)
        == .unreachable(failingSince: second(900), Self.server))
    #expect(tag.tick(at: second(9000), unreachableAfterSeconds: 3600, intervalSeconds: 900) == nil)
    #expect(tag.succeeded(at: second(9001)) == .recovered(failingSince: second(900)))
  }

  /// interval, unreachable_after, last success, deadline after a first failure at second 5000.
  @Test(
    arguments: [
      (900, 3600, 4100, 7700), (3600, 3600, 1400, 5000), (3601, 3600, 1399, 8600), (86_400, 10, 0, 5010),
      (900, 3600, nil, 8600),
    ] as [(Int, Int, Int?, Int)])
  func theDeadlineCountsFromTheLastSuccessWhereThatIsFair(
    _ interval: Int, _ after: Int, _ success: Int?, _ deadline: Int
  ) {
    var tag = Reachability(lastSuccess: success.map(second))
    _ = tag.failed(Self.server, at: second(5000), registryAnswers: false)
    #expect(
      tag.unreachableDeadline(unreachableAfterSeconds: after, intervalSeconds: interval) == second(deadline))
  }

  @Test func anUnreachableTagCanBeFoundDeletedAndADeletedOneIsNeverUnreachable() {
    var tag = Self.seen
    _ = tag.failed(Self.missing, at: second(100), registryAnswers: true)
    #expect(tag.tick(at: second(200), unreachableAfterSeconds: 60, intervalSeconds: 10)?.type == .tagUnreachable)
    _ = tag.failed(Self.missing, at: second(1000), registryAnswers: true)
    #expect(tag.failed(Self.missing, at: second(1900), registryAnswers: true) == .deleted(missingSince: second(100)))
    #expect(tag.failed(Self.server, at: second(2000), registryAnswers: false) == nil)
    #expect(tag.tick(at: second(99_999), unreachableAfterSeconds: 60, intervalSeconds: 10) == nil)
    #expect(tag.state == .deleted)
    #expect(tag.succeeded(at: second(100_000)) == .restored, "not recovered as well")
  }

  @Test func aTagNeverSeenIsUnreachableAndNotDeleted() {
    var tag = Reachability()
    for time in stride(from: 0, through: 7200, by: 600) {
      #expect(!tag.wantsRegistryProbe)
      #expect(tag.failed(Self.missing, at: second(time), registryAnswers: true) == nil)
    }
    #expect(
      tag.tick(at: second(7200), unreachableAfterSeconds: 3600, intervalSeconds: 900)
        == .unreachable(failingSince: second(0), Self.missing))
    #expect(tag.succeeded(at: second(7300))?.type == .tagRecovered)
  }

  @Test func aClockSetBackNeitherFiresNorWaitsForTheOldTime() {
    var tag = Reachability(lastSuccess: second(1_000_000))
    _ = tag.failed(Self.missing, at: second(1_000_100), registryAnswers: true)
    // The clock goes back ten days.
    #expect(tag.tick(at: second(100), unreachableAfterSeconds: 3600, intervalSeconds: 900) == nil)
    #expect(tag.failed(Self.missing, at: second(110), registryAnswers: true) == nil)
    #expect(tag.failed(Self.missing, at: second(120), registryAnswers: true) == nil)
    #expect(tag.state == .ok)
    #expect(
      tag.failed(Self.missing, at: second(100 + 1800), registryAnswers: true) == .deleted(missingSince: second(100)))
  }

  @Test func aClockSetBackBetweenSuccessAndFailureDelaysNoAlarmForDays() {
    var tag = Reachability(lastSuccess: second(1_000_000))
    _ = tag.failed(Self.server, at: second(500), registryAnswers: false)
    #expect(tag.tick(at: second(4099), unreachableAfterSeconds: 3600, intervalSeconds: 900) == nil)
    #expect(tag.tick(at: second(4100), unreachableAfterSeconds: 3600, intervalSeconds: 900) != nil)
  }

  @Test(arguments: [
    (ReachabilityChange.deleted(missingSince: second(1)), EventType.tagDeleted), (.restored, .tagRestored),
    (.recovered(failingSince: second(1)), .tagRecovered),
    (.unreachable(failingSince: second(1), server), .tagUnreachable),
  ])
  func everyChangeHasItsEvent(_ change: ReachabilityChange, _ type: EventType) { #expect(change.type == type) }
}
