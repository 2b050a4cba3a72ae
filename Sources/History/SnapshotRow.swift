import GRDB
import ImageModel

/// The columns behind a `StoredSnapshot`, for the writer and the readers alike.
enum SnapshotRow {
  /// The newest state of a tag (`?`).
  static let newest = "(SELECT max(id) FROM snapshot WHERE tag_id = ?)"

  /// Selects snapshots `s` of one tag (`?1`); callers add the order. The tag's row knows when its newest state was last
  /// seen, as long as that has not ended.
  static let select = "SELECT \(columns) FROM \(tables) WHERE s.tag_id = ?1"

  /// The same with the images of each, a row per image: from `imageColumn` on, then the position, which is NULL where
  /// there is none, and the event's ID and sequence.
  static let selectWithImages = """
    SELECT \(columns), \(imageColumns), p.position, e.id, e.sequence
    FROM \(tables) LEFT JOIN snapshot_platform p ON p.snapshot_id = s.id WHERE s.tag_id = ?1
    """
  static let imageColumn = 8
  static let positionColumn = 16
  static let eventColumn = 17

  /// When a state `s` of a tag `t` was last seen.
  ///
  /// - Parameter tag: the tag's number in SQL; where it is one for all rows, its newest state is looked up once.
  static func lastSeen(of tag: String) -> String {
    """
    CASE WHEN s.ended IS NULL AND s.id = (SELECT max(id) FROM snapshot WHERE tag_id = \(tag))
      THEN max(s.last_seen_ms, t.seen_ms) ELSE s.last_seen_ms END
    """
  }

  private static let columns =
    "s.id, s.digest, s.media_type, s.size, s.first_seen_ms, \(lastSeen(of: "?1")), s.ended, e.type"
  private static let tables =
    "snapshot s JOIN tag t ON t.id = s.tag_id LEFT JOIN event e ON e.sequence = s.event_sequence"

  private static let imageColumns =
    "p.platform, p.manifest, p.manifest_size, p.image_id, p.config_size, p.created, p.class, p.artifact_type"
  private static let selectImages =
    "SELECT \(imageColumns) FROM snapshot_platform p WHERE p.snapshot_id = ? ORDER BY p.position"

  static func latest(_ db: Database, tag: TagID, _ texts: ParsedTexts = ParsedTexts()) throws -> StoredSnapshot? {
    let statement = try db.cachedStatement(sql: select + " ORDER BY s.id DESC LIMIT 1")
    guard let row = try Row.fetchOne(statement, arguments: [tag]) else { return nil }
    return try snapshot(row, images: images(db, snapshot: row.id(0), texts)).namingStandIns(db, tag: tag)
  }

  /// One state by its row, `nil` if it is not one of the tag's.
  static func one(_ db: Database, id: SnapshotID, tag: TagID) throws -> StoredSnapshot? {
    let statement = try db.cachedStatement(sql: select + " AND s.id = ?")
    guard let row = try Row.fetchOne(statement, arguments: [tag, id]) else { return nil }
    return try snapshot(row, images: images(db, snapshot: id)).namingStandIns(db, tag: tag)
  }

  /// The snapshots of a tag, oldest first, at most `limit`.
  static func oldest(_ db: Database, tag: TagID, limit: Int) throws -> [StoredSnapshot] {
    var cursor = try SnapshotCursor(db, tag: tag, .upward(from: .lowest))
    var snapshots: [StoredSnapshot] = []
    while snapshots.count < limit, let next = try cursor.next() { snapshots.append(next) }
    return snapshots
  }

  /// The digests of a tag's states, each once, the newest first.
  static func digests(_ db: Database, of tag: TagReference, limit: Int) throws -> [Digest] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT s.digest FROM snapshot s JOIN tag t ON t.id = s.tag_id
        WHERE t.registry = ? AND t.repository = ? AND t.tag = ? GROUP BY s.digest ORDER BY max(s.id) DESC LIMIT ?
        """)
    return try Row.fetchAll(statement, arguments: [tag.domain, tag.path, tag.tag, limit]).map { try $0.digest(0) }
  }

  /// When an image was last current under a tag and platform, in a state before `snapshot`; without an image ID it is
  /// told by its manifest.
  static func lastUse(
    _ db: Database, tag: TagID, platform: Platform?, identity: Digest, before snapshot: SnapshotID
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

  static func images(
    _ db: Database, snapshot id: SnapshotID, _ texts: ParsedTexts = ParsedTexts()
  ) throws -> [StoredImage] {
    let rows = try Row.fetchCursor(db.cachedStatement(sql: selectImages), arguments: [id])
    var images: [StoredImage] = []
    while let row = try rows.next() {
      images.append(try image(row, from: 0, texts))
    }
    return images
  }

  /// - Parameter first: the first of its columns.
  static func image(_ row: Row, from first: Int, _ texts: ParsedTexts) throws -> StoredImage {
    StoredImage(
      platform: try row.optionalPlatform(first, texts), manifest: try row.digest(first + 1),
      manifestSize: Int(try row.integer(first + 2)), imageID: try row.optionalDigest(first + 3),
      configSize: try row.optionalInteger(first + 4).map(Int.init), created: try row.optionalText(first + 5),
      artifactType: try row.optionalText(first + 7), changeClass: try row.optionalNamed(first + 6, ChangeClass.self))
  }

  static func snapshot(_ row: Row, images: [StoredImage]) throws -> StoredSnapshot {
    StoredSnapshot(
      id: try row.id(0), digest: try row.digest(1), mediaType: MediaType(try row.text(2)),
      size: Int(try row.integer(3)), firstSeen: try row.time(4), lastSeen: try row.time(5),
      ended: try row.optionalNamed(6, StoredSnapshot.Ending.self), event: try row.optionalNamed(7, EventType.self),
      images: images)
  }
}
