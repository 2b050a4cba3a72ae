import GRDB
import Glibc
import Host
import ImageModel

extension StoreError {
  /// What SQLite's result codes mean to the user of the database at `path`. An error that is a `StoreError`
  /// already comes back as it is; anything else is an internal error.
  ///
  /// Source: sqlite.org/rescode.html; the policy is that of docs/store.md.
  static func mapping(_ error: any Error, path: String) -> StoreError {
    if let error = error as? StoreError { return error }
    if let error = error as? ColumnError {
      return damaged("\(path): column \(error.column + 1) of a row holds no valid value")
    }
    guard let error = error as? DatabaseError else {
      return StoreError(.internalError, "the database operation failed (\(path)): \(error)")
    }
    let detail =
      "\(path): \((error.message ?? "no message").safe(limit: 200)), SQLite \(error.extendedResultCode.rawValue)"
    if error.extendedResultCode == .SQLITE_READONLY_DBMOVED {
      return StoreError(.io, "the database file was moved or deleted while in use (\(detail)): put it back and restart")
    }
    switch error.resultCode {
    case .SQLITE_FULL:
      return StoreError(.full, "the disk is full (\(detail)): free space; nothing of this write was kept")
    case .SQLITE_IOERR:
      return StoreError(.io, "reading or writing the database failed (\(detail)): check the disk and its mount")
    case .SQLITE_CORRUPT:
      return damaged(detail)
    case .SQLITE_NOTADB:
      return StoreError(
        .damaged,
        "not an SQLite database, or damaged in its first page (\(detail)): name another file or restore a backup")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return StoreError(.busy, "another process keeps the database busy (\(detail)): try again")
    case .SQLITE_INTERRUPT:
      return StoreError(.busy, "the query took too long (\(path)): ask for less, or again in a while")
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      return .notAccessible(path: path, errno: nil)
    default:
      return StoreError(.internalError, "the database refused an operation (\(detail)): please report this")
    }
  }

  /// The path of a directory where that of a file is wanted.
  static func directory(_ path: String) -> StoreError {
    let example = path + (path.hasSuffix("/") ? "" : "/") + "watcher.db"
    return StoreError(.foreign, "a directory is no database (\(path)): name a file, as in --database \(example)")
  }

  static func damaged(_ detail: String) -> StoreError {
    StoreError(
      .damaged, "the database is damaged (\(detail)): restore a backup, or move the file away to begin a new history")
  }

  /// A file that cannot be opened: says which part of the path stands in the way, with its mode and owner.
  ///
  /// - Parameters:
  ///   - errno: of the call that failed; `nil` where only SQLite knows, then the path is probed.
  ///   - database: whose file it is, where it is not the database itself.
  static func notAccessible(path: String, errno failure: Int32?, database: String? = nil) -> StoreError {
    if failure == nil, let (file, errno) = FilePath.probeJournal(of: path) {
      return notAccessible(path: file, errno: errno, database: path)
    }
    let folder = Host.directory(of: path)
    let probed = failure ?? FilePath.probe(path) ?? FilePath.probe(folder) ?? EACCES
    let reason = String(cString: strerror(probed))
    let location =
      "\(path): \(reason); \(FileAccess.describe(path)), \(FileAccess.describe(folder)), you are \(FileAccess.user)"
    switch probed {
    case EROFS:
      return StoreError(
        .permission,
        "the file system is read-only (\(path)): make it writable, or name a database elsewhere with --database")
    case EACCES, EPERM:
      return StoreError(
        .permission,
        "no permission to use the database (\(location)): "
          + (database.map { FilePath.differInOwner(path, $0) } == true
            ? "'chown --reference=\(database ?? "") \(path)'"
            : FileAccess.remedy(FilePath.id(of: path) == nil ? folder : path, isWriting: true)))
    case ENOENT, ENOTDIR, EEXIST, ELOOP, ENAMETOOLONG:
      return StoreError(
        .cannotCreate, "cannot create the database (\(location)): name a path in a directory that exists")
    case ENOSPC, EDQUOT:
      return StoreError(.full, "the disk is full (\(location)): free space")
    default:
      return StoreError(.io, "cannot open the database (\(location)): check the disk and its mount")
    }
  }
}
