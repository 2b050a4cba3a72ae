import ImageModel
import Schedule

/// When what HEAD says of a tag is compared with the document itself: at a time of the day that is the tag's own, so
/// that a watchlist is verified evenly and not at once. A time that was missed is made up for at the next poll.
enum Verification {
  private static let period = Int64(Limits.verifySeconds) * 1_000

  /// - Parameter last: when it was done last; `nil` is taken for now.
  /// - Returns: boot time, milliseconds; in the past or present if it is due.
  static func due(_ tag: TagReference, after last: Timestamp?, at now: Moment) -> Int64 {
    let phase = Int64(SpreadHash.hash(tag.description) % UInt64(period))
    let present = now.wall.milliseconds
    // A time that lies ahead was written before the clock was set back.
    let last = min(last?.milliseconds ?? present, present)
    let next = (Self.floor(last - phase) + 1) * period + phase
    return now.boot + min(next - present, period)
  }

  /// When to try again what could not be done.
  static func retry(at now: Moment) -> Int64 { now.boot + Int64(Limits.verifyRetrySeconds) * 1_000 }

  private static func floor(_ time: Int64) -> Int64 { time >= 0 ? time / period : (time + 1) / period - 1 }
}
