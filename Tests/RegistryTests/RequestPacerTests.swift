import ImageModel
import TestSupport
import Testing

@testable import Registry

@Suite struct RequestPacerTests {
  @Test func allowsOneSecondsWorthAtOnceThenSpaces() {
    var pacer = RequestPacer(requestsPerSecond: 2)
    #expect((0..<5).map { _ in pacer.reserve(at: 10_000) } == [0, 0, 500, 1_000, 1_500])
  }

  @Test func slowRatesHaveABurstOfOne() {
    var pacer = RequestPacer(requestsPerSecond: 0.5)
    #expect((0..<3).map { _ in pacer.reserve(at: 0) } == [0, 2_000, 4_000])
  }

  @Test func refillsWithTimeButNotBeyondOneSecond() {
    var pacer = RequestPacer(requestsPerSecond: 2)
    for _ in 0..<2 { _ = pacer.reserve(at: 0) }
    #expect(pacer.reserve(at: 500) == 0)
    #expect(pacer.reserve(at: 500) == 500)
    #expect((0..<3).map { _ in pacer.reserve(at: 1_000_000) } == [0, 0, 500])
  }

  @Test(arguments: [0.1, 1, 2, 7, 100, 100_000])
  func neverExceedsTheRateByMoreThanTheBurst(_ rate: Double) {
    var pacer = RequestPacer(requestsPerSecond: rate)
    var starts: [Int64] = []
    var now: Int64 = 0
    for number in 0..<400 {
      starts.append(now + pacer.reserve(at: BootTime(milliseconds: now)))
      if number % 7 == 0 { now += 130 }
    }
    for window in [1_000, 5_000] as [Int64] {
      for start in starts {
        let count = starts.count { $0 >= start && $0 < start + window }
        #expect(Double(count) <= rate * Double(window) / 1_000 + max(1, rate) + 1)
      }
    }
  }
}
