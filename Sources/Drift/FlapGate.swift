package import ImageModel

/// Keeps a tag that moves to and fro from flooding its sinks: with `Limits.announcementsPerHour` moves announced,
/// further ones back to an earlier image are recorded and counted, and one event announces their number when it has
/// been quiet for `Limits.flapQuietSeconds`. What was never here before is always announced. One value per tag,
/// kept with the tag. Source: docs/webhooks.md, The event.
package struct FlapGate: Hashable, Sendable {
  /// Moves recorded but not announced since the last settling.
  package var withheld: Int
  package var lastMove: Timestamp?

  package init(withheld: Int = 0, lastMove: Timestamp? = nil) {
    self.withheld = withheld
    self.lastMove = lastMove
  }

  /// The tag moved on to an image that was never here before.
  ///
  /// - Returns: how many moves were withheld until now; its announcement stands for them, too.
  package mutating func pass(at now: Timestamp) -> Int {
    lastMove = now
    defer { withheld = 0 }
    return withheld
  }

  /// The tag moved back to an image of earlier.
  ///
  /// - Parameter announcedInLastHour: events of this tag that announced a move (`EventType.isMove`) in the hour before
  ///   `now`, those with `flaps` included.
  /// - Returns: whether this move is to be announced.
  package mutating func admit(at now: Timestamp, announcedInLastHour: Int) -> Bool {
    lastMove = now
    if announcedInLastHour < Limits.announcementsPerHour { return true }
    withheld += 1
    return false
  }

  /// Time has passed; to be called at least once a minute while moves are withheld.
  ///
  /// - Parameter announcedInLastHour: as above. A tag that moves every eleven minutes is quiet after each
  ///   move; with this the summaries, too, are held to one beyond the announcements of any hour.
  /// - Returns: how many moves were withheld, once, when it has been quiet; then counting starts anew.
  package mutating func settle(at now: Timestamp, announcedInLastHour: Int = 0) -> Int? {
    guard withheld > 0 else { return nil }
    // A move in the future was recorded before the clock was set back: quiet counts from now.
    let last = min(lastMove ?? now, now)
    lastMove = last
    guard last.advanced(bySeconds: Limits.flapQuietSeconds) <= now,
      announcedInLastHour <= Limits.announcementsPerHour
    else { return nil }
    defer { withheld = 0 }
    return withheld
  }
}
