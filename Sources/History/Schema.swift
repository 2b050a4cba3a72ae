import GRDB

/// The schema, as frozen migrations: literal SQL that is never edited once released; a change is a new entry.
/// `user_version` is the number of migrations applied.
enum Schema {
  /// `PRAGMA application_id`, in the header of every database of watcher: "wtch" in ASCII.
  static let applicationID: Int64 = 0x7774_6368

  static var version: Int { migrations.count }

  /// In order; the position is the version less one.
  private static let migrations: [(name: String, sql: String)] = [
    ("v1", SchemaV1.sql), ("v2", SchemaV2.sql), ("v3", SchemaV3.sql), ("v4", SchemaV4.sql),
    ("v5", SchemaV5.sql), ("v6", SchemaV6.sql), ("v7", SchemaV7.sql),
  ]
  /// What is done to every row of a table, by versions and tables: with the row before the first, and the last.
  private static let rewriting = [7: SchemaV7.rewriting]
  private static let rowsAtOnce = 500

  /// Makes all of it where there is nothing yet, as `migrator` would, and what `fill` adds, in one transaction: whoever
  /// reads meanwhile finds everything or nothing.
  static func create(_ db: Database, fill: (Database) throws -> Void) throws {
    try db.inTransaction(.immediate) {
      try db.execute(sql: "CREATE TABLE IF NOT EXISTS grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
      for migration in migrations {
        try db.execute(sql: migration.sql)
        try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES (?)", arguments: [migration.name])
      }
      try mark(db, version: version)
      try fill(db)
      return .commit
    }
  }

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for (index, migration) in migrations.enumerated() {
      migrator.registerMigration(migration.name) { db in
        try db.execute(sql: migration.sql)
        for (table, statement) in rewriting[index + 1] ?? [:] { try rewrite(db, table, statement) }
        try mark(db, version: index + 1)
      }
    }
    return migrator
  }

  /// In pieces: of one statement over all rows SQLite would keep every page in memory as it was before.
  private static func rewrite(_ db: Database, _ table: String, _ statement: String) throws {
    let piece = "SELECT max(rowid) FROM (SELECT rowid FROM \(table) WHERE rowid > ? ORDER BY rowid LIMIT \(rowsAtOnce))"
    var last = Int64.min
    while let end = try Row.fetchOne(db.cachedStatement(sql: piece), arguments: [last])?.optionalInteger(0) {
      try db.cachedStatement(sql: statement).execute(arguments: [last, end])
      last = end
    }
  }

  /// Both live in the header page and so are part of the same transaction.
  private static func mark(_ db: Database, version: Int) throws {
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }
}
