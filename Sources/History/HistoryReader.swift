import GRDB
import Host

/// Read-only access to a database, for queries: beside a running writer, after a clean stop and after a crash, and
/// by another user who may read the file. Each query reads one consistent state and leaves nothing open behind it.
///
/// Blocks: for commands; the tasks of the daemon have a `ReaderPool`.
package final class HistoryReader: Sendable {
  package let path: String
  let queue: DatabaseQueue

  private init(path: String, queue: DatabaseQueue) {
    self.path = path
    self.queue = queue
  }

  /// - Throws: `.missing` (no file, or nothing in it), `.permission`, `.foreign`, `.newer`, `.older`, `.damaged`,
  ///   `.busy`, `.io`.
  package static func open(_ path: String) throws(StoreError) -> HistoryReader {
    let path = FilePath.canonical(path)
    switch try FilePath.kind(of: path) {
    case .missing:
      throw StoreError(.missing, "there is no database (\(path)): start the daemon, or name one with --database")
    case .regular: break
    case .directory: throw .directory(path)
    case .other: throw StoreError(.foreign, "not a regular file (\(path)): name a database with --database")
    }
    guard FilePath.isReadable(path) else { throw notReadable(path) }
    do {
      let queue = try connect(path)
      switch try queue.read({ db in try Identity.read(db, path: path) }) {
      case .empty:
        throw StoreError(.missing, "the database is empty (\(path)): start the daemon once, or name another")
      case .watcher(let version) where version < Schema.version:
        throw StoreError(
          .older,
          "the database is of an older version (\(path): schema \(version), this watcher reads \(Schema.version)): "
            + "'watcher db migrate' or a start of the daemon brings it up to date")
      case .watcher: break
      }
      return HistoryReader(path: path, queue: queue)
    } catch {
      throw .mapping(error, path: path)
    }
  }

  func read<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
    do {
      return try queue.read(body)
    } catch {
      throw .mapping(error, path: path)
    }
  }

  /// A database in WAL mode needs its -shm file even for reading. Where it cannot be had and nobody writes, the
  /// main file is complete if the log is empty, and can be read alone. Never otherwise: it would show an old
  /// state. Source: docs/store.md, How it is opened.
  private static func connect(_ path: String) throws -> DatabaseQueue {
    do {
      return try Connection.reader(path)
    } catch let error as DatabaseError {
      guard error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY else { throw error }
      guard FilePath.size(of: path + "-wal") == 0, !DatabaseLock.isHeld(for: path) else {
        throw notReadable(path)
      }
      return try Connection.reader(Connection.immutableURI(path))
    }
  }

  private static func notReadable(_ path: String) -> StoreError {
    StoreError(
      .permission,
      "no permission to read the database (\(path), its -wal and -shm; \(FileAccess.describe(path)), "
        + "you are \(FileAccess.user)): \(FileAccess.remedy(path, isWriting: false))")
  }
}
