import History
import ImageModel
import Recording
import TestSupport
import Testing

@testable import Polling

/// When HEAD is not taken at its word.
@Suite struct VerificationTests {
  private static let day: Int64 = 86_400_000
  private static let epoch: Int64 = 1_790_812_800_000

  private func tag(_ number: Int) -> TagReference {
    TagReference(domain: "r.example", path: "app\(number)", tag: "latest")
  }

  private func moment(_ milliseconds: Int64) -> Moment {
    Moment(boot: BootTime(milliseconds: 5_000 + milliseconds), wall: Timestamp(milliseconds: Self.epoch + milliseconds))
  }

  private func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: Self.epoch + milliseconds) }

  @Test(arguments: [10, 900, 3_000]) func isDueWithinADayAndAtMostOnceInIt(intervalSeconds: Int) {
    let period = Int64(Limits.verifySeconds) * 1_000
    for number in 0..<200 {
      var last: Int64 = 0
      var times: [Int64] = []
      // A poll every quarter of an hour, for a week.
      for now in stride(from: Int64(0), to: 7 * Self.day, by: 900_000) {
        guard isDue(number, intervalSeconds, after: last, at: now) else { continue }
        times.append(now)
        last = now
      }
      #expect(times.first.map { $0 <= Self.day } == true)
      #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 <= Self.day && $1 - $0 >= period - 900_000 })
    }
  }

  /// With the longest gaps that there are between two polls.
  @Test(arguments: [3_600, 6 * 3_600, 12 * 3_600, 20 * 3_600])
  func isDueWithinADayAlsoAtLongIntervals(seconds: Int) {
    for number in 0..<200 {
      var last: Int64 = 0
      var times: [Int64] = []
      for now in stride(from: Int64(0), to: 20 * Self.day, by: seconds * 1_200) where now > 0 {
        guard isDue(number, seconds, after: last, at: now) else { continue }
        times.append(now)
        #expect(now - last <= Self.day, "after \((now - last) / 3_600_000) h")
        last = now
      }
      #expect(times.count >= 19)
    }
  }

  private func isDue(_ number: Int, _ intervalSeconds: Int, after last: Int64, at now: Int64) -> Bool {
    Verification.due(tag(number), every: intervalSeconds, after: time(last), at: moment(now)) <= moment(now).boot
  }

  @Test func aWatchlistIsVerifiedEvenly() {
    var hours = [Int](repeating: 0, count: 24)
    for number in 0..<4_600 {
      let due = Verification.due(tag(number), every: 900, after: nil, at: moment(0)) - moment(0).boot
      #expect(due > 0, "not at once")
      hours[Int(due / 3_600_000)] += 1
    }
    #expect(hours[..<23].allSatisfy { (120...280).contains($0) }, "\(hours)")
  }

  @Test func aClockThatWasAheadDoesNotPutItOff() {
    let due = Verification.due(tag(1), every: 900, after: time(365 * Self.day), at: moment(0))
    #expect(due - moment(0).boot <= Self.day)
    #expect(isDue(1, 900, after: -10 * Self.day, at: 0), "missed: now")
    #expect(isDue(1, 900, after: -Self.epoch, at: 0))
  }

  /// A poll that was not asked to verify has not failed to.
  @Test func aPollThatBeganBeforeItsTimeDoesNotPutItOff() throws {
    let one = try OneTag()
    _ = try one.poll(at: 0)
    let due = try #require((0...86_400).first { one.verifies(at: $0) })
    _ = try one.unchanged(begun: due - 1, at: due + 1)
    #expect(one.verifies(at: due + 2))
    _ = try one.unchanged(at: due + 100)
    #expect(!one.verifies(at: due + 101))
  }

  @Test func theTimeIsKeptOverARestart() throws {
    let one = try OneTag()
    _ = try one.poll(at: 0)
    #expect(!one.verifies(at: 60))
    let day = 86_400
    #expect(one.verifies(at: day))
    // It could not be done: again in an hour.
    _ = try one.unchanged(at: day)
    #expect(!one.verifies(at: day + 3_599) && one.verifies(at: day + 3_600))
    _ = try one.fail(.badDocument, at: day + 3_600)
    #expect(one.verifies(at: day + 3_700), "a failure is no verification")
    _ = try one.found(one.world.snapshot(0), at: day + 3_700)
    #expect(!one.verifies(at: day + 3_800))
    try one.restart(selection: .all, at: day + 3_900)
    #expect(!one.verifies(at: day + 3_900))
    try one.restart(selection: .all, at: 3 * day)
    #expect(one.verifies(at: 3 * day))
  }
}
