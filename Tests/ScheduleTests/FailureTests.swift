import ImageModel
import Schedule
import TestSupport
import Testing

struct FailureTests {
  /// 30 s doubling to the smaller of an hour and twice the interval, and half of that at least.
  @Test(
    arguments: [
      (900, [30, 60, 120, 240, 480, 960, 1800, 1800]), (10, [20, 20, 20]),
      (86_400, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]),
    ] as [(Int, [Int])])
  func backOffDoublesToItsCap(_ interval: Int, _ bounds: [Int]) {
    var random = SplitMix64(seed: 1)
    var longest = Array(repeating: Int64(0), count: bounds.count)
    var shortest = Array(repeating: Int64.max, count: bounds.count)
    for _ in 0..<300 {
      var plan = PollPlan(1, intervalSeconds: interval) { _ in .never }
      var now = BootTime.start
      for (index, bound) in bounds.enumerated() {
        #expect(plan.due(at: now) == [0])
        let next = plan.finish(0, .failure(isPermanent: false), at: now, random: &random)
        #expect(next - now >= Int64(bound) * second / 2 && next - now <= Int64(bound) * second)
        longest[index] = max(longest[index], next - now)
        shortest[index] = min(shortest[index], next - now)
        // The daemon ticks at least once a minute.
        for late in stride(from: 0, to: next - now, by: Int(minute)) { #expect(plan.due(at: now + late) == []) }
        now = next
      }
    }
    for (index, bound) in bounds.enumerated() {
      #expect(longest[index] > Int64(bound) * second * 9 / 10, "the jitter fills the upper half")
      #expect(shortest[index] < Int64(bound) * second * 6 / 10, "the jitter fills the upper half")
    }
  }

  @Test func aSuccessForgetsTheFailures() {
    var plan = PollPlan(1, intervalSeconds: 900) { _ in .failing(at: 0, failures: 7) }
    var random = SplitMix64(seed: 1)
    _ = plan.due(at: 0)
    #expect(plan.finish(0, .success, at: 0, random: &random) >= .start + 450 * second)
    for _ in 0..<50 {
      var copy = plan
      #expect(copy.finish(0, .failure(isPermanent: false), at: 0, random: &random) <= .start + 30 * second)
    }
  }

  @Test func aRestartDoesNotForgetTheFailures() {
    var random = SplitMix64(seed: 1)
    let waits = (0..<200).map { _ in
      var plan = PollPlan(1, intervalSeconds: 86_400) { _ in .failing(at: 0, failures: 6) }
      return plan.finish(0, .failure(isPermanent: false), at: 0, random: &random) - .start
    }
    #expect((waits.max() ?? 0) > 1700 * second)
    #expect((waits.max() ?? 0) <= 1920 * second)
    #expect((waits.min() ?? 0) >= 960 * second)
  }

  @Test func whatOnlyAPersonCanMendIsNotHammered() {
    var random = SplitMix64(seed: 1)
    for _ in 0..<100 {
      var plan = PollPlan(1, intervalSeconds: 900) { _ in .never }
      let wait = plan.finish(0, .failure(isPermanent: true), at: 0, random: &random) - .start
      #expect(wait >= 900 * second && wait <= 1800 * second)
    }
  }

  @Test(arguments: [Int.max, 300, Int.min])
  func absurdCountsOfFailuresAreHarmless(_ failures: Int) {
    var plan = PollPlan(1, intervalSeconds: 86_400) { _ in .failing(at: 5, failures: failures) }
    var random = SplitMix64(seed: 1)
    #expect(plan.due(at: 5) == [0])
    for _ in 0..<300 {
      #expect(plan.finish(0, .failure(isPermanent: false), at: 5, random: &random) <= 5 + hour)
    }
  }

  @Test(arguments: [
    (CheckFailure(.server, ""), PollOutcome.failure(isPermanent: false)),
    (CheckFailure(.denied, ""), .failure(isPermanent: true)),
    (CheckFailure(.rateLimited, ""), .throttled(retryAfterSeconds: nil)),
    (CheckFailure(.rateLimited, "", retryAfterSeconds: 7), .throttled(retryAfterSeconds: 7)),
    (CheckFailure(.server, "", retryAfterSeconds: 8), .throttled(retryAfterSeconds: 8)),
  ])
  func outcomesComeFromFailures(_ failure: CheckFailure, _ outcome: PollOutcome) {
    #expect(PollOutcome(failure) == outcome)
  }
}
