import GRDB
package import ImageModel

/// Tags in the database that have about the name of another one.
package struct NearTags: Hashable, Sendable {
  /// The first of them by name.
  package let first: [TagReference]
  /// How many there are.
  package let count: Int
  /// Whether the database knows no tag at all.
  package let isEmpty: Bool

  package init(first: [TagReference], count: Int, isEmpty: Bool = false) {
    self.first = first
    self.count = count
    self.isEmpty = isEmpty
  }
}

/// How much is recorded of a tag.
package struct TagExtent: Hashable, Sendable {
  package let isWatched: Bool
  package let snapshots: Int
  package let events: Int
}

extension HistoryReader {
  /// How much is recorded of a tag; `nil` if it is not in the database.
  package func extent(of tag: TagReference) throws(StoreError) -> TagExtent? {
    try read { db in
      guard let id = try Self.row(db, of: tag) else { return nil }
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT watched, (SELECT count(*) FROM snapshot WHERE tag_id = t.id),
            (SELECT count(*) FROM event WHERE tag_id = t.id)
          FROM tag t WHERE id = ?
          """, arguments: [id])
      return try row.map {
        TagExtent(
          isWatched: try $0.integer(0) != 0, snapshots: Int(try $0.integer(1)), events: Int(try $0.integer(2)))
      }
    }
  }

  /// Those of `tags` that are not in the database, watched or not.
  package func unknown(_ tags: [TagReference]) throws(StoreError) -> [TagReference] {
    try read { db in try tags.filter { try Self.row(db, of: $0) == nil } }
  }

  /// A tag as the store knows it; `nil` if it is not in the database.
  package func record(of tag: TagReference) throws(StoreError) -> TagRecord? {
    try read { db in
      let row = try Row.fetchOne(
        db, sql: "SELECT \(TagRow.columns) FROM tag WHERE registry = ? AND repository = ? AND tag = ?",
        arguments: [tag.domain, tag.path, tag.tag])
      return try row.map { try TagRow.record($0, tag: tag, ParsedTexts()) }
    }
  }

  /// Known tags as people write them, by name.
  ///
  /// - Parameter isWanted: whether to count one; reading ends with `limit` of them.
  package func tagNames(limit: Int, where isWanted: (String) -> Bool) throws(StoreError) -> [String] {
    try read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT registry, repository, tag FROM tag WHERE \(TagRecord.isKnown) ORDER BY registry, repository, tag
          """)
      var names: [String] = []
      while names.count < limit, let row = try rows.next() {
        let tag = TagReference(domain: try row.text(0), path: try row.text(1), tag: try row.text(2))
        if let name = [tag.familiar, tag.description].first(where: isWanted) { names.append(name) }
      }
      return names
    }
  }

  /// Tags of the same repository, else of repositories with the same last name.
  ///
  /// - Parameter limit: of those that are named.
  package func near(_ tag: TagReference, limit: Int) throws(StoreError) -> NearTags {
    try read { db in
      guard try Row.fetchOne(db, sql: "SELECT 1 FROM tag WHERE \(TagRecord.isKnown) LIMIT 1") != nil else {
        return NearTags(first: [], count: 0, isEmpty: true)
      }
      let siblings = try Self.tags(db, "registry = ? AND repository = ?", [tag.domain, tag.path], limit)
      guard siblings.count == 0, let name = tag.path.split(separator: "/").last else { return siblings }
      return try Self.tags(
        db, "repository = ?1 OR substr(repository, -length(?2)) = ?2", [String(name), "/\(name)"], limit)
    }
  }

  /// The row of a tag that is known.
  static func row(_ db: Database, of tag: TagReference) throws -> TagID? {
    let statement = try db.cachedStatement(
      sql: "SELECT id FROM tag WHERE registry = ? AND repository = ? AND tag = ? AND \(TagRecord.isKnown)")
    return try Row.fetchOne(statement, arguments: [tag.domain, tag.path, tag.tag])?.id(0)
  }

  private static func tags(
    _ db: Database, _ condition: String, _ arguments: StatementArguments, _ limit: Int
  ) throws -> NearTags {
    let condition = "(\(condition)) AND \(TagRecord.isKnown)"
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT registry, repository, tag FROM tag WHERE \(condition) ORDER BY registry, repository, tag LIMIT \(limit)
        """, arguments: arguments)
    let first = try rows.map { TagReference(domain: try $0.text(0), path: try $0.text(1), tag: try $0.text(2)) }
    if first.count < limit { return NearTags(first: first, count: first.count) }
    let count = try Row.fetchOne(db, sql: "SELECT count(*) FROM tag WHERE \(condition)", arguments: arguments)
    return NearTags(first: first, count: Int(try count?.integer(0) ?? 0))
  }
}
