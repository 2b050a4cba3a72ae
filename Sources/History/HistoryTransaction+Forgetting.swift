import GRDB
package import ImageModel

/// Tags are forgotten in steps, each small enough to stand between two commits of a daemon. What a crash leaves of the
/// states is there to be forgotten again.
extension HistoryTransaction {
  private static let batch = 500
  private static let tagsLookedAt = 5_000

  /// Makes the row of a tag blank that is not watched. What is recorded of it is to be forgotten with `forgetNext`.
  ///
  /// - Returns: its row, `nil` where nothing is recorded of it.
  /// - Throws: `TagInUse`, and nothing has changed.
  package func beginForgetting(_ tag: TagReference) throws -> TagID? {
    guard let row = try known(tag) else { return nil }
    guard !row.isWatched else { throw TagInUse() }
    try updateState(row.id, TagState())
    return row.id
  }

  /// What forgetting a tag came to.
  ///
  /// - Throws: `TagInUse` where a reload or a check has taken it up again between two steps.
  package func endForgetting(_ tag: TagReference, _ pruned: Pruned) throws -> Forgotten {
    if let row = try known(tag) { throw TagInUse(isWatched: row.isWatched, forgotten: pruned) }
    return Forgotten(pruned: pruned, kept: try self.tag(tag).map { try owedEvents(of: $0.id) } ?? 0)
  }

  /// Forgets some of what is recorded of a tag whose row is blank: first states with documents that nothing else names,
  /// then events that no sink waits for, at last the row, unless events are left.
  ///
  /// - Returns: what was forgotten; `isDone` where nothing is left to forget, for now or for good, or the tag was taken
  ///   up again.
  package func forgetNext(of tag: TagID) throws -> (pruned: Pruned, isDone: Bool) {
    var pruned = Pruned()
    guard try isBlank(tag) else { return (pruned, true) }
    let snapshots = try SnapshotRow.oldest(db, tag: tag, limit: Self.batch)
    pruned.snapshots = snapshots.count
    pruned.documents = try deleteSnapshots(snapshots)
    if snapshots.count == Self.batch { return (pruned, false) }
    try giveGroupsAway(tag)
    let events = try settledEvents(of: tag)
    for sequence in events { pruned.deliveries += try deleteEvent(sequence) }
    pruned.events = events.count
    if events.count == Self.batch { return (pruned, false) }
    try removeUnknown(tag)
    return (pruned, true)
  }

  /// Removes the row of a tag of which nothing is recorded at all.
  package func removeUnknown(_ tag: TagID) throws {
    try db.cachedStatement(
      sql: """
        DELETE FROM tag WHERE id = ?1 AND NOT \(TagRecord.isKnown)
          AND NOT EXISTS (SELECT 1 FROM event WHERE tag_id = ?1)
        """
    ).execute(arguments: [tag])
  }

  /// Tags of which at most events are left, among those that come after one.
  ///
  /// - Returns: `next` is the tag to go on after, `nil` at the end.
  package func unknownTags(after tag: TagID) throws -> (tags: [TagID], next: TagID?) {
    let window = try Row.fetchAll(
      db.cachedStatement(sql: "SELECT id, \(TagRecord.isKnown) FROM tag WHERE id > ? ORDER BY id LIMIT ?"),
      arguments: [tag, Self.tagsLookedAt])
    return (
      try window.filter { try $0.integer(1) == 0 }.map { try $0.id(0) },
      window.count < Self.tagsLookedAt ? nil : try window.last?.id(0)
    )
  }

  /// How many events of a tag wait for a sink, or were given up and can be retried.
  package func owedEvents(of tag: TagID) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT count(*) FROM event e WHERE e.tag_id = ?
            AND EXISTS (SELECT 1 FROM delivery d WHERE d.event_sequence = e.sequence AND d.state != 'delivered')
          """), arguments: [tag]) ?? 0
  }

  private func known(_ tag: TagReference) throws -> TagRecord? {
    guard let row = try self.tag(tag) else { return nil }
    let isKnown = try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT \(TagRecord.isKnown) FROM tag WHERE id = ?"), arguments: [row.id])
    return isKnown == true ? row : nil
  }

  private func isBlank(_ tag: TagID) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT watched = 0 AND last_checked_ms IS NULL FROM tag WHERE id = ?"),
      arguments: [tag]) ?? false
  }

  private func settledEvents(of tag: TagID) throws -> [EventSequence] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT e.sequence FROM event e WHERE e.tag_id = ?
            AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.event_sequence = e.sequence AND d.state != 'delivered')
          LIMIT ?
          """), arguments: [tag, Self.batch]
    ).map { try $0.id(0) }
  }

  /// A group has the tag of its first event; where it holds events of other tags, it is theirs from now on. One whose
  /// body cannot be read goes with its tag: it is the matter of `db check`, and must not hold up what is forgotten.
  private func giveGroupsAway(_ tag: TagID) throws {
    let groups = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT e.sequence, (
            SELECT m.tag_id
            FROM json_each(\(StoredFrame.json("e.body")), '$.data.events') j
              JOIN event m ON m.id = CASE j.type WHEN 'object' THEN j.value ->> '$.id' END
            WHERE m.tag_id != ?1 LIMIT 1) AS other
          FROM event e WHERE e.tag_id = ?1 AND e.type = 'watcher.changes' AND other IS NOT NULL
          """), arguments: [tag])
    for group in groups {
      let (sequence, other): (EventSequence, TagID) = (try group.id(0), try group.id(1))
      try db.cachedStatement(sql: "UPDATE event SET tag_id = ? WHERE sequence = ?")
        .execute(arguments: [other, sequence])
      try db.cachedStatement(sql: "UPDATE delivery SET tag_id = ? WHERE event_sequence = ?")
        .execute(arguments: [other, sequence])
    }
  }
}

/// A tag that is watched cannot be forgotten, and one that is taken up again meanwhile keeps what it still has.
package struct TagInUse: Error {
  package let isWatched: Bool
  /// What was forgotten before it was taken up again; `nil` where nothing was.
  package let forgotten: Pruned?

  package init(isWatched: Bool = true, forgotten: Pruned? = nil) {
    self.isWatched = isWatched
    self.forgotten = forgotten
  }
}

/// What forgetting a tag came to.
package struct Forgotten: Hashable, Sendable {
  package var pruned = Pruned()
  /// Its events that stay until sinks have taken them.
  package var kept = 0

  package init(pruned: Pruned = Pruned(), kept: Int = 0) {
    self.pruned = pruned
    self.kept = kept
  }
}
