import ImageModel
import Schedule
import TestSupport
import Testing

/// A registry that asks to be left alone is left alone by all its tags.
struct ThrottleTests {
  @Test func retryAfterPausesTheWholeRegistryAndNoOther() {
    var plan = PollPlan(10, intervalSeconds: 60, concurrency: 2) { _ in .never }
    let other = plan.setRegistry("other.example", maxConcurrency: 1)
    plan.add(10, name: "other", registry: other, intervalSeconds: 60, resume: .due(at: 1))
    var random = SplitMix64(seed: 1)
    #expect(plan.due(at: 0) == [0, 1])
    let next = plan.finish(0, .throttled(retryAfterSeconds: 100), at: 0, random: &random)
    #expect(next >= .start + 100 * second)
    plan.finish(1, .success, at: 0, random: &random)
    #expect(plan.due(at: 1) == [10])
    #expect(plan.due(at: .start + 60 * second) == [])
    #expect(plan.due(at: 99_999) == [])
    #expect(plan.nextWake(after: 99_999) == .start + 100 * second)
  }

  /// A window that has just opened gets one request until one comes back well.
  @Test func afterAPauseOneGoesFirst() {
    var plan = PollPlan(10, intervalSeconds: 900, concurrency: 4) { _ in .never }
    var random = SplitMix64(seed: 1)
    for tag in plan.due(at: 0) { plan.finish(tag, .throttled(retryAfterSeconds: 30), at: 0, random: &random) }
    #expect(plan.due(at: .start + 30 * second) == [4])
    #expect(plan.due(at: .start + 30 * second) == [])
    plan.finish(4, .throttled(retryAfterSeconds: 30), at: .start + 31 * second, random: &random)
    #expect(plan.due(at: .start + 60 * second) == [])
    #expect(plan.due(at: .start + 61 * second).count == 1)
    let probe = plan.inFlight
    #expect(probe == 1)
    plan.finish(5, .failure(isPermanent: false), at: .start + 62 * second, random: &random)
    #expect(plan.due(at: .start + 62 * second).count == 4, "any other answer is a good one")
  }

  @Test func aPollUnderWayWhenThePauseBeganSaysNothingAboutItsEnd() {
    var plan = PollPlan(10, intervalSeconds: 900, concurrency: 4) { _ in .never }
    var random = SplitMix64(seed: 1)
    _ = plan.due(at: 0)
    plan.finish(0, .throttled(retryAfterSeconds: 30), at: 0, random: &random)
    for tag in 1..<4 { plan.finish(tag, .success, at: 1, random: &random) }
    #expect(plan.due(at: .start + 30 * second).count == 1)
  }

  @Test func absurdRetryAfterIsCutToSixHours() {
    for seconds in [99_999_999, Int.max, 6 * 3600 + 1] {
      var plan = PollPlan(2, intervalSeconds: 60, concurrency: 1) { _ in .never }
      var random = SplitMix64(seed: 1)
      _ = plan.due(at: 0)
      #expect(plan.finish(0, .throttled(retryAfterSeconds: seconds), at: 0, random: &random) == .start + 6 * hour)
      #expect(plan.nextWake(after: 0) == .start + 6 * hour)
    }
  }

  /// 429 for ever, without saying until when: bounds of 30 s, 60 s … an hour, and one request in each window.
  @Test(arguments: [nil, 0, -5] as [Int?])
  func withoutRetryAfterThePausesGrow(_ retryAfterSeconds: Int?) {
    var plan = PollPlan(100, intervalSeconds: 60, concurrency: 4) { _ in .never }
    var random = SplitMix64(seed: 3)
    var times: [BootTime] = []
    plan.run(
      from: 0, until: .start + 48 * hour, random: &random,
      outcome: { _, _ in .throttled(retryAfterSeconds: retryAfterSeconds) }
    ) { _, now, _ in times.append(now) }
    let waits = zip(times, times.dropFirst()).map { $1 - $0 }.drop { $0 == 0 }
    #expect(times.count { $0 == 0 } == 4)
    var bound = 30 * second
    for wait in waits.prefix(40) {
      #expect(wait >= bound / 2)
      #expect(wait <= bound + minute)
      bound = min(2 * bound, hour)
    }
    #expect(times.count < 4 + 7 + 48 * 2 + 4)
  }

  @Test func pausesFromOutsideAreNeverShortened() {
    var plan = PollPlan(1, intervalSeconds: 60) { _ in .never }
    plan.pause(registry: 0, until: 50)
    plan.pause(registry: 0, until: 20)
    plan.pause(registry: 7, until: 20)
    #expect(plan.nextWake(after: 0) == 50)
    #expect(plan.due(at: 49) == [])
    #expect(plan.due(at: 50) == [0])
  }

  /// Those that failed and wait for the end of a pause, which may have been rounded by a restart; no others.
  @Test func whoHasMetAPauseIsAskedForWhenItIsEnded() {
    let end = BootTime(milliseconds: 3_600_000)
    let dues: [Resume] = [
      .failing(at: end - 999, failures: 1), .failing(at: end + 5_000, failures: 1), .due(at: end + 5_000),
      .failing(at: end - 1_000, failures: 1),
    ]
    var plan = PollPlan(dues.count, intervalSeconds: 60, concurrency: 4) { dues[$0] }
    plan.pause(registry: 0, until: end)
    plan.endPauses(at: 1_000)
    #expect(dues.indices.map { plan.due(of: $0) } == [1_000, 1_000, end + 5_000, end - 1_000])
  }
}
