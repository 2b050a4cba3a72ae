import ImageModel
import TestSupport
import Testing

@testable import Schedule

/// Requests a second, kept in the plan.
@Suite struct BudgetTests {
  private func plan(_ count: Int, perSecond: Double, concurrency: Int = 4) -> PollPlan {
    var plan = PollPlan(seed: 1)
    let registry = plan.setRegistry("r.example", maxConcurrency: concurrency, requestsPerSecond: perSecond)
    for tag in 0..<count {
      plan.add(tag, name: tagName(tag), registry: registry, intervalSeconds: 60, resume: .never)
    }
    return plan
  }

  /// Lets polls start and end, each after `took` milliseconds, for a while. Returns when each started.
  private func run(
    _ plan: inout PollPlan, from start: BootTime = .start, for duration: Int64, took: Int64,
    spending: (Int) -> PollSpending
  ) -> [(tag: Int, at: BootTime)] {
    var random = SplitMix64(seed: 1)
    var flying: [(tag: Int, until: BootTime)] = []
    var starts: [(tag: Int, at: BootTime)] = []
    var now = start
    while now < start + duration {
      for poll in flying where poll.until <= now {
        plan.finish(poll.tag, .success, spending: spending(poll.tag), at: now, random: &random)
      }
      flying.removeAll { $0.until <= now }
      for tag in plan.due(at: now) {
        starts.append((tag, now))
        flying.append((tag, now + took))
      }
      let wake = [plan.nextWake(after: now), flying.map(\.until).min()].compactMap(\.self).min() ?? now + minute
      now = min(max(wake, now + 1), now + minute)
    }
    return starts
  }

  @Test func aPollWaitsForItsTurnAndTakesNoPlace() {
    var plan = plan(100, perSecond: 2)
    let starts = run(&plan, for: 20 * second, took: 10) { _ in .one }
    // What one second brings at once, then two a second.
    #expect(starts.count { $0.at == .start } == 2)
    #expect((40...43).contains(starts.count), "\(starts.count)")
    for (first, third) in zip(starts.dropFirst(), starts.dropFirst(3)) { #expect(third.at - first.at >= 999) }
    #expect(plan.inFlight <= 1, "none waits under way")
  }

  @Test(arguments: [0.2, 1, 5, 50])
  func noMoreIsSpentThanThereIs(_ perSecond: Double) {
    for (requests, took) in [(1, 5), (3, 50), (21, 2_000), (21, 40)] as [(Int, Int64)] {
      var plan = plan(2_000, perSecond: perSecond)
      let minutes = 5
      let starts = run(&plan, for: Int64(minutes) * minute, took: took) { _ in .init(requests: requests) }
      let spent = Double(starts.count * requests)
      let bound = perSecond * Double(minutes * 60)
      // Those that are under way are paid for when they end.
      #expect(spent <= bound + Double(5 * requests) + perSecond + 1, "\(requests) in \(took) ms: \(spent) of \(bound)")
      // And nothing is wasted, where four at a time can spend it.
      let possible = min(
        bound, Double(4 * requests) * Double(minutes * 60_000) / Double(took), Double(2_000 * minutes * requests))
      #expect(spent >= 0.9 * possible - Double(5 * requests), "\(requests) in \(took) ms: \(spent) of \(possible)")
    }
  }

  @Test func whatWasNotSpentIsNotSavedUp() {
    var plan = plan(1, perSecond: 2)
    var random = SplitMix64(seed: 1)
    #expect(plan.due(at: .start).count == 1)
    plan.finish(0, .success, at: .start, random: &random)
    let later = BootTime.start + hour
    _ = plan.due(at: later - minute)
    for tag in 1..<50 { plan.add(tag, name: tagName(tag), registry: 0, intervalSeconds: 60, resume: .due(at: later)) }
    #expect(plan.due(at: later).count == 2)
  }

  @Test func eachAccountHasItsOwn() {
    var plan = plan(200, perSecond: 1, concurrency: 64)
    let account = { (tag: Int) in PollSpending(requests: 1, account: tag % 2 == 0 ? "ann" : "bob") }
    // Nobody knows them before their first poll.
    #expect(run(&plan, for: 210 * second, took: 10, spending: account).count <= 420)
    let starts = run(&plan, from: .start + 210 * second, for: 60 * second, took: 10, spending: account)
    for name in [0, 1] { #expect((58...62).contains(starts.count { $0.tag % 2 == name }), "\(starts.count)") }
  }

  @Test func aNewRateHoldsAtOnce() {
    var plan = plan(100, perSecond: 1)
    #expect(plan.due(at: .start).count == 1)
    plan.setRegistry("r.example", maxConcurrency: 64, requestsPerSecond: nil)
    #expect(plan.due(at: .start).count == 63)
    plan.setRegistry("r.example", maxConcurrency: 100, requestsPerSecond: 1)
    #expect(plan.due(at: .start + 1).count == 1)
  }

  @Test func aPauseHoldsToo() {
    var plan = plan(3, perSecond: 1)
    plan.pause(registry: 0, until: .start + minute)
    #expect(plan.nextWake(after: .start) == .start + minute)
    #expect(plan.due(at: .start).isEmpty)
  }
}
