import ImageModel
import Schedule
import TestSupport
import Testing

struct ClockTests {
  /// Eight hours of suspend: everything is overdue at once and must not go out at once.
  @Test(arguments: [(900, 60), (100, 25), (86_400, 60)])
  func afterSuspendOverduePollsAreSpread(_ interval: Int, _ windowSeconds: Int) {
    let length = Int64(interval) * second
    let count = 3000
    var plan = PollPlan(count, intervalSeconds: interval, concurrency: 256) { _ in .spread(from: 0, failures: 0) }
    var random = SplitMix64(seed: 1)
    plan.run(from: 0, until: .start + length, random: &random) { _, _, _ in }
    let resumed = BootTime.start + length + max(8 * hour, 2 * length)
    var perSecond = Array(repeating: 0, count: windowSeconds + 1)
    var polled: Set<Int> = []
    plan.run(from: resumed, until: resumed + Int64(windowSeconds) * second, random: &random) { tag, now, next in
      perSecond[Int((now - resumed) / second)] += 1
      polled.insert(tag)
      #expect(next >= now + length / 2)
    }
    #expect(polled.count == count, "all within the window")
    let fair = count / windowSeconds
    #expect(perSecond.prefix(windowSeconds).allSatisfy { $0 < fair * 8 / 5 && $0 > fair / 2 }, "\(perSecond)")
  }

  /// In five minutes a third of the tags falls due, neighbours in the interval all of them.
  @Test func afterAShortSuspendTheOverdueFewAreSpreadJustTheSame() {
    var plan = PollPlan(9000, intervalSeconds: 900, concurrency: 256) { _ in .spread(from: 0, failures: 0) }
    var random = SplitMix64(seed: 1)
    #expect(plan.due(at: 0) == [])
    let overdue = (0..<9000).count { (plan.due(of: $0) ?? 0) <= .start + 5 * minute }
    var late = Array(repeating: 0, count: 60)
    plan.run(from: .start + 5 * minute, until: .start + 6 * minute - 1, random: &random) { tag, now, _ in
      late[Int((now - .start - 5 * minute) / second)] += 1
    }
    // Ten a second are due in that minute as always.
    #expect(late.allSatisfy { $0 < 10 + overdue / 60 * 8 / 5 && $0 > overdue / 60 / 2 }, "\(late)")
  }

  @Test func aPollThatEndsAfterTheGapHidesItNot() {
    var plan = PollPlan(1000, intervalSeconds: 900, concurrency: 256) {
      $0 == 0 ? .due(at: 0) : .due(at: .start + hour)
    }
    var random = SplitMix64(seed: 1)
    #expect(plan.due(at: 0) == [0])
    plan.finish(0, .failure(isPermanent: false), at: .start + 8 * hour, random: &random)
    #expect(plan.due(at: .start + 8 * hour).count < 30)
  }

  @Test func shortSilencesAndTheStartAreNoGap() {
    var plan = PollPlan(100, intervalSeconds: 900) { _ in .due(at: .start + 9 * hour) }
    #expect(plan.due(at: .start + 9 * hour - minute) == [])
    #expect(plan.due(at: .start + 9 * hour + minute).count == 100)
    plan = PollPlan(100, intervalSeconds: 900) { _ in .due(at: 0) }
    #expect(plan.due(at: .start + 9 * hour).count == 100)
  }

  @Test func aClockThatStandsOrGoesBackIsHarmless() {
    var plan = PollPlan(2, intervalSeconds: 60) { _ in .due(at: 1000) }
    var random = SplitMix64(seed: 1)
    #expect(plan.due(at: 1000).count == 2)
    plan.finish(0, .success, at: -5_000_000, random: &random)
    plan.finish(1, .success, at: 1000, random: &random)
    #expect(plan.due(at: -5_000_000) == [])
    #expect(plan.due(at: 1001) == [0])
  }

  static let now = Timestamp(milliseconds: 1_790_000_000_000)

  /// Interval 15 minutes, boot clock at 7,000,000: stored next check relative to now, failures, resume.
  @Test(
    arguments: [
      (0, 0, .due(at: 7_000_000)), (-5, 0, .due(at: 7_000_000)), (-999_999_999, 0, .due(at: 7_000_000)),
      (60_000, 0, .due(at: 7_060_000)), (1_440_000, 0, .due(at: 8_440_000)),
      (1_440_001, 0, .spread(from: 7_000_000, failures: 0)),
      (86_400_000, 0, .spread(from: 7_000_000, failures: 0)), (60_000, 3, .failing(at: 7_060_000, failures: 3)),
      (21_600_000, 3, .failing(at: 28_600_000, failures: 3)),
      (21_600_001, 3, .spread(from: 7_000_000, failures: 3)), (-60_000, 3, .failing(at: 7_000_000, failures: 3)),
    ] as [(Int64, Int, Resume)])
  func storedTimesAreClamped(_ ahead: Int64, _ failures: Int, _ resume: Resume) {
    #expect(
      StoredDue.resume(
        nextCheckWall: Timestamp(milliseconds: Self.now.milliseconds + ahead), nowWall: Self.now,
        nowBoot: 7_000_000, intervalSeconds: 900, failures: failures) == resume)
  }

  @Test func aMachineThatWakesIn1970NeitherWaitsNorBursts() {
    let resume = StoredDue.resume(
      nextCheckWall: Self.now, nowWall: Timestamp(milliseconds: 12_000), nowBoot: 12_000, intervalSeconds: 900,
      failures: 0)
    let plan = PollPlan(1000, intervalSeconds: 900) { _ in resume }
    let dues = (0..<1000).compactMap { plan.due(of: $0) }
    #expect(dues.allSatisfy { $0 >= 12_000 && $0 < 912_000 })
    #expect(Set(dues).count > 900)
  }

  @Test(arguments: [(Int64.max, Int64.min), (.min, .max), (.max, -1), (.min, 1)])
  func noStoredTimeIsTooAbsurd(_ stored: Int64, _ now: Int64) {
    let resume = StoredDue.resume(
      nextCheckWall: Timestamp(milliseconds: stored), nowWall: Timestamp(milliseconds: now), nowBoot: 5,
      intervalSeconds: 10, failures: 0)
    #expect(resume == (stored > now ? .spread(from: 5, failures: 0) : .due(at: 5)))
  }

  @Test func dueTimesAreStoredAsWallClockTimes() {
    let wall = StoredDue.wall(due: 7_060_000, nowWall: Self.now, nowBoot: 7_000_000)
    #expect(wall == Self.now.advanced(bySeconds: 60))
    #expect(
      StoredDue.resume(
        nextCheckWall: wall, nowWall: Self.now, nowBoot: 7_000_000, intervalSeconds: 900, failures: 0)
        == .due(at: 7_060_000))
  }
}
