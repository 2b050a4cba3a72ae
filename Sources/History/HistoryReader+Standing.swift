import GRDB
package import ImageModel

extension HistoryReader {
  /// What a tag names now, and what it has named since it named one of these digests; `nil` if it is not in the
  /// database.
  ///
  /// - Parameters:
  ///   - digests: of one image: its ID, manifests and indexes that it came with.
  ///   - platform: the image's, which tells it among those of an index.
  package func standing(
    of tag: TagReference, _ digests: [Digest], platform: Platform?
  ) throws(StoreError) -> TagStanding? {
    try read { db in
      guard let id = try Self.row(db, of: tag) else { return nil }
      let moved = try Self.move(db, tag: id)
      let row = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT max(id) FROM snapshot WHERE tag_id = ?"), arguments: [id])
      guard let newest: SnapshotID = try row?.optionalID(0) else {
        return TagStanding(match: nil, entries: [], moved: moved)
      }
      let found = try Self.find(db, tag: id, digests, platform)
      let query = HistoryQuery(standingOf: found?.match.platform)
      let part = HistoryPart(newest: newest, last: newest, oldest: found?.id ?? newest)
      var states = try SnapshotCursor(db, tag: id, .downward(from: newest))
      var entries = try EntryGrouping.entries(query, in: part) { try states.next() }
      guard let found else { return TagStanding(match: nil, entries: entries, moved: moved) }
      // Another index or manifest may have brought the same images again.
      if let wanted = entries.last?.platforms, !wanted.isEmpty,
        let newest = entries.firstIndex(where: { EntryGrouping.areSame($0.platforms, wanted) })
      {
        entries.removeSubrange((newest + 1)...)
      }
      let details = EntryDetails(db, tag: id, query.platforms)
      for index in entries.indices.dropLast() {
        // Of one platform it is asked for the move back to an image, and for how it left.
        guard index == 0 || query.platforms.isEmpty || entries[index].platforms.isEmpty else { continue }
        try details.complete(&entries[index])
      }
      let (events, deletion) = try Self.events(db, tag: id, since: entries)
      return TagStanding(match: found.match, entries: entries, events: events, deletion: deletion, moved: moved)
    }
  }

  /// The tags that ever named one of these digests, by name.
  package func tags(naming digests: [Digest]) throws(StoreError) -> [TagReference] {
    try read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT registry, repository, tag FROM tag WHERE id IN (
            SELECT s.tag_id FROM snapshot s WHERE s.digest = ?1
            UNION SELECT s.tag_id FROM snapshot_platform p CROSS JOIN snapshot s ON s.id = p.snapshot_id
              WHERE p.image_id = ?1
            UNION SELECT s.tag_id FROM snapshot_platform p CROSS JOIN snapshot s ON s.id = p.snapshot_id
              WHERE p.manifest = ?1)
          """)
      var tags: Set<TagReference> = []
      for digest in digests {
        let rows = try Row.fetchCursor(statement, arguments: [digest.description])
        while let row = try rows.next() {
          tags.insert(TagReference(domain: try row.text(0), path: try row.text(1), tag: try row.text(2)))
        }
      }
      return tags.sorted { $0.description < $1.description }
    }
  }

  private static func move(_ db: Database, tag: TagID) throws -> PendingMove? {
    let statement = try db.cachedStatement(
      sql: "SELECT moved_digest, moved_type, moved_ms FROM tag WHERE id = ? AND moved_digest IS NOT NULL")
    return try Row.fetchOne(statement, arguments: [tag]).map { row in
      PendingMove(
        to: MovedTag(digest: try row.digest(0), mediaType: MediaType(try row.text(1))), since: try row.time(2))
    }
  }

  private typealias Found = (id: SnapshotID, match: TagStanding.Match)

  /// An image or manifest says more than an index, which has many.
  private static func find(
    _ db: Database, tag: TagID, _ digests: [Digest], _ platform: Platform?
  ) throws -> Found? {
    var newest: (id: SnapshotID, digest: Digest)?
    for column in ["image_id", "manifest"] {
      // CROSS JOIN keeps the order: the digest finds few rows.
      let statement = try db.cachedStatement(
        sql: """
          SELECT max(p.snapshot_id) FROM snapshot_platform p CROSS JOIN snapshot s ON s.id = p.snapshot_id
          WHERE p.\(column) = ? AND s.tag_id = ?
          """)
      for digest in digests {
        let row = try Row.fetchOne(statement, arguments: [digest.description, tag])
        if let id: SnapshotID = try row?.optionalID(0), newest.map({ $0.id < id }) ?? true { newest = (id, digest) }
      }
    }
    if let newest {
      let images = try SnapshotRow.images(db, snapshot: newest.id)
        .filter { $0.imageID == newest.digest || $0.manifest == newest.digest }
      let image = platform.flatMap { wanted in images.first { $0.platform == wanted } } ?? images.first
      return image.map { (newest.id, TagStanding.Match(image: $0, platform: $0.platform)) }
    }
    return try findIndex(db, tag: tag, digests, platform)
  }

  private static func findIndex(
    _ db: Database, tag: TagID, _ digests: [Digest], _ platform: Platform?
  ) throws -> Found? {
    let statement = try db.cachedStatement(sql: "SELECT max(id) FROM snapshot WHERE digest = ? AND tag_id = ?")
    let ids: [SnapshotID] = try digests.compactMap { digest in
      try Row.fetchOne(statement, arguments: [digest.description, tag])?.optionalID(0)
    }
    guard let id = ids.max() else { return nil }
    let images = try SnapshotRow.images(db, snapshot: id)
    let known = images.filter { $0.platform != nil }
    let image = platform.flatMap { $0.nearest(in: known.compactMap(\.platform)).first }.map { known[$0] }
    return (id, TagStanding.Match(image: image, platform: image?.platform))
  }

  /// What told of the end of the oldest of these entries and of all that came after, and when that end was known, if it
  /// was a deletion.
  private static func events(
    _ db: Database, tag: TagID, since entries: [HistoryEntry]
  ) throws -> (ids: [String], deletion: Timestamp?) {
    let beginning = try db.cachedStatement(
      sql: "SELECT e.id FROM snapshot s CROSS JOIN event e ON e.sequence = s.event_sequence WHERE s.id = ?")
    let ending = try db.cachedStatement(
      sql: """
        SELECT id, time_ms FROM event WHERE tag_id = ? AND type = ? AND time_ms >= ? ORDER BY time_ms, sequence LIMIT 1
        """)
    var ids: [String] = []
    var deletion: Timestamp?
    for (index, entry) in entries.enumerated().reversed() {
      let isOldest = index == entries.count - 1
      if !isOldest, let row = try Row.fetchOne(beginning, arguments: [entry.first]) { ids.append(try row.text(0)) }
      guard entry.ended == .deleted else { continue }
      let arguments: StatementArguments = [tag, EventType.tagDeleted.rawValue, entry.lastSeen.milliseconds]
      guard let row = try Row.fetchOne(ending, arguments: arguments) else { continue }
      ids.append(try row.text(0))
      if isOldest { deletion = try row.time(1) }
    }
    return (ids, deletion)
  }
}

extension HistoryQuery {
  /// Those of one platform, or of all.
  fileprivate init(standingOf platform: Platform?) {
    self.init()
    platforms = platform.map { [$0] } ?? []
    absences = true
  }
}
