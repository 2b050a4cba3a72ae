import GRDB
package import ImageModel

extension HistoryReader {
  /// What was recorded about a tag, newest first; `nil` if the tag is not in the database. Reads no more of it than is
  /// asked for.
  package func history(_ tag: TagReference, _ query: HistoryQuery = HistoryQuery()) throws(StoreError)
    -> [HistoryEntry]?
  {
    try read { db in
      guard let id = try Self.row(db, of: tag) else { return nil }
      guard let part = try HistoryPart.find(db, tag: id, query) else { return [] }
      var snapshots = try SnapshotCursor(db, tag: id, .downward(from: part.last))
      var entries = try EntryGrouping.entries(query, in: part) { try snapshots.next() }
      let details = EntryDetails(db, tag: id, query.platforms)
      for index in entries.indices {
        try details.complete(&entries[index], isWhole: query.detailed.map { index < $0 } ?? true)
      }
      return entries
    }
  }

  /// Every platform that a state of a tag ever had, each once; `nil` stands for one that was not known.
  package func platforms(of tag: TagReference) throws(StoreError) -> Set<Platform?> {
    try read { db in
      guard let id = try Self.row(db, of: tag) else { return [] }
      let statement = try db.cachedStatement(
        sql: """
          SELECT DISTINCT p.platform FROM snapshot s JOIN snapshot_platform p ON p.snapshot_id = s.id
          WHERE s.tag_id = ?
          """)
      let texts = ParsedTexts()
      var platforms: Set<Platform?> = []
      let rows = try Row.fetchCursor(statement, arguments: [id])
      while let row = try rows.next() { platforms.insert(try row.optionalPlatform(0, texts)) }
      return platforms
    }
  }
}
