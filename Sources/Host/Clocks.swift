import Glibc
package import ImageModel

extension Timestamp {
  package static func now() -> Timestamp { Timestamp(milliseconds: read(CLOCK_REALTIME) / 1_000_000) }
}

/// The clock that plans run on: it goes on in suspend, and no step of the wall clock touches it.
package enum BootClock {
  /// Milliseconds since the machine was started.
  package static func milliseconds() -> Int64 { read(CLOCK_BOOTTIME) / 1_000_000 }
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
