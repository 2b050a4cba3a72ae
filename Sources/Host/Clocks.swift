import Glibc
package import ImageModel

extension Timestamp {
  package static func now() -> Timestamp { Timestamp(milliseconds: read(CLOCK_REALTIME) / 1_000_000) }
}

extension BootTime {
  package static func now() -> BootTime { BootTime(milliseconds: read(CLOCK_BOOTTIME) / 1_000_000) }
}

/// The clock for what lasts a moment: it stands still in suspend.
package enum MonotonicClock {
  package static func nanoseconds() -> Int64 { read(CLOCK_MONOTONIC) }
}

private func read(_ clock: clockid_t) -> Int64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
