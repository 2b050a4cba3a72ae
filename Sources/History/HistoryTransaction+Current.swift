import GRDB
package import ImageModel

extension HistoryTransaction {
  /// The current state of every tag that has one: the newest, unless it ended.
  ///
  /// - Returns: rows of `snapshot` by rows of `tag`.
  package func currentSnapshots() throws -> [TagID: SnapshotID] {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT tag_id, id FROM snapshot
        WHERE id IN (SELECT max(id) FROM snapshot GROUP BY tag_id) AND ended IS NULL
        """)
    var current: [TagID: SnapshotID] = [:]
    while let row = try rows.next() { current[try row.id(0)] = try row.id(1) }
    return current
  }

  /// The same of some tags alone.
  ///
  /// - Parameter tags: rows of `tag`.
  package func currentSnapshots(of tags: [TagID]) throws -> [TagID: SnapshotID] {
    let statement = try db.cachedStatement(
      sql: "SELECT id FROM snapshot WHERE id = \(SnapshotRow.newest) AND ended IS NULL")
    var current: [TagID: SnapshotID] = [:]
    for tag in tags {
      if let row = try Row.fetchOne(statement, arguments: [tag]) { current[tag] = try row.id(0) }
    }
    return current
  }

  /// A state of a tag by its row, `nil` if that is not one of the tag's.
  package func snapshot(_ id: SnapshotID, tag: TagID) throws -> StoredSnapshot? {
    try SnapshotRow.one(db, id: id, tag: tag)
  }
}
