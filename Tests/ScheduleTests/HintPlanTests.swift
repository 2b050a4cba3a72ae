import ImageModel
import Schedule
import TestSupport
import Testing

/// When what was hinted at is looked at.
@Suite struct HintPlanTests {
  private func time(_ seconds: Double) -> BootTime { BootTime(milliseconds: Int64(seconds * 1_000)) }

  /// What is looked at until then, as `index@seconds`, each look's poll beginning at once.
  private func looks(_ plan: inout HintPlan, until seconds: Double, change: (Int, Double) -> Bool = { _, _ in false })
    -> [String]
  {
    var looks: [String] = []
    while let next = plan.next, next <= time(seconds) {
      for index in plan.due(at: next) {
        let now = Double(next.milliseconds) / 1_000
        looks.append("\(index)@\(now)")
        plan.began(index, at: next)
        if change(index, now) { plan.changed(index) }
      }
    }
    return looks
  }

  @Test func nowAndAgainWhileNothingChanges() {
    var plan = HintPlan()
    plan.hint(7, at: time(1))
    #expect(looks(&plan, until: 1_000) == ["7@1.5", "7@31.0", "7@121.0"])
    #expect(plan.count == 0 && plan.next == nil)
  }

  @Test func theFirstChangeEndsThem() {
    var plan = HintPlan()
    plan.hint(7, at: time(1))
    #expect(looks(&plan, until: 1_000) { _, now in now > 30 } == ["7@1.5", "7@31.0"])
    #expect(plan.count == 0)
  }

  /// It was found by a poll that may have looked before.
  @Test func aChangeFromBeforeEndsNothing() {
    var plan = HintPlan()
    plan.began(7, at: time(0.5))
    plan.hint(7, at: time(1))
    _ = plan.due(at: time(1.5))
    plan.changed(7)
    #expect(looks(&plan, until: 1_000) == ["7@31.0", "7@121.0"])
  }

  /// The second look is late by what is left of the ten seconds, and not left out.
  @Test func aHintWithinTenSecondsWaits() {
    var plan = HintPlan()
    plan.hint(7, at: time(1))
    #expect(looks(&plan, until: 2) { _, _ in true } == ["7@1.5"])
    plan.hint(7, at: time(4))
    #expect(looks(&plan, until: 1_000) == ["7@11.5", "7@34.0", "7@124.0"])
  }

  @Test func aHintAfterTheLastLookWaitsAsWell() {
    var plan = HintPlan()
    plan.hint(7, at: time(0))
    _ = looks(&plan, until: 121)
    plan.hint(7, at: time(122))
    #expect(looks(&plan, until: 131) == ["7@130.0"])
  }

  /// However often they come, the first look is not put off; whatever came too late for it has one of its own.
  @Test func hintsWithoutEndPutNothingOff() {
    var plan = HintPlan()
    var all: [String] = []
    for tenth in 0..<250 {
      all += looks(&plan, until: Double(tenth) / 10)
      plan.hint(7, at: time(Double(tenth) / 10))
    }
    #expect(all == ["7@0.5", "7@10.5", "7@20.5"])
    #expect(looks(&plan, until: 1_000) == ["7@30.5", "7@54.9", "7@144.9"])
  }

  @Test func whatLeavesIsForgotten() {
    var plan = HintPlan()
    plan.hint(7, at: time(0))
    plan.forget(7)
    #expect(plan.due(at: time(1)) == [] && plan.count == 0)
  }

  @Test func soManyTagsAreKept() {
    var plan = HintPlan()
    let kept = (0...Limits.hintedTags).map { plan.hint($0, at: time(0)) }
    #expect(kept.firstIndex(of: false) == Limits.hintedTags)
    let again = plan.hint(3, at: time(0))
    #expect(again && plan.count == Limits.hintedTags)
    #expect(plan.due(at: time(1)).count == Limits.hintedTags)
    let soon = plan.hint(Limits.hintedTags, at: time(2))
    #expect(!soon, "each was looked at a moment ago")
    let later = plan.hint(Limits.hintedTags, at: time(12))
    #expect(later && plan.count == Limits.hintedTags, "one that has been looked at makes room")
    #expect(looks(&plan, until: 1_000).count == 2 * Limits.hintedTags + 1 && plan.count == 0)
  }

  /// However they come: no two looks within ten seconds, one within ten seconds of every hint, none after two minutes,
  /// and memory for no more than there are tags.
  @Test func anyHints() {
    var random = TestRandom()
    for _ in 0..<50 {
      var plan = HintPlan()
      var now = 0.0
      var last: [Int: Double] = [:]
      var owed: [Int: Double] = [:]
      func take(_ looks: [String]) {
        for look in looks {
          let parts = look.split(separator: "@")
          guard let index = Int(parts[0]), let at = Double(parts[1]) else { return }
          if let before = last[index] { #expect(at - before >= 9.999) }
          last[index] = at
          owed[index] = nil
        }
      }
      for _ in 0..<200 {
        now += Double(Int.random(in: 0...8_000, using: &random)) / 1_000
        take(looks(&plan, until: now) { _, _ in Bool.random(using: &random) })
        for (_, since) in owed { #expect(now - since <= 10.501) }
        let index = Int.random(in: 0..<3, using: &random)
        plan.hint(index, at: time(now))
        owed[index] = owed[index] ?? now
      }
      take(looks(&plan, until: now + 10.501))
      #expect(owed.isEmpty && plan.count <= 3)
      let rest = looks(&plan, until: now + 1_000)
      #expect(rest.allSatisfy { (Double($0.split(separator: "@")[1]) ?? 0) <= now + 120.001 } && plan.count == 0)
    }
  }
}
