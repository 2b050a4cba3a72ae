#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The clock the plan runs on: it goes on in suspend and no step of the wall clock touches it.
package enum BootClock {
  /// Milliseconds since the machine was started.
  package static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
