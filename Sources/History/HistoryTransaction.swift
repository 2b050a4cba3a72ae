import GRDB
package import ImageModel

/// What can be read and written inside one transaction of `HistoryWriter`. Valid only while its closure runs.
///
/// Every method throws errors of the database; let them out of the closure, so that the transaction ends.
package struct HistoryTransaction {
  let db: Database
  let instance: String
  /// The wall clock.
  let clock: () -> Timestamp

  /// The newest state of a tag, ended or not; `nil` before the first.
  package func latestSnapshot(tag: TagID) throws -> StoredSnapshot? {
    try SnapshotRow.latest(db, tag: tag)
  }

  /// When an image was last current under a tag and platform, in a state before `snapshot`.
  ///
  /// - Parameters:
  ///   - platform: `nil` finds states whose platform was not known.
  ///   - identity: the image ID, of what has none the manifest's digest.
  ///   - snapshot: the current state, which does not count itself.
  package func lastUse(
    tag: TagID, platform: Platform?, identity: Digest, before snapshot: SnapshotID
  ) throws -> (lastSeen: Timestamp, digest: Digest)? {
    // Two searches: with OR, SQLite would read every state that had the image instead of the newest alone.
    for condition in ["p.image_id = ?", "p.manifest = ? AND p.image_id IS NULL"] {
      // CROSS JOIN keeps the order: most changes bring an image that was never seen, which its index says at once.
      let statement = try db.cachedStatement(
        sql: """
          SELECT s.last_seen_ms, s.digest FROM snapshot_platform p CROSS JOIN snapshot s ON s.id = p.snapshot_id
          WHERE \(condition) AND p.snapshot_id < ? AND p.platform IS ? AND s.tag_id = ?
          ORDER BY p.snapshot_id DESC LIMIT 1
          """)
      let row = try Row.fetchOne(
        statement, arguments: [identity.description, snapshot, platform?.description, tag])
      if let row { return (try row.time(0), try row.digest(1)) }
    }
    return nil
  }

  package func document(_ digest: Digest) throws -> Document? {
    try DocumentRow.fetch(db, digest)
  }

  /// Stores documents under their digests; those that are there already stay as they are.
  package func insertDocuments(_ documents: [Document]) throws {
    let statement = try db.cachedStatement(
      sql: "INSERT INTO document(digest, media_type, bytes) VALUES(?, ?, ?) ON CONFLICT DO NOTHING")
    for document in documents {
      try statement.execute(
        arguments: [document.digest.description, document.mediaType.description, document.bytes.blob])
    }
  }
}
