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
    try SnapshotRow.lastUse(db, tag: tag, platform: platform, identity: identity, before: snapshot)
  }

  /// Keeps one fact of the database itself under its name.
  func keep(_ value: String, as key: String) throws {
    try db.cachedStatement(
      sql: "INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
    ).execute(arguments: [key, value])
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
        arguments: [
          document.digest.description, document.mediaType.description,
          StoredFrame.document(document.bytes, document.mediaType),
        ])
    }
  }
}
