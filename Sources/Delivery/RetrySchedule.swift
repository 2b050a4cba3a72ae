import ImageModel

/// When a failed webhook delivery is tried again. Source: docs/webhooks.md, What is promised; the schedule is
/// that of Standard Webhooks.
package struct RetrySchedule: Sendable, Hashable {
  package static let standard = RetrySchedule(
    seconds: [0, 5, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 10 * 3_600, 14 * 3_600, 20 * 3_600, 24 * 3_600])

  /// Attempts whose delay is chosen freely between nothing and what the schedule says; later ones lie within
  /// a fifth of it.
  private static let freelyJittered = 3

  /// Seconds before each attempt, the first one included.
  package let seconds: [Int]

  package init(seconds: [Int]) { self.seconds = seconds }

  var longestDelay: Duration {
    max(.milliseconds((seconds.max() ?? 0) * 1_200), .seconds(Limits.webhookRetryAfterSeconds))
  }

  /// How long to wait after a failure, `nil` when it was the last attempt.
  ///
  /// - Parameters:
  ///   - attempts: made so far, 1 after the first.
  ///   - retryAfterSeconds: what the receiver asked for; less than the schedule says is not taken.
  ///   - isTooMany: it was refused for there were too many, so it is not tried sooner than the schedule says.
  func delay(
    afterAttempts attempts: Int, retryAfterSeconds: Int?, isTooMany: Bool = false,
    using random: inout some RandomNumberGenerator
  ) -> Duration? {
    guard attempts < seconds.count else { return nil }
    let scheduled = seconds[attempts] * 1_000
    guard !isTooMany || retryAfterSeconds != nil else {
      return .milliseconds(Int.random(in: scheduled...(scheduled * 6 / 5), using: &random))
    }
    let jittered =
      attempts < Self.freelyJittered
      ? Int.random(in: 0...scheduled, using: &random)
      : Int.random(in: (scheduled * 4 / 5)...(scheduled * 6 / 5), using: &random)
    guard let asked = retryAfterSeconds else { return .milliseconds(jittered) }
    return .milliseconds(max(jittered, min(asked, Limits.webhookRetryAfterSeconds) * 1_000))
  }
}

/// How long a sink rests after failures: 1 s, doubling, to 60 s. These sinks are local, and whatever is wrong
/// with them (a full disk, a reader that went away) is put right from outside at any moment.
enum RetryDelay {
  /// - Parameter failures: failures in a row, 1 after the first.
  static func after(failures: Int) -> Duration {
    .seconds(min(Limits.sinkRestSeconds, 1 << max(0, min(failures - 1, 16))))
  }
}
