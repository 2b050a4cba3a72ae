import ImageModel
import Schedule
import TestSupport
import Testing

/// The plan against a naive one that keeps a plain list and looks through all of it each time.
struct PlanOracleTests {
  struct NaivePlan {
    struct Tag {
      var registry: Int
      var due: BootTime
      var isFlying = false
    }

    var tags: [Int: Tag] = [:]
    var leaving: [Int: Int] = [:]
    var limits: [Int]
    var pausedUntil: [BootTime]

    func free(_ registry: Int) -> Int {
      let flying = tags.values.count { $0.isFlying && $0.registry == registry }
      return max(0, limits[registry] - flying - leaving.values.count { $0 == registry })
    }

    func first(_ registry: Int, at now: BootTime) -> Int? {
      guard pausedUntil[registry] <= now, free(registry) > 0 else { return nil }
      return waiting(registry).first { $0.value.due <= now }?.key
    }

    func waiting(_ registry: Int) -> [(key: Int, value: Tag)] {
      tags.filter { $0.value.registry == registry && !$0.value.isFlying }
        .sorted { ($0.value.due, $0.key) < ($1.value.due, $1.key) }
    }

    mutating func due(at now: BootTime) -> Set<Int> {
      var taken: Set<Int> = []
      for registry in limits.indices {
        while let tag = first(registry, at: now) {
          tags[tag]?.isFlying = true
          taken.insert(tag)
        }
      }
      return taken
    }

    func nextWake(after now: BootTime) -> BootTime? {
      limits.indices.compactMap { registry in
        free(registry) > 0 ? waiting(registry).first.map { max(now, $0.value.due, pausedUntil[registry]) } : nil
      }.min()
    }
  }

  @Test(arguments: Array(UInt64(1)...30))
  func agreesWithTheNaivePlan(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var plan = PollPlan(seed: seed)
    var naive = NaivePlan(limits: [1, 3, 8], pausedUntil: [.distantPast, .distantPast, .distantPast])
    for registry in 0..<3 { plan.setRegistry("r\(registry)", maxConcurrency: naive.limits[registry]) }
    var now = BootTime.start
    for step in 0..<400 {
      let tag = Int.random(in: 0..<40, using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0, 1: Self.add(tag, &plan, &naive, now: now, using: &random)
      case 2:
        plan.remove(tag)
        if let old = naive.tags.removeValue(forKey: tag), old.isFlying { naive.leaving[tag] = old.registry }
      case 3...6: Self.finish(tag, &plan, &naive, now: now, using: &random)
      case 7:
        let registry = tag % 3
        plan.pause(registry: registry, until: now + 3000)
        naive.pausedUntil[registry] = max(naive.pausedUntil[registry], now + 3000)
      default: now = now + Int64.random(in: 0...20_000, using: &random)
      }
      #expect(plan.nextWake(after: now) == naive.nextWake(after: now), "step \(step)")
      #expect(Set(plan.due(at: now)) == naive.due(at: now), "step \(step)")
      #expect(plan.count == naive.tags.count)
      #expect(plan.inFlight == naive.tags.values.count { $0.isFlying } + naive.leaving.count)
      for (tag, value) in naive.tags { #expect(plan.due(of: tag) == (value.isFlying ? nil : value.due)) }
    }
  }

  private static func add(
    _ tag: Int, _ plan: inout PollPlan, _ naive: inout NaivePlan, now: BootTime, using random: inout SplitMix64
  ) {
    let due = now + Int64.random(in: -5000...20_000, using: &random)
    let registry = tag % 3
    plan.add(tag, name: tagName(tag), registry: registry, intervalSeconds: 10, resume: .due(at: due))
    let isFlying = naive.tags[tag]?.isFlying == true || naive.leaving.removeValue(forKey: tag) != nil
    naive.tags[tag] = NaivePlan.Tag(registry: registry, due: due, isFlying: isFlying)
  }

  private static func finish(
    _ tag: Int, _ plan: inout PollPlan, _ naive: inout NaivePlan, now: BootTime, using random: inout SplitMix64
  ) {
    let outcome: PollOutcome = Bool.random(using: &random) ? .success : .failure(isPermanent: false)
    let next = plan.finish(tag, outcome, at: now, random: &random)
    if naive.tags[tag] != nil {
      naive.tags[tag]?.isFlying = false
      naive.tags[tag]?.due = next
    } else {
      naive.leaving[tag] = nil
      #expect(next == .distantFuture)
    }
  }
}
