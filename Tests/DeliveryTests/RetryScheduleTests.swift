import TestSupport
import Testing

@testable import Delivery

@Suite struct RetryScheduleTests {
  private func delay(_ attempts: Int, _ retryAfter: Int? = nil) -> Duration? {
    var random = TestRandom()
    return RetrySchedule.standard.delay(afterAttempts: attempts, retryAfterSeconds: retryAfter, using: &random)
  }

  /// Seconds: the first ones anywhere up to what the schedule says, the later ones within a fifth of it.
  @Test(
    arguments: zip(
      1...9,
      [
        (0, 5), (0, 300), (1_440, 2_160), (5_760, 8_640), (14_400, 21_600), (28_800, 43_200), (40_320, 60_480),
        (57_600, 86_400), (69_120, 103_680),
      ]))
  func jitter(attempts: Int, bounds: (Int, Int)) throws {
    var random = TestRandom()
    let values = try (0..<400).map { _ in
      try #require(RetrySchedule.standard.delay(afterAttempts: attempts, retryAfterSeconds: nil, using: &random))
    }
    #expect(values.allSatisfy { (.seconds(bounds.0)...(.seconds(bounds.1))).contains($0) })
    let spread = Duration.seconds(bounds.1 - bounds.0)
    #expect(try #require(values.max()) - #require(values.min()) > spread / 2, "spread out")
  }

  @Test func tenAttempts() {
    #expect(delay(10) == nil)
    #expect(delay(11, 60) == nil, "whatever the receiver asks for")
  }

  /// A receiver may ask for more time, not for less, and not for more than a day.
  @Test func whatTheReceiverAsksFor() throws {
    #expect(delay(1, 120) == .seconds(120))
    #expect(try #require(delay(3, 1)) >= .seconds(1_440))
    #expect(delay(1, 1_000_000) == .seconds(86_400))
  }
}
