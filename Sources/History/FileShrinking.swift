import GRDB
import Host

/// Gives back what a migration has freed within the file. It is no part of the migration: what is recorded is right
/// without, and where it was cut off, or there was no room for it, the next writer begins it again.
enum FileShrinking {
  private static let mark = "FROM meta WHERE key = 'shrink'"

  /// - Returns: whether it is still to be done: for want of room, or because somebody else keeps the database busy.
  static func finish(_ db: Database, path: String) throws -> Bool {
    guard try Row.fetchOne(db, sql: "SELECT 1 \(mark)") != nil else { return false }
    // A temporary file as large as what is in the database, and then the log.
    guard FilePath.freeBytes(beside: path) > 2 * (try bytesInUse(db)) else { return true }
    do {
      // Not in memory, where other temporary things of this connection are.
      try db.execute(sql: "PRAGMA temp_store = FILE")
      defer { try? db.execute(sql: "PRAGMA temp_store = MEMORY") }
      try db.execute(sql: "VACUUM")
    } catch let error as DatabaseError where isForNow(error) {
      return true
    }
    try db.execute(sql: "DELETE \(mark)")
    return false
  }

  /// Nothing of it is left then, and the database is as it was.
  private static func isForNow(_ error: DatabaseError) -> Bool {
    switch error.resultCode {
    case .SQLITE_FULL, .SQLITE_BUSY, .SQLITE_LOCKED: true
    // No directory for temporary files can be written to.
    default: error.extendedResultCode == .SQLITE_IOERR_GETTEMPPATH || error.resultCode == .SQLITE_CANTOPEN
    }
  }

  private static func bytesInUse(_ db: Database) throws -> Int {
    let figures = try ["page_count", "freelist_count", "page_size"].map {
      try Row.fetchOne(db, sql: "PRAGMA \($0)")?.integer(0) ?? 0
    }
    return Int((figures[0] - figures[1]) * figures[2])
  }
}
