import GRDB
import Host
package import ImageModel

extension HistoryReader {
  /// How tags and sinks are doing.
  ///
  /// - Parameter tags: those to report, in this order; `nil` for all that are watched, by name.
  package func status(
    _ tags: [TagReference]? = nil, now: Timestamp = .now()
  ) throws(StoreError) -> StatusReport {
    let daemon = try daemon()
    return try read { db in
      let texts = ParsedTexts()
      var found: [TagStatus] = []
      var unknown: [TagReference] = []
      if let tags {
        let statement = try db.cachedStatement(
          sql: """
            SELECT \(TagRow.columns) FROM tag
            WHERE registry = ? AND repository = ? AND tag = ? AND \(TagRecord.isKnown)
            """)
        for tag in tags {
          if let row = try Row.fetchOne(statement, arguments: [tag.domain, tag.path, tag.tag]) {
            found.append(try Self.status(db, row, tag, texts))
          } else {
            unknown.append(tag)
          }
        }
      } else {
        found = try Self.watched(db, texts)
      }
      return StatusReport(
        tags: found, unknown: unknown, repositories: tags == nil ? try RepositoryRow.fetchAll(db) : [],
        sinks: try SinkStatus.fetchAll(db, now: now), database: path,
        daemon: daemon, rests: daemon == .absent ? [:] : try RegistryRests.fetch(db),
        registries: try RegistryStatus.fetch(db, of: found))
    }
  }

  private static func watched(_ db: Database, _ texts: ParsedTexts) throws -> [TagStatus] {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT \(TagRow.columns), registry, repository, tag FROM tag WHERE watched = 1
        ORDER BY registry, repository, tag
        """)
    var found: [TagStatus] = []
    while let row = try rows.next() {
      let name = row.count - 3
      let tag = TagReference(domain: try row.text(name), path: try row.text(name + 1), tag: try row.text(name + 2))
      found.append(try status(db, row, tag, texts))
    }
    return found
  }

  private static func status(
    _ db: Database, _ row: Row, _ tag: TagReference, _ texts: ParsedTexts
  ) throws -> TagStatus {
    let record = try TagRow.record(row, tag: tag, texts)
    return TagStatus(record: record, current: try SnapshotRow.latest(db, tag: record.id, texts))
  }
}
