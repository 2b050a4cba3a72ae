import ImageModel
import Schedule
import TestSupport
import Testing

struct ConcurrencyTests {
  @Test(arguments: [1, 4, 64])
  func aRegistryNeverGetsMoreThanItBears(_ limit: Int) {
    var plan = PollPlan(300, intervalSeconds: 60, concurrency: limit) { _ in .never }
    var random = SplitMix64(seed: UInt64(limit))
    var flying: [Int] = []
    var polled: Set<Int> = []
    var now = BootTime.start
    while now < .start + 10 * minute {
      let started = plan.due(at: now)
      flying += started
      polled.formUnion(started)
      #expect(flying.count <= limit)
      #expect(Set(flying).count == flying.count, "a tag is under way once")
      #expect(plan.inFlight == flying.count)
      flying.shuffle(using: &random)
      for _ in 0..<Int.random(in: 0...flying.count, using: &random) {
        plan.finish(flying.removeLast(), .success, at: now, random: &random)
      }
      now = now + Int64.random(in: 0...500, using: &random)
    }
    #expect(polled.count == 300)
    #expect(plan.count == 300)
  }

  @Test func theLongestOverdueComeFirstAndRegistriesTakeTurns() {
    var plan = PollPlan(seed: 1)
    let a = plan.setRegistry("a.example", maxConcurrency: 3)
    let b = plan.setRegistry("b.example", maxConcurrency: 2)
    for tag in 0..<5 {
      plan.add(tag, name: tagName(tag), registry: a, intervalSeconds: 60, resume: .due(at: .start + Int64(50 - tag)))
    }
    for tag in 5..<8 {
      plan.add(tag, name: tagName(tag), registry: b, intervalSeconds: 60, resume: .due(at: .start + Int64(100 + tag)))
    }
    #expect(plan.due(at: 200) == [4, 5, 3, 6, 2])
    #expect(plan.due(at: 200) == [])
    #expect(plan.nextWake(after: 200) == nil, "it takes a finish")
    var random = SplitMix64(seed: 1)
    plan.finish(3, .success, at: 210, random: &random)
    #expect(plan.nextWake(after: 210) == 210)
    #expect(plan.due(at: 210) == [1])
  }

  @Test func aFullRegistryHoldsUpNoOther() {
    var plan = PollPlan(50, intervalSeconds: 60, concurrency: 1) { _ in .never }
    let other = plan.setRegistry("other.example", maxConcurrency: 1)
    _ = plan.due(at: 0)
    plan.add(50, name: "other", registry: other, intervalSeconds: 60, resume: .due(at: 10))
    #expect(plan.nextWake(after: 0) == 10)
    #expect(plan.due(at: 10) == [50])
  }

  @Test func limitsFollowTheConfiguration() {
    var plan = PollPlan(10, intervalSeconds: 60, concurrency: 4) { _ in .never }
    var random = SplitMix64(seed: 1)
    #expect(plan.due(at: 0).count == 4)
    #expect(plan.setRegistry("registry.example.com", maxConcurrency: 2) == 0)
    plan.finish(0, .success, at: 0, random: &random)
    #expect(plan.due(at: 0) == [])
    plan.finish(1, .success, at: 0, random: &random)
    plan.finish(2, .success, at: 0, random: &random)
    #expect(plan.due(at: 0) == [4])
    plan.setRegistry("registry.example.com", maxConcurrency: 0)
    plan.finish(3, .success, at: 0, random: &random)
    plan.finish(4, .success, at: 0, random: &random)
    #expect(plan.due(at: 0) == [5], "one at least")
  }
}
