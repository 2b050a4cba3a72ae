import ImageModel
import Schedule
import TestSupport
import Testing

struct SpreadTests {
  @Test func theHashIsTheSameInEveryProcess() {
    #expect(SpreadHash.hash("docker.io/library/amazonlinux:latest", seed: 1) == 0x48a4_cf3d_9451_bcf0)
    #expect(SpreadHash.hash("") == 0x5b21_f68f_fa77_f14c)
  }

  /// 100 bins of 100 tags each; a chi-square above 161 has odds of 1 in 10,000.
  @Test(arguments: [UInt64(0), 1, 0xffff_ffff_ffff_ffff])
  func similarNamesSpreadEvenly(_ seed: UInt64) {
    for part in [0, 32] {
      var bins = Array(repeating: 0, count: 100)
      for number in 0..<10_000 {
        let hash = (SpreadHash.hash(tagName(number), seed: seed) >> UInt64(part)) & 0xffff_ffff
        bins[Int((hash * 100) >> 32)] += 1
      }
      let chiSquare = bins.reduce(0.0) { $0 + Double(($1 - 100) * ($1 - 100)) / 100 }
      #expect(chiSquare < 161)
    }
  }

  @Test func pollsSpreadEvenlyOverTheInterval() {
    let plan = PollPlan(10_000, intervalSeconds: 900) { _ in .spread(from: 0, failures: 0) }
    var bins = Array(repeating: 0, count: 100)
    for tag in 0..<10_000 { bins[Int(((plan.due(of: tag) ?? .start) - .start) / (9 * second))] += 1 }
    #expect(bins.reduce(0.0) { $0 + Double(($1 - 100) * ($1 - 100)) / 100 } < 161)
  }

  @Test func anotherInstallationHasAnotherOrder() {
    func places(_ seed: UInt64) -> [BootTime?] {
      let plan = PollPlan(100, intervalSeconds: 900, seed: seed) { _ in .spread(from: 0, failures: 0) }
      return (0..<100).map { plan.due(of: $0) }
    }
    #expect(places(7) == places(7))
    #expect(zip(places(7), places(8)).allSatisfy { $0 != $1 })
  }

  /// Every poll lies within a tenth of the interval from the tag's own place, for days, and none is left out.
  @Test(arguments: [10, 60, 900, 86_400, 30 * 86_400])
  func pollsKeepTheirPlace(_ interval: Int) {
    let length = Int64(interval) * second
    var plan = PollPlan(20, intervalSeconds: interval) { _ in .spread(from: 0, failures: 0) }
    let places = (0..<20).map { plan.due(of: $0) ?? .distantPast }
    var random = SplitMix64(seed: 2)
    var polls = Array(repeating: 0, count: 20)
    var shifts: Set<Int64> = []
    plan.run(from: 0, until: .start + 40 * length, random: &random) { tag, now, next in
      let since = next - places[tag]
      let cycle = (since + length / 2) / length
      let shift = since - cycle * length
      #expect(abs(shift) <= length / 10, "tag \(tag) at \(now): \(next)")
      #expect(cycle == Int64(polls[tag]) + 1)
      shifts.insert(shift)
      polls[tag] += 1
    }
    #expect(polls.allSatisfy { $0 >= 39 })
    #expect(shifts.count > 300, "the shift is drawn anew each time")
    #expect(shifts.contains { $0 > length / 20 } && shifts.contains { $0 < -length / 20 })
  }

  @Test func anythingOutOfTurnIsFollowedByAReturn() throws {
    let length = 900 * second
    let plan = PollPlan(200, intervalSeconds: 900) { _ in .spread(from: 0, failures: 0) }
    var random = SplitMix64(seed: 3)
    for tag in 0..<200 {
      let place = try #require(plan.due(of: tag))
      var plan = plan
      let now = BootTime.start + 10 * length + Int64.random(in: 0..<length, using: &random)
      let next = plan.finish(tag, .success, at: now, random: &random)
      #expect(next >= now + length / 2)
      #expect(next <= now + length * 16 / 10)
      let behind = (next - place) % length
      #expect(min(behind, length - behind) <= length / 10 || next == now + length / 2)
      #expect(plan.due(of: tag) == next)
    }
  }

  @Test func aRestartKeepsThePlaceAlsoOverABoot() throws {
    var random = SplitMix64(seed: 4)
    let wall: Int64 = 1_790_000_000_000
    var before = PollPlan(seed: 9, origin: BootTime(milliseconds: 5_000_000 - wall))
    var after = PollPlan(seed: 9, origin: BootTime(milliseconds: 20_000 - (wall + hour)))
    before.setRegistry("r", maxConcurrency: 1)
    after.setRegistry("r", maxConcurrency: 1)
    before.add(0, name: "r/a:1", registry: 0, intervalSeconds: 900, resume: .spread(from: 5_000_000, failures: 0))
    let place = try wall + (#require(before.due(of: 0)) - BootTime(milliseconds: 5_000_000))
    let due = before.finish(0, .success, at: 5_000_000, random: &random)
    let stored = StoredDue.wall(due: due, nowWall: Timestamp(milliseconds: wall), nowBoot: 5_000_000)
    // An hour later the machine has been up for twenty seconds.
    let resume = StoredDue.resume(
      nextCheckWall: stored, nowWall: Timestamp(milliseconds: wall + hour), nowBoot: 20_000, intervalSeconds: 900,
      failures: 0)
    #expect(resume == .due(at: 20_000))
    after.add(0, name: "r/a:1", registry: 0, intervalSeconds: 900, resume: resume)
    #expect(after.due(at: 20_000) == [0])
    let next = wall + hour + (after.finish(0, .success, at: 20_000, random: &random) - BootTime(milliseconds: 20_000))
    let behind = (next - place) % (900 * second)
    #expect(min(behind, 900 * second - behind) <= 90 * second || next == wall + hour + 450 * second)
  }
}
