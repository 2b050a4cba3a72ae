import GRDB
package import ImageModel

/// What was forgotten.
package struct Pruned: Hashable, Sendable {
  package var snapshots = 0
  package var events = 0
  package var documents = 0
  package var deliveries = 0

  package init() {}

  package static func += (total: inout Pruned, more: Pruned) {
    total.snapshots += more.snapshots
    total.events += more.events
    total.documents += more.documents
    total.deliveries += more.deliveries
  }
}

/// Each call is small enough to stand between two commits of a daemon, and says where the next one begins.
extension HistoryTransaction {
  /// Rows looked at in one transaction, or deleted.
  private static let batch = 500
  private static let tagsLookedAt = 5_000

  /// Deletes states of tags that ended before `time`, and the documents that only they named. What history says of the
  /// states that stay remains true: the newest of each tag stays, and of a run of states with the same images that is
  /// not over the first, which knows since when.
  ///
  /// - Parameter tag: the one before the first to look at; the lowest there could be to begin.
  /// - Returns: `next` is the `tag` to go on with, `nil` at the end.
  package func pruneSnapshots(before time: Timestamp, after tag: TagID) throws -> (pruned: Pruned, next: TagID?) {
    var pruned = Pruned()
    let window = try Row.fetchAll(
      db.cachedStatement(sql: "SELECT id, announced_snapshot_id FROM tag WHERE id > ? ORDER BY id LIMIT ?"),
      arguments: [tag, Self.tagsLookedAt])
    var last = tag
    for row in window {
      let id: TagID = try row.id(0)
      let oldest = try oldestSnapshots(tag: id, before: time)
      let ended = try Self.ended(oldest, before: time).filter { try $0.id != row.optionalID(1) }
      pruned.snapshots += ended.count
      pruned.documents += try deleteSnapshots(ended)
      // Of this one there may be more.
      if oldest.count > Self.batch, !ended.isEmpty { return (pruned, last) }
      last = id
      if pruned.snapshots >= Self.batch { return (pruned, last) }
    }
    return (pruned, window.count < Self.tagsLookedAt ? nil : last)
  }

  /// Deletes events recorded before `time` that began no state that is left, and that are owed to no sink.
  ///
  /// - Parameter sequence: of the event before the first to look at; 0 to begin.
  /// - Returns: `next` is the `sequence` to go on with, `nil` at the end.
  package func pruneEvents(before time: Timestamp, after sequence: EventSequence) throws -> (
    pruned: Pruned, next: EventSequence?
  ) {
    let window = try Row.fetchAll(
      db.cachedStatement(sql: "SELECT sequence, time_ms FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?"),
      arguments: [sequence, Self.batch])
    var pruned = Pruned()
    var isOld = false
    for row in window where try row.time(1) < time {
      isOld = true
      let sequence: EventSequence = try row.id(0)
      guard try isForgettable(event: sequence) else { continue }
      pruned.deliveries += try deleteEvent(sequence)
      pruned.events += 1
    }
    // Events that follow are younger still, unless a clock was set back; those come when they are older.
    guard isOld, window.count == Self.batch else { return (pruned, nil) }
    return (pruned, try window.last?.id(0))
  }

  /// Deletes deliveries that arrived before then, the oldest first, at most `limit`; events and snapshots stay.
  ///
  /// - Returns: how many; fewer than `limit` means that none are left.
  package func pruneDelivered(before time: Timestamp, limit: Int = 500) throws -> Int {
    try db.cachedStatement(
      sql: """
        DELETE FROM delivery WHERE (sink, event_sequence) IN (
          SELECT sink, event_sequence FROM delivery INDEXED BY delivery_delivered
          WHERE state = 'delivered' AND delivered_ms < ? ORDER BY delivered_ms LIMIT ?)
        """
    ).execute(arguments: [time.milliseconds, limit])
    return db.changesCount
  }

  /// Of a tag's states the first, at most one more than a batch; empty where none has ended.
  private func oldestSnapshots(tag: TagID, before time: Timestamp) throws -> [StoredSnapshot] {
    // Nearly always the first two tell that there is nothing to do.
    let first = try SnapshotRow.oldest(db, tag: tag, limit: 2)
    guard first.count == 2, first[0].lastSeen < time else { return [] }
    return first[1].lastSeen < time ? try SnapshotRow.oldest(db, tag: tag, limit: Self.batch + 1) : first
  }

  /// Those that may go, of the first states of a tag; the last of them stays in any case.
  private static func ended(_ oldest: [StoredSnapshot], before time: Timestamp) -> [StoredSnapshot] {
    let count = oldest.dropLast().prefix { $0.lastSeen < time }.count
    var beginning = count
    let query = HistoryQuery()
    while beginning > 0, EntryGrouping.continues(oldest[beginning - 1], oldest[beginning], query) { beginning -= 1 }
    return oldest.prefix(count).enumerated().filter { $0.offset != beginning }.map(\.element)
  }

  /// Deletes an event with its deliveries.
  ///
  /// - Returns: how many those were.
  func deleteEvent(_ sequence: EventSequence) throws -> Int {
    try db.cachedStatement(sql: "DELETE FROM delivery WHERE event_sequence = ?").execute(arguments: [sequence])
    let deliveries = db.changesCount
    try db.cachedStatement(sql: "DELETE FROM event WHERE sequence = ?").execute(arguments: [sequence])
    return deliveries
  }

  /// Deletes states, and the documents that nothing else names.
  ///
  /// - Returns: how many documents those were.
  func deleteSnapshots(_ snapshots: [StoredSnapshot]) throws -> Int {
    for snapshot in snapshots {
      try db.cachedStatement(sql: "DELETE FROM snapshot WHERE id = ?").execute(arguments: [snapshot.id])
    }
    return try pruneDocuments(of: snapshots)
  }

  private func pruneDocuments(of snapshots: [StoredSnapshot]) throws -> Int {
    let digests = snapshots.reduce(into: Set<Digest>()) { digests, snapshot in
      digests.insert(snapshot.digest)
      for image in snapshot.images { digests.formUnion([image.manifest, image.imageID].compactMap(\.self)) }
    }
    let statement = try db.cachedStatement(
      sql: """
        DELETE FROM document WHERE digest = ?1
          AND NOT EXISTS (SELECT 1 FROM snapshot WHERE digest = ?1)
          AND NOT EXISTS (SELECT 1 FROM snapshot_platform WHERE manifest = ?1)
          AND NOT EXISTS (SELECT 1 FROM snapshot_platform WHERE image_id = ?1)
        """)
    return try digests.count { digest in
      try statement.execute(arguments: [digest.description])
      return db.changesCount > 0
    }
  }

  private func isForgettable(event sequence: EventSequence) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: """
        SELECT 1 FROM snapshot WHERE event_sequence = ?1
        UNION ALL SELECT 1 FROM delivery WHERE event_sequence = ?1 AND state != 'delivered'
        """)
    return try Row.fetchOne(statement, arguments: [sequence]) == nil
  }
}
