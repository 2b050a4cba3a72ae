import GRDB
import ImageModel

extension HistoryTransaction {
  /// The current state of every tag that has one: the newest, unless it ended.
  ///
  /// - Returns: rows of `snapshot` by rows of `tag`.
  package func currentSnapshots() throws -> [Int64: Int64] {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT tag_id, id FROM snapshot
        WHERE id IN (SELECT max(id) FROM snapshot GROUP BY tag_id) AND ended IS NULL
        """)
    var current: [Int64: Int64] = [:]
    while let row = try rows.next() { current[try row.integer(0)] = try row.integer(1) }
    return current
  }

  /// The same of some tags alone.
  ///
  /// - Parameter tags: rows of `tag`.
  package func currentSnapshots(of tags: [Int64]) throws -> [Int64: Int64] {
    let statement = try db.cachedStatement(
      sql: "SELECT id FROM snapshot WHERE id = \(SnapshotRow.newest) AND ended IS NULL")
    var current: [Int64: Int64] = [:]
    for tag in tags {
      if let row = try Row.fetchOne(statement, arguments: [tag]) { current[tag] = try row.integer(0) }
    }
    return current
  }

  /// A state of a tag by its row, `nil` if that is not one of the tag's.
  package func snapshot(_ id: Int64, tag: Int64) throws -> StoredSnapshot? {
    try SnapshotRow.one(db, id: id, tag: tag)
  }
}
