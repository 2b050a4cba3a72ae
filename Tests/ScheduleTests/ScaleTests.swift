import ImageModel
import Schedule
import TestSupport
import Testing

struct ScaleTests {
  /// 100,000 tags over a simulated day, every poll at its time.
  @Test func aHundredThousandTagsForADay() {
    let clock = ContinuousClock()
    let start = clock.now
    let interval = 6 * 3600
    var plan = PollPlan(100_000, intervalSeconds: interval, concurrency: 64) { _ in .spread(from: 0, failures: 0) }
    var random = SplitMix64(seed: 1)
    var polls = 0
    var latest = BootTime.start
    plan.run(from: 0, until: .start + 24 * hour, random: &random) { _, now, _ in
      polls += 1
      latest = now
    }
    #expect(polls > 390_000 && polls < 410_000)
    #expect(latest > .start + 24 * hour - minute)
    #expect(plan.count == 100_000)
    #expect(start.duration(to: clock.now) < .seconds(180), "seconds, where a plan that looks at every tag takes hours")
  }
}
