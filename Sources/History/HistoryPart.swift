import GRDB
import ImageModel

/// The part of a tag's history in which everything is that a query asks for. Found without any images: rows
/// are passed over in SQL, by their times, and the order is by id, so that clocks that were set back hide nothing.
struct HistoryPart {
  /// The newest snapshot of the tag, in this part or not.
  let newest: SnapshotID
  /// The newest of the last entry that can be wanted; reading begins there.
  let last: SnapshotID
  /// No entry is wanted that ended before this snapshot.
  let oldest: SnapshotID
  /// When what followed `last` was first seen; `nil` where nothing did.
  var next: Timestamp?

  /// - Returns: `nil` where there is nothing of what is asked for.
  static func find(_ db: Database, tag: TagID, _ query: HistoryQuery) throws -> HistoryPart? {
    guard let newest = try one(db, "SELECT max(id) FROM snapshot WHERE tag_id = ?", [tag]) else { return nil }
    var last = newest
    if let begun = query.begun {
      let latest = try one(
        db, "SELECT id FROM snapshot WHERE tag_id = ? AND first_seen_ms <= ? ORDER BY id DESC LIMIT 1",
        [tag, begun.milliseconds])
      guard let latest else { return nil }
      last = try end(db, tag: tag, of: latest, query)
    }
    if let before = query.before, before <= last {
      let earlier = try one(db, "SELECT max(id) FROM snapshot WHERE tag_id = ? AND id < ?", [tag, before])
      guard let earlier else { return nil }
      last = earlier
    }
    let oldest = try query.since.map { try self.oldest(db, tag: tag, since: $0, newest) } ?? .lowest
    let next = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT first_seen_ms FROM snapshot WHERE tag_id = ? AND id > ? ORDER BY id LIMIT 1"),
      arguments: [tag, last])
    return HistoryPart(newest: newest, last: last, oldest: oldest, next: try next?.time(0))
  }

  /// The first that was seen at this time or later, or the one before it, which held until then.
  private static func oldest(
    _ db: Database, tag: TagID, since: Timestamp, _ newest: SnapshotID
  ) throws -> SnapshotID {
    let seen = try Row.fetchOne(
      db.cachedStatement(
        sql: "SELECT id, first_seen_ms FROM snapshot WHERE tag_id = ? AND last_seen_ms >= ? ORDER BY id LIMIT 1"),
      arguments: [tag, since.milliseconds])
    // Of the newest the row may not know yet when it was seen last; that alone is looked at in any case.
    guard let seen else { return newest }
    let id: SnapshotID = try seen.id(0)
    guard try seen.time(1) > since else { return id }
    return try one(db, "SELECT max(id) FROM snapshot WHERE tag_id = ? AND id < ?", [tag, id]) ?? id
  }

  /// The newest snapshot of the entry to which one belongs.
  private static func end(_ db: Database, tag: TagID, of id: SnapshotID, _ query: HistoryQuery) throws -> SnapshotID {
    if query.all { return id }
    var later = try SnapshotCursor(db, tag: tag, .upward(from: id))
    guard var end = try later.next() else { return id }
    while let next = try later.next(), EntryGrouping.continues(end, next, query) { end = next }
    return end.id
  }

  private static func one(_ db: Database, _ sql: String, _ arguments: StatementArguments) throws -> SnapshotID? {
    try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)?.optionalID(0)
  }
}
