import GRDB
package import ImageModel

extension HistoryReader {
  /// Looks up what belongs together at one moment: while `body` runs, the log of the database cannot be folded back.
  package func standings<T>(_ body: (Standings) throws -> T) throws(StoreError) -> T {
    try read { db in try body(Standings(db)) }
  }
}

/// How tags stand to images. Valid as long as the access to the database is.
package struct Standings {
  private let db: Database
  private let texts = ParsedTexts()

  fileprivate init(_ db: Database) { self.db = db }

  /// What a tag names now, and what it has named since it named one of these digests; `nil` if it is not in the
  /// database.
  ///
  /// - Parameters:
  ///   - digests: of one image: its ID, manifests and indexes that it came with.
  ///   - platform: the image's, which tells it among those of an index.
  package func standing(of tag: TagReference, _ digests: [Digest], platform: Platform?) throws -> TagStanding? {
    guard let present = try present(tag) else { return nil }
    let id = present.id
    var standing = present.standing
    guard let newest = present.newest else { return standing }
    let found = try find(digests, platform, of: id)
    let query = HistoryQuery(standingOf: found?.match.platform)
    let part = HistoryPart(newest: newest, last: newest, oldest: found?.id ?? newest)
    var states = try SnapshotCursor(db, tag: id, .downward(from: newest), texts)
    var beginnings: [SnapshotID: SnapshotCursor.Beginning] = [:]
    standing.entries = try EntryGrouping.entries(query, in: part) {
      guard let state = try states.next() else { return nil }
      beginnings[state.id] = states.beginning
      return state
    }
    guard let found else { return standing }
    // Another index or manifest may have brought the same images again.
    if let wanted = standing.entries.last?.platforms, !wanted.isEmpty,
      let newest = standing.entries.firstIndex(where: { EntryGrouping.areSame($0.platforms, wanted) })
    {
      standing.entries.removeSubrange((newest + 1)...)
    }
    let later = standing.entries.indices.dropLast()
    let details = EntryDetails(db, tag: id, query.platforms, texts)
    if let first = later.first {
      standing.entries[first].rollbacks = try details.rollbacks(of: standing.entries[first])
    }
    // One platform does not leave a state that it has an entry in.
    for index in later where query.platforms.isEmpty || standing.entries[index].platforms.isEmpty {
      standing.entries[index].removed = try details.departures(of: standing.entries[index])
    }
    standing.match = found.match
    (standing.events, standing.deletion) = try events(of: id, since: standing.entries, beginnings)
    return standing
  }

  /// The tags that ever named one of these digests, by name.
  package func tags(naming digests: [Digest]) throws -> [TagReference] {
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

  /// The row of a tag that is known, its newest state, and what of its standing is the same for all images.
  private func present(_ tag: TagReference) throws -> (id: TagID, newest: SnapshotID?, standing: TagStanding)? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT id, (SELECT max(id) FROM snapshot WHERE tag_id = tag.id), moved_digest, moved_type, moved_ms,
          CASE watched WHEN 1 THEN interval_s END
        FROM tag WHERE registry = ? AND repository = ? AND tag = ? AND \(TagRecord.isKnown)
        """)
    return try Row.fetchOne(statement, arguments: [tag.domain, tag.path, tag.tag]).map { row in
      var standing = TagStanding(intervalSeconds: try row.optionalInteger(5).map(Int.init))
      standing.moved = try row.optionalDigest(2).map { digest in
        PendingMove(to: MovedTag(digest: digest, mediaType: MediaType(try row.text(3))), since: try row.time(4))
      }
      return (try row.id(0), try row.optionalID(1), standing)
    }
  }

  private typealias Found = (id: SnapshotID, match: TagStanding.Match)

  /// An image or manifest says more than an index, which has many.
  private func find(_ digests: [Digest], _ platform: Platform?, of tag: TagID) throws -> Found? {
    // CROSS JOIN keeps the order: the digest finds few rows.
    let tables = "FROM snapshot_platform p CROSS JOIN snapshot s ON s.id = p.snapshot_id"
    let statement = try db.cachedStatement(
      sql: """
        SELECT max(id) FROM (
          SELECT max(p.snapshot_id) AS id \(tables) WHERE p.image_id = ?1 AND s.tag_id = ?2
          UNION ALL SELECT max(p.snapshot_id) \(tables) WHERE p.manifest = ?1 AND s.tag_id = ?2)
        """)
    var newest: (id: SnapshotID, digest: Digest)?
    for digest in digests {
      let row = try Row.fetchOne(statement, arguments: [digest.description, tag])
      if let id: SnapshotID = try row?.optionalID(0), newest.map({ $0.id < id }) ?? true { newest = (id, digest) }
    }
    if let newest {
      let images = try SnapshotRow.images(db, snapshot: newest.id, texts)
        .filter { $0.imageID == newest.digest || $0.manifest == newest.digest }
      let isOne = images.allSatisfy { $0.platform == images.first?.platform }
      let own = images.first { $0.platform == platform } ?? (isOne ? images.first : nil)
      // One that several platforms have may be that of any.
      return (own ?? images.first).map { (newest.id, TagStanding.Match(image: $0, platform: own?.platform)) }
    }
    return try findIndex(digests, platform, of: tag)
  }

  /// With the + SQLite looks for the digest, which few states have, and not for the tag.
  static let newestOfDigest = "SELECT max(id) FROM snapshot WHERE digest = ? AND +tag_id = ?"

  private func findIndex(_ digests: [Digest], _ platform: Platform?, of tag: TagID) throws -> Found? {
    let statement = try db.cachedStatement(sql: Self.newestOfDigest)
    let ids: [SnapshotID] = try digests.compactMap { digest in
      try Row.fetchOne(statement, arguments: [digest.description, tag])?.optionalID(0)
    }
    guard let id = ids.max() else { return nil }
    let image = try platform?.nearest(of: SnapshotRow.images(db, snapshot: id, texts), \.platform)
    return (id, TagStanding.Match(image: image, platform: image?.platform))
  }

  /// What told of the end of the oldest of these entries and of all that came after, and when that end was known, if it
  /// was a deletion.
  ///
  /// - Parameter beginnings: what began each of these states.
  private func events(
    of tag: TagID, since entries: [HistoryEntry], _ beginnings: [SnapshotID: SnapshotCursor.Beginning]
  ) throws -> (ids: [String], deletion: Timestamp?) {
    // By their order, for a clock may have been set back; from the last on, for a state that came back has no event.
    let ending = try db.cachedStatement(
      sql: """
        SELECT id, time_ms, sequence FROM event WHERE tag_id = ? AND type = ? AND sequence > ? AND sequence < ?
        ORDER BY sequence DESC LIMIT 1
        """)
    var ids: [String] = []
    var deletion: Timestamp?
    var next = EventSequence(rawValue: .max)
    for (index, entry) in entries.enumerated() {
      let isOldest = index == entries.count - 1
      let beginning = beginnings[entry.first]
      if entry.ended == .deleted {
        let arguments: StatementArguments = [
          tag, EventType.tagDeleted.rawValue, beginning?.sequence ?? .lowest, next,
        ]
        if let row = try Row.fetchOne(ending, arguments: arguments) {
          ids.append(try row.text(0))
          if isOldest { deletion = try row.time(1) }
          next = try row.id(2)
        }
      }
      guard let beginning else { continue }
      if !isOldest { ids.append(beginning.event) }
      next = beginning.sequence
    }
    return (ids.reversed(), deletion)
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
