package import ImageModel

/// Whether a tag can be observed, over its checks: a pure state machine, one value per tag, kept with the tag.
///
/// Registries answer "not found" during outages and for what is only private, so a tag is `deleted` only after
/// several credible answers over some time from a registry that is known to be up.
/// Source: docs/decisions/0003-what-a-deletion-is.md.
///
/// Times are wall-clock times. One that lies in the future was written before the clock was set back: it is
/// taken for now, so that ages are never negative and nothing waits for the old time to come again.
package struct Reachability: Hashable, Sendable {

  package var state: Reach
  /// Failed checks since the last successful one.
  package var failures: Int
  /// The first failed check since the last successful one.
  package var failingSince: Timestamp?
  /// The last failure since the last successful check.
  package var failure: CheckFailure?
  /// The first of the credible "it is gone" answers that came in a row.
  package var missingSince: Timestamp?
  package var missingCount: Int
  /// `nil` when the tag was never seen.
  package var lastSuccess: Timestamp?

  /// A tag never checked; or a stored one.
  package init(
    state: Reach = .ok, failures: Int = 0, failingSince: Timestamp? = nil, failure: CheckFailure? = nil,
    missingSince: Timestamp? = nil, missingCount: Int = 0, lastSuccess: Timestamp? = nil
  ) {
    self.state = state
    self.failures = failures
    self.failingSince = failingSince
    self.failure = failure
    self.missingSince = missingSince
    self.missingCount = missingCount
    self.lastSuccess = lastSuccess
  }

  /// A check gave an observation.
  package mutating func succeeded(at now: Timestamp) -> ReachabilityChange? {
    let change: ReachabilityChange? =
      switch state {
      case .ok: nil
      case .unreachable: .recovered(failingSince: failingSince ?? now)
      case .deleted: .restored
      }
    self = Reachability(lastSuccess: now)
    return change
  }

  /// A check gave none.
  ///
  /// - Parameter registryAnswers: whether the registry is known to be up, for its base endpoint has answered. Matters
  ///   only where `wantsRegistryProbe` was true.
  /// - Returns: `.deleted` when this answer completes the proof.
  package mutating func failed(
    _ failure: CheckFailure, at now: Timestamp, registryAnswers: Bool
  ) -> ReachabilityChange? {
    forgetFuture(now)
    failures += 1
    failingSince = failingSince ?? now
    self.failure = failure
    guard failure.code == .tagMissing else {
      missingSince = nil
      missingCount = 0
      return nil
    }
    let since = missingSince ?? now
    missingSince = since
    missingCount += 1
    guard canBeDeleted, registryAnswers, missingCount >= Limits.deletionObservations,
      since.advanced(bySeconds: Limits.deletionSeconds) <= now
    else { return nil }
    state = .deleted
    return .deleted(missingSince: since)
  }

  /// Whether the next credible answer may complete the proof of a deletion, so that the caller should find out
  /// whether the registry answers.
  package var wantsRegistryProbe: Bool { canBeDeleted && missingCount + 1 >= Limits.deletionObservations }

  /// Time has passed; to be called at least once a minute while the tag fails.
  ///
  /// - Returns: `.unreachable` once, when it is due.
  package mutating func tick(
    at now: Timestamp, unreachableAfterSeconds: Int, intervalSeconds: Int
  ) -> ReachabilityChange? {
    forgetFuture(now)
    guard
      let deadline = unreachableDeadline(
        unreachableAfterSeconds: unreachableAfterSeconds, intervalSeconds: intervalSeconds),
      deadline <= now, let failingSince, let failure
    else { return nil }
    state = .unreachable
    return .unreachable(failingSince: failingSince, failure)
  }

  /// When the tag becomes unreachable if no check succeeds; `nil` while it is not failing or no longer `ok`.
  ///
  /// Counted from the last successful check. Where that is always long ago because the interval is longer
  /// than `unreachableAfterSeconds`, or there never was one, counted from the first failed check.
  package func unreachableDeadline(unreachableAfterSeconds: Int, intervalSeconds: Int) -> Timestamp? {
    guard state == .ok, let failingSince else { return nil }
    let start = intervalSeconds > unreachableAfterSeconds ? failingSince : lastSuccess ?? failingSince
    return start.advanced(bySeconds: unreachableAfterSeconds)
  }

  /// What was never seen cannot be deleted: a mistyped tag is unreachable.
  private var canBeDeleted: Bool { state != .deleted && lastSuccess != nil }

  private mutating func forgetFuture(_ now: Timestamp) {
    failingSince = failingSince.map { min($0, now) }
    missingSince = missingSince.map { min($0, now) }
    lastSuccess = lastSuccess.map { min($0, now) }
  }
}

/// A change of whether a tag can be observed. At most one per check or tick.
package enum ReachabilityChange: Hashable, Sendable {
  /// No successful check for too long. `failingSince` is the first failed check of the run.
  case unreachable(failingSince: Timestamp, CheckFailure)
  /// A successful check of a tag that was `unreachable`.
  case recovered(failingSince: Timestamp)
  /// The registry answers, and has said often and long enough that the tag is gone: `missingSince` was the first time.
  case deleted(missingSince: Timestamp)
  /// A successful check of a tag that was `deleted`.
  case restored

  /// The type of the event that announces it.
  package var type: EventType {
    switch self {
    case .unreachable: .tagUnreachable
    case .recovered: .tagRecovered
    case .deleted: .tagDeleted
    case .restored: .tagRestored
    }
  }
}
