import Config
import Drift
import ImageModel
import Registry

/// What the daemon keeps in memory of one watched tag. Small: there may be a hundred thousand.
struct TagSlot: Sendable {
  let entry: WatchEntry
  /// The tag's row in the store.
  let id: Int64
  /// The last check, whatever came of it, and the next one; for the store.
  var lastChecked: Timestamp?
  var nextCheck: Timestamp
  /// The current snapshot's row, `nil` before the first observation.
  var snapshot: Int64?
  /// The digest that HEAD gave when the current snapshot was verified.
  var head: Digest?
  /// The next poll walks the documents even if HEAD says that nothing moved: platforms were added to the
  /// selection, or a config blob is still missing.
  var mustWalk: Bool
  /// The platforms that were watched when the current snapshot was recorded.
  var walked: PlatformSelection?
  /// The snapshot that was told of last; older than the current one while moves are withheld.
  var announcedSnapshot: Int64?
  var reachability: Reachability
  var flaps: FlapGate

  var known: KnownTag { KnownTag(headDigest: snapshot == nil ? nil : head, mustWalk: mustWalk) }

  /// Nothing to do but to note that the state still holds, when HEAD says so.
  var isQuiet: Bool { snapshot != nil && reachability.isQuiet && flaps.withheld == 0 }
}

extension Reachability {
  /// Reachable, and without a failure since the last success.
  var isQuiet: Bool { state == .ok && failures == 0 }
}
