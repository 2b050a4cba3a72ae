package import ImageModel

/// Where a tag stands when it joins the plan.
package enum Resume: Hashable, Sendable {
  /// Never polled: due at once.
  case never
  /// Its last poll succeeded, the next is due then.
  case due(at: BootTime)
  /// Its last polls failed, `failures` of them in a row; the next is due then.
  case failing(at: BootTime, failures: Int)
  /// When it is due cannot be told: at its own place in the interval, the first one after `from`.
  case spread(from: BootTime, failures: Int)
}

/// Carries due times over a restart. The plan's clock starts with the machine, so they are stored as
/// wall-clock times, and a wall clock may have been wrong then or be wrong now. Source: docs/store.md, Clocks.
package enum StoredDue {
  /// - Parameters:
  ///   - nextCheckWall: as stored; the past is due now, and what lies further ahead than the plan ever
  ///     schedules was written or is read under a wrong clock, so it is spread anew.
  ///   - failures: failed polls in a row, as stored.
  package static func resume(
    nextCheckWall: Timestamp, nowWall: Timestamp, nowBoot: BootTime, intervalSeconds: Int, failures: Int
  ) -> Resume {
    let (difference, overflow) = nextCheckWall.milliseconds.subtractingReportingOverflow(nowWall.milliseconds)
    let ahead = nextCheckWall <= nowWall ? 0 : overflow ? .max : difference
    guard ahead <= PollTiming.longestDelay(intervalSeconds: intervalSeconds, failures: failures) else {
      return .spread(from: nowBoot, failures: failures)
    }
    let due = nowBoot + ahead
    return failures > 0 ? .failing(at: due, failures: failures) : .due(at: due)
  }

  /// The wall-clock time to store and show for a due time of the plan.
  package static func wall(due: BootTime, nowWall: Timestamp, nowBoot: BootTime) -> Timestamp {
    Timestamp(milliseconds: nowWall.milliseconds + (due - nowBoot))
  }
}
