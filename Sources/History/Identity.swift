import GRDB

/// What a file says it is.
enum Identity: Hashable {
  /// Nothing in it yet.
  case empty
  case watcher(version: Int)

  /// - Throws: `.foreign`, `.newer`, `.damaged`.
  static func read(_ db: Database, path: String) throws -> Identity {
    let application = try number(db, "PRAGMA application_id")
    let version = try number(db, "PRAGMA user_version")
    // Litestream keeps two tables of its own in a database it copies, and may have come first. The migrator's list is
    // made in a transaction before that of the first migration, and is all there is when a writer ended in between.
    let tables = try number(
      db,
      """
      SELECT count(*) FROM sqlite_schema
      WHERE tbl_name NOT LIKE '\\_litestream%' ESCAPE '\\' AND tbl_name <> 'grdb_migrations'
      """)
    if application == 0 && version == 0 && tables == 0 { return .empty }
    guard application == Schema.applicationID else {
      throw StoreError(.foreign, "not a watcher database (\(path)): name another file with --database")
    }
    guard version <= Schema.version else {
      throw StoreError(
        .newer,
        "the database is of a newer version (\(path): schema \(version), this watcher knows \(Schema.version)): "
          + "use the newer watcher, or restore the backup made before the upgrade")
    }
    guard version >= 1, tables > 0 else { throw StoreError.damaged("\(path): schema \(version)") }
    return .watcher(version: Int(version))
  }

  private static func number(_ db: Database, _ sql: String) throws -> Int64 {
    guard let row = try Row.fetchOne(db, sql: sql) else { throw StoreError.damaged("no answer to \(sql)") }
    return try row.integer(0)
  }
}
