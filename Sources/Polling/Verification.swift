import ImageModel
import Schedule

/// When what HEAD says of a tag is compared with the document itself: at a time of the day that is the tag's own, so
/// that a watchlist is verified evenly and not at once. A time that was missed is made up for at the next poll.
enum Verification {
  /// So long that the first poll after it is within a day of the last one, as far as the interval allows.
  private static func period(intervalSeconds: Int) -> Int64 {
    // Two polls are a fifth more than the interval apart at most, with a shift at both ends.
    let seconds = 86_400 - intervalSeconds * 6 / 5
    return Int64(max(Limits.verifyRetrySeconds, min(Limits.verifySeconds, seconds))) * 1_000
  }

  /// - Parameters:
  ///   - intervalSeconds: how often the tag is polled.
  ///   - last: when it was done last; `nil` is taken for now.
  /// - Returns: in the past or present if it is due.
  static func due(
    _ tag: TagReference, every intervalSeconds: Int, after last: Timestamp?, at now: Moment
  ) -> BootTime {
    let period = period(intervalSeconds: intervalSeconds)
    let phase = Int64(SpreadHash.hash(tag.description) % UInt64(period))
    let present = now.wall.milliseconds
    // A time that lies ahead was written before the clock was set back.
    let last = min(last?.milliseconds ?? present, present)
    let next = (floor(last - phase, by: period) + 1) * period + phase
    return now.boot + min(next - present, period)
  }

  /// When to try again what could not be done.
  static func retry(at now: Moment) -> BootTime { now.boot + Int64(Limits.verifyRetrySeconds) * 1_000 }

  private static func floor(_ time: Int64, by period: Int64) -> Int64 {
    time >= 0 ? time / period : (time + 1) / period - 1
  }
}
