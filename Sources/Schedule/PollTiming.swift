import ImageModel

/// The plan's formulas. Spans are milliseconds.
///
/// Every tag has a phase, its place in the interval: its hash. Its polls lie on the grid
/// `origin + phase + k × interval`, each moved by up to a tenth of the interval, anew each time. The grid is fixed and
/// the shift is not carried on, so that polls neither drift together nor lose their spread, whatever happened between:
/// a first poll, a failure, a suspended machine or a poll by hand are all followed by a return to the tag's phase.
enum PollTiming {
  /// Where in the interval a tag belongs: `hash` scaled to `0 ..< interval`.
  static func phase(hash: UInt32, interval: Int64) -> Int64 {
    Int64((UInt64(hash) * UInt64(interval)) >> 32)
  }

  /// The first grid point at or after `time`.
  static func gridPoint(from time: BootTime, origin: BootTime, hash: UInt32, interval: Int64) -> BootTime {
    let behind = (time - origin - phase(hash: hash, interval: interval)) % interval
    return behind > 0 ? time + interval - behind : time - behind
  }

  /// When to poll again after a success at `now`: the next cycle's grid point with its shift, but never sooner
  /// than half an interval, which only a poll away from the phase of the tag can come near.
  static func afterSuccess(
    now: BootTime, origin: BootTime, hash: UInt32, interval: Int64, using random: inout some RandomNumberGenerator
  ) -> BootTime {
    let soonest = now + interval / 2
    let point = gridPoint(from: soonest, origin: origin, hash: hash, interval: interval)
    return max(soonest, point + Int64.random(in: -interval / 10...interval / 10, using: &random))
  }

  /// How long to wait after the `failures`-th failure in a row: between half and all of a step that doubles, up to the
  /// cap, of which half is the interval, at most half an hour: a tag that goes on failing is soon asked no more often
  /// than one that is well, or twice an hour at most. A permanent failure begins with the last step.
  static func backoff(
    failures: Int, interval: Int64, isPermanent: Bool, using random: inout some RandomNumberGenerator
  ) -> Int64 {
    let cap = backoffCap(interval: interval)
    let step = isPermanent ? cap : min(cap, doubled(failures))
    return Int64.random(in: step / 2...step, using: &random)
  }

  /// How long to leave a registry alone that asked for it the `strikes`-th time in a row without a success.
  static func pause(
    retryAfterSeconds: Int?, strikes: Int, using random: inout some RandomNumberGenerator
  ) -> Int64 {
    if let seconds = retryAfterSeconds, seconds > 0 {
      return Int64(min(seconds, Limits.registryRetryAfterSeconds)) * 1000
    }
    let bound = min(Int64(Limits.backoffCapSeconds) * 1000, doubled(strikes))
    return Int64.random(in: bound / 2...bound, using: &random)
  }

  /// Where an overdue tag goes after a gap: within a quarter of its interval and a minute, by its hash. The
  /// hash is mixed again, for its own order is that of the phases, and neighbours were missed together.
  static func afterGap(now: BootTime, hash: UInt32, interval: Int64) -> BootTime {
    let window = min(interval / 4, Int64(Limits.tickSeconds) * 1000)
    return now + phase(hash: (hash ^ (hash >> 15)) &* 0x9e37_79b1, interval: window)
  }

  /// The furthest ahead that anything above puts a tag.
  static func longestDelay(intervalSeconds: Int, failures: Int) -> Int64 {
    let interval = Int64(intervalSeconds) * 1000
    let regular = interval + interval / 2 + interval / 10
    return failures > 0
      ? max(backoffCap(interval: interval), Int64(Limits.registryRetryAfterSeconds) * 1000) : regular
  }

  /// The base for the first time, twice that for the second, and so on, far beyond any cap.
  private static func doubled(_ times: Int) -> Int64 {
    (Int64(Limits.backoffBaseSeconds) * 1000) << Int64(min(max(times, 1) - 1, 16))
  }

  private static func backoffCap(interval: Int64) -> Int64 {
    Int64(PollPlan.backoffCapSeconds(intervalSeconds: Int(interval / 1000))) * 1000
  }
}
