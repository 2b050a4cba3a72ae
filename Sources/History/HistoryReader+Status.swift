import GRDB
import Host
package import ImageModel

/// Some of the watched tags, by name.
package struct WatchlistPart: Hashable, Sendable {
  /// Only those behind this one.
  package var after: TagReference?
  /// At most so many.
  package var limit = Int.max
  /// Only those that somebody has to look after.
  package var isFailingOnly = false

  package init() {}

  package static let all = WatchlistPart()
}

extension HistoryReader {
  /// How tags and sinks are doing.
  ///
  /// - Parameters:
  ///   - tags: those to report, in this order; `nil` for all that are watched, by name.
  ///   - part: of all that are watched.
  package func status(
    _ tags: [TagReference]? = nil, part: WatchlistPart = .all, now: Timestamp = .now()
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
        found = try Self.watched(db, part, texts)
      }
      let registries = tags == nil ? try Self.registries(db) : Set(found.map(\.record.tag.domain))
      return StatusReport(
        tags: found, unknown: unknown, repositories: tags == nil ? try RepositoryRow.fetchAll(db) : [],
        sinks: try SinkStatus.fetchAll(db, now: now), database: path,
        daemon: daemon, rests: daemon == .absent ? [:] : try RegistryRests.fetch(db),
        registries: try RegistryStatus.fetch(db, of: registries))
    }
  }

  private static func watched(_ db: Database, _ part: WatchlistPart, _ texts: ParsedTexts) throws -> [TagStatus] {
    var condition = SQLCondition()
    condition.and("watched = 1")
    if let last = part.after {
      condition.and("(registry, repository, tag) > (?, ?, ?)", [last.domain, last.path, last.tag])
    }
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT \(TagRow.columns), registry, repository, tag FROM tag WHERE \(condition.sql)
        ORDER BY registry, repository, tag
        """, arguments: condition.arguments)
    var found: [TagStatus] = []
    while found.count < part.limit, let row = try rows.next() {
      let name = row.count - 3
      let tag = TagReference(domain: try row.text(name), path: try row.text(name + 1), tag: try row.text(name + 2))
      let status = try status(db, row, tag, texts)
      if status.isUnwell || !part.isFailingOnly { found.append(status) }
    }
    return found
  }

  /// Those of the watchlist.
  private static func registries(_ db: Database) throws -> Set<String> {
    Set(try Row.fetchAll(db, sql: "SELECT DISTINCT registry FROM tag WHERE watched = 1").map { try $0.text(0) })
  }

  private static func status(
    _ db: Database, _ row: Row, _ tag: TagReference, _ texts: ParsedTexts
  ) throws -> TagStatus {
    let record = try TagRow.record(row, tag: tag, texts)
    return TagStatus(record: record, current: try SnapshotRow.latest(db, tag: record.id, texts))
  }
}
