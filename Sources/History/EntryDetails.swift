import GRDB
import ImageModel

/// What is recorded of entries of a tag's history beside their states: how they came about (rollbacks, and platforms
/// that left), and when nobody looked. Valid as long as the access to the database is.
struct EntryDetails {
  private let db: Database
  private let tag: TagID
  private let platforms: [Platform]
  private let texts: ParsedTexts

  /// - Parameter platforms: those asked for; empty for all.
  init(_ db: Database, tag: TagID, _ platforms: [Platform], _ texts: ParsedTexts = ParsedTexts()) {
    (self.db, self.tag, self.platforms, self.texts) = (db, tag, platforms, texts)
  }

  /// - Parameter isWhole: whether more is wanted than a timeline shows.
  func complete(_ entry: inout HistoryEntry, isWhole: Bool) throws {
    entry.gaps = try gaps(from: entry.first, through: entry.last)
    entry.rollbacks = try rollbacks(of: entry)
    guard isWhole else { return }
    entry.sequence = try sequence(of: entry)
    entry.also = try companions(of: entry)
    entry.removed = try departures(of: entry)
  }

  private func sequence(of entry: HistoryEntry) throws -> EventSequence? {
    let statement = try db.cachedStatement(sql: "SELECT event_sequence FROM snapshot WHERE id = ?")
    return try Row.fetchOne(statement, arguments: [entry.first])?.optionalID(0)
  }

  private func companions(of entry: HistoryEntry) throws -> [TagReference] {
    let statement = try db.cachedStatement(
      sql: "SELECT s.digest, p.last_seen_ms FROM snapshot s JOIN snapshot p ON p.id = ? WHERE s.id = ?")
    guard let previous = entry.previous?.id,
      let row = try Row.fetchOne(statement, arguments: [previous, entry.first])
    else { return [] }
    return try Companions.fetch(
      db, of: tag, at: row.digest(0), after: row.time(1), until: entry.firstSeen)
  }

  private func gaps(from first: SnapshotID, through last: SnapshotID) throws -> [ObservationGap] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT g.from_ms, g.to_ms FROM snapshot s JOIN gap g ON g.snapshot_id = s.id
        WHERE s.tag_id = ? AND s.id BETWEEN ? AND ? ORDER BY s.id DESC, g.from_ms DESC
        """)
    return try Row.fetchAll(statement, arguments: [tag, first, last]).map {
      ObservationGap(from: try $0.time(0), to: try $0.time(1))
    }
  }

  /// As the event has them that told of it: what it refers to may have been forgotten since.
  func rollbacks(of entry: HistoryEntry) throws -> [HistoryEntry.Rollback] {
    guard entry.event != nil else { return try earlierUses(entry) }
    let rows = try rows(
      "j.value ->> '$.platform', j.value ->> '$.image_id', j.value ->> '$.last_current', j.value ->> '$.digest'",
      of: "$.data.rollback", "j.type = 'object'", entry.first)
    return try rows.map { row in
      guard let time = Timestamp(rfc3339: try row.text(2)) else { throw ColumnError(column: 2) }
      return HistoryEntry.Rollback(
        platform: try row.optionalPlatform(0, texts), imageID: try row.optionalDigest(1), lastCurrent: time,
        digest: try row.digest(3))
    }
  }

  func departures(of entry: HistoryEntry) throws -> [HistoryEntry.Departure] {
    guard entry.event != nil else { return [] }
    let rows = try rows(
      "j.value ->> '$.platform', j.value ->> '$.previous.manifest', j.value ->> '$.previous.image_id'",
      of: "$.data.changes", "j.value ->> '$.class' = 'removed'", entry.first)
    return try rows.map { row in
      HistoryEntry.Departure(
        platform: try row.optionalPlatform(0, texts), manifest: try row.digest(1), imageID: try row.optionalDigest(2))
    }.filter { image in
      guard let platform = image.platform, !platforms.isEmpty else { return true }
      return platforms.contains { $0.matches(platform) }
    }
  }

  private func rows(
    _ columns: String, of path: String, _ condition: String, _ snapshot: SnapshotID
  ) throws -> [Row] {
    // A body that cannot be read is the matter of `events` and `db check`: the states are known without.
    let body = StoredFrame.json("e.body")
    let statement = try db.cachedStatement(
      sql: """
        SELECT \(columns) FROM snapshot s CROSS JOIN event e ON e.sequence = s.event_sequence
          CROSS JOIN json_each(\(body), '\(path)') j
        WHERE s.id = ? AND \(condition)
        """)
    return try Row.fetchAll(statement, arguments: [snapshot])
  }

  /// Of a move to and fro that was recorded and not announced.
  private func earlierUses(_ entry: HistoryEntry) throws -> [HistoryEntry.Rollback] {
    guard let previous = entry.previous?.id else { return [] }
    return try entry.platforms.compactMap { image in
      guard image.changeClass != nil, image.changeClass != .repacked,
        let use = try SnapshotRow.lastUse(
          db, tag: tag, platform: image.platform, identity: image.identity, before: previous)
      else { return nil }
      return HistoryEntry.Rollback(
        platform: image.platform, imageID: image.imageID, lastCurrent: use.lastSeen, digest: use.digest)
    }
  }
}
