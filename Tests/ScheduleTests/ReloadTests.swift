import ImageModel
import Schedule
import TestSupport
import Testing

/// Tags that leave, come and change while the plan runs.
struct ReloadTests {
  @Test func aRemovedTagIsPolledNoMore() {
    var plan = PollPlan(3, intervalSeconds: 60) { _ in .due(at: 100) }
    plan.remove(1)
    plan.remove(1)
    plan.remove(99)
    #expect(plan.count == 2)
    #expect(plan.due(at: 100) == [0, 2])
  }

  @Test func aTagRemovedUnderWayKeepsItsPlaceUntilItIsFinished() {
    var plan = PollPlan(2, intervalSeconds: 60, concurrency: 1) { _ in .never }
    var random = SplitMix64(seed: 1)
    #expect(plan.due(at: 0) == [0])
    plan.remove(0)
    #expect(plan.count == 1)
    #expect(plan.inFlight == 1)
    #expect(plan.due(at: 0) == [], "the request still runs")
    #expect(plan.finish(0, .success, at: 5, random: &random) == .distantFuture)
    #expect(plan.inFlight == 0)
    #expect(plan.due(at: 5) == [1])
    #expect(plan.finish(0, .success, at: 6, random: &random) == .distantFuture, "and is over")
    #expect(plan.inFlight == 1)
  }

  @Test func aTagTakenBackUnderWayIsNotPolledTwice() {
    var plan = PollPlan(1, intervalSeconds: 60) { _ in .never }
    var random = SplitMix64(seed: 1)
    _ = plan.due(at: 0)
    plan.remove(0)
    plan.add(0, name: tagName(0), registry: 0, intervalSeconds: 3600, resume: .never)
    #expect(plan.count == 1)
    #expect(plan.inFlight == 1)
    #expect(plan.due(at: 0) == [])
    #expect(plan.finish(0, .success, at: 0, random: &random) >= .start + 1800 * second, "by the new interval")
  }

  @Test func newSettingsReplaceTheOld() {
    var plan = PollPlan(1, intervalSeconds: 60) { _ in .due(at: 50) }
    plan.add(0, name: tagName(0), registry: 0, intervalSeconds: 60, resume: .due(at: 500))
    #expect(plan.count == 1)
    #expect(plan.nextWake(after: 0) == 500)
    #expect(plan.due(at: 499) == [])
    #expect(plan.due(at: 500) == [0])
  }

  @Test func anIndexCanNameATagOfAnotherRegistry() {
    var plan = PollPlan(1, intervalSeconds: 60, concurrency: 1) { _ in .due(at: 50) }
    plan.remove(0)
    let other = plan.setRegistry("other.example", maxConcurrency: 1)
    plan.add(0, name: "other", registry: other, intervalSeconds: 60, resume: .due(at: 50))
    #expect(plan.due(at: 50) == [0])
    #expect(plan.due(at: 50) == [])
  }

  @Test func aPollByHandCountsAsTheTagsPoll() {
    var plan = PollPlan(1, intervalSeconds: 900) { _ in .due(at: .start + 100 * second) }
    var random = SplitMix64(seed: 1)
    let next = plan.finish(0, .success, at: .start + 90 * second, random: &random)
    #expect(plan.inFlight == 0)
    #expect(plan.due(at: .start + 100 * second) == [])
    #expect(plan.nextWake(after: 0) == next)
  }

  @Test func aThousandReloadsLeaveNothingBehind() {
    var plan = PollPlan(50, intervalSeconds: 900) { .due(at: .start + Int64(1000 + $0)) }
    for round in 0..<1000 {
      for tag in 0..<50 {
        plan.remove(tag)
        plan.add(
          tag, name: tagName(tag), registry: 0, intervalSeconds: 900, resume: .due(at: .start + Int64(round + tag)))
      }
    }
    #expect(plan.count == 50)
    #expect(plan.nextWake(after: 0) == 999)
    #expect(Set(plan.due(at: 5000)) == Set(0..<50))
    #expect(plan.nextWake(after: 5000) == nil)
  }

  @Test func anEmptyPlanHasNothingToDo() {
    var plan = PollPlan(seed: 1)
    #expect(plan.due(at: 0) == [])
    #expect(plan.nextWake(after: 0) == nil)
    plan.setRegistry("a.example", maxConcurrency: 1)
    #expect(plan.due(at: 0) == [])
    #expect(plan.nextWake(after: 0) == nil)
    #expect(plan.due(of: 0) == nil)
  }
}
