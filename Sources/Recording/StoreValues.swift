package import Drift
package import History
package import ImageModel

// The store's rows and the stages' values, side by side: `History` knows neither `Drift` nor polling.

extension StoredSnapshot {
  var previousState: ChangeEvent.PreviousState {
    .init(digest: digest, mediaType: mediaType, firstSeen: firstSeen, lastSeen: lastSeen)
  }
}

extension TagState {
  /// Whether the next poll walks the documents even if HEAD says that nothing moved: the selection changed, or a
  /// config blob is still missing.
  package func mustWalk(for selection: PlatformSelection) -> Bool {
    detailsPending || (walked != nil && walked != selection)
  }

  package var flaps: FlapGate { FlapGate(withheld: withheld, lastMove: lastMove) }

  package var reachability: Reachability {
    Reachability(
      state: reach, failures: failures, failingSince: failingSince, failure: failure,
      missingSince: missingSince, missingCount: missingCount, lastSuccess: lastSuccess)
  }

  /// Writes it into the row. While the daemon runs, what is in memory counts and the row follows.
  mutating func take(_ reachability: Reachability) {
    reach = reachability.state
    failures = reachability.failures
    failingSince = reachability.failingSince
    failure = reachability.failure
    missingSince = reachability.missingSince
    missingCount = reachability.missingCount
    lastSuccess = reachability.lastSuccess
  }
}
