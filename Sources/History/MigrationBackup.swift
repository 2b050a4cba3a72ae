import GRDB
import Glibc
import ImageModel

/// A copy of the database as it was, made before a migration changes it: what an older watcher can go on with. Large
/// databases, and those for which there is not room enough, are migrated without.
/// Source: docs/store.md, The tables.
enum MigrationBackup {
  /// `watcher.db.pre-v4`, of a migration to version 4.
  static func path(for database: String, version: Int) -> String { "\(database).pre-v\(version)" }

  static func make(_ db: Database, path: String, version: Int) throws {
    let bytes = FilePath.size(of: path) + FilePath.size(of: path + "-wal")
    // The migration itself needs room as well.
    guard bytes < Limits.migrationBackupBytes, FilePath.freeBytes(beside: path) > 3 * bytes else { return }
    let backup = Self.path(for: path, version: version)
    let unfinished = backup + ".new"
    unlink(unfinished)
    do {
      try DatabaseCopy.make(of: db, at: unfinished)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
      unlink(unfinished)
      return
    }
    guard rename(unfinished, backup) == 0 else { throw StoreError.notAccessible(path: backup, errno: errno) }
  }
}
