import FoundationEssentials
import GRDB
import Host
package import ImageModel
import Synchronization

/// The one writer of a database: holds its lock, owns its read-write connection and runs one transaction at a
/// time, in the order in which they were asked for.
///
/// Everything a transaction decides on is read inside it, and its writes can be repeated: a COMMIT that
/// returned an error may be durable all the same, so after an error the caller runs the same transaction again,
/// which finds what is there. Source: docs/store.md, What an error means.
package final class HistoryWriter: Sendable {
  /// The path opened, symbolic links resolved.
  package let path: String
  /// `urn:uuid:…`: the `source` of every event of this database.
  package let instance: String

  /// There was no database before, or nothing in it.
  package let isNew: Bool

  /// The file is larger than it has to be since a migration, for there was no room to make it anew
  /// (`FileShrinking`).
  package let isToShrink: Bool

  let queue: DatabaseQueue
  let lock: DatabaseLock
  private let clock: @Sendable () -> Timestamp
  private let file: FilePath.FileID?
  /// The error after which the connection is not used any more: what is on disk is found out by the next start.
  private let broken = Mutex<StoreError?>(nil)

  private init(
    path: String, instance: String, isNew: Bool, isToShrink: Bool, queue: DatabaseQueue, lock: DatabaseLock,
    clock: @escaping @Sendable () -> Timestamp
  ) {
    self.path = path
    self.instance = instance
    self.isNew = isNew
    self.isToShrink = isToShrink
    self.queue = queue
    self.lock = lock
    self.clock = clock
    file = FilePath.id(of: path)
  }

  /// SQLite's.
  package static var libraryVersion: String { Connection.libraryVersion }

  /// The path under which a database is opened: symbolic links resolved.
  package static func canonicalPath(_ path: String) -> String { FilePath.canonical(path) }

  /// Makes the directory of a database, and those above it that are missing, mode 0750.
  package static func makeDirectory(for path: String) throws(StoreError) {
    try FilePath.createDirectory(directory(of: path))
  }

  /// Takes the lock, creates the database if there is none (0640, in a directory that is there), checks that it is
  /// sound and watcher's own, and brings its schema up to date, after keeping a copy beside it (`MigrationBackup`).
  ///
  /// Blocks, for seconds with a large database that was not closed cleanly.
  ///
  /// - Parameter clock: the wall clock, for the time at which an event is recorded.
  /// - Throws: `.locked`, `.foreign`, `.newer`, `.damaged`, `.permission`, `.cannotCreate`, `.full`, `.io`,
  ///   `.busy`. A file that is refused is left as it was.
  package static func open(
    _ path: String, clock: @escaping @Sendable () -> Timestamp = { .now() }
  ) throws(StoreError) -> HistoryWriter {
    let lock = try DatabaseLock.acquire(for: path)
    let path = FilePath.canonical(path)
    do {
      try prepareFile(path)
      let openedDirty = FilePath.size(of: path + "-wal") > 0
      let queue = try Connection.writer(path)
      let version: Int? = try queue.writeWithoutTransaction { db in
        guard case .watcher(let version) = try Identity.read(db, path: path) else { return nil }
        try SoundnessCheck.atOpening(db, bytes: FilePath.size(of: path), openedDirty: openedDirty, path: path)
        return version
      }
      try queue.writeWithoutTransaction(Connection.setDurability)
      if let version {
        try migrate(queue, path: path, from: version)
      } else {
        try queue.writeWithoutTransaction { db in try Schema.create(db, fill: Self.makeInstance) }
      }
      let isToShrink = try queue.writeWithoutTransaction { db in try FileShrinking.finish(db, path: path) }
      let instance = try queue.writeWithoutTransaction { db in try Self.instance(db, path: path) }
      return HistoryWriter(
        path: path, instance: "urn:uuid:\(instance)", isNew: version == nil, isToShrink: isToShrink, queue: queue,
        lock: lock,
        clock: clock)
    } catch {
      throw .mapping(error, path: path)
    }
  }

  /// Runs `body` in one transaction: all of what it writes is on disk when this returns, or none of it.
  ///
  /// Cancelling the task does not cancel the transaction.
  ///
  /// - Parameter onCommit: called once all of it is on disk, before another transaction begins.
  /// - Throws: what `body` throws, errors of the database as `StoreError`. Nothing of the transaction remains
  ///   then, except perhaps after a failed COMMIT (`.io`).
  package func transaction<T: Sendable>(
    _ body: @escaping @Sendable (HistoryTransaction) throws -> T, onCommit: @escaping @Sendable () -> Void = {}
  ) async throws -> T {
    try await onQueue { db in
      let result = try self.run(db, body)
      onCommit()
      return result
    }
  }

  /// As `transaction`, and blocks meanwhile. Not for use in tasks.
  package func transactionSync<T>(_ body: (HistoryTransaction) throws -> T) throws -> T {
    do {
      return try queue.writeWithoutTransaction { db in try guarded(db) { db in try run(db, body) } }
    } catch {
      throw mapped(error)
    }
  }

  /// A stored document, `nil` if it is not there. Not re-hashed: it was verified before it was stored.
  package func document(_ digest: Digest) async throws(StoreError) -> Document? {
    do {
      return try await onQueue { db in try DocumentRow.fetch(db, digest) }
    } catch {
      throw .mapping(error, path: path)
    }
  }

  /// The digests that a tag is recorded with, the newest first, at most `limit`.
  package func states(of tag: TagReference, limit: Int) async throws(StoreError) -> [Digest] {
    do {
      return try await onQueue { db in try SnapshotRow.digests(db, of: tag, limit: limit) }
    } catch {
      throw .mapping(error, path: path)
    }
  }

  /// Whether the file that was opened is still where it was. What is written to one that was taken away ends with this
  /// process.
  package var isInPlace: Bool { FilePath.id(of: path) == file }

  /// Bytes in the database file now, the log not counted.
  package var fileBytes: Int { FilePath.size(of: path) }

  /// Bytes in the write-ahead log file now.
  package var logBytes: Int { FilePath.size(of: path + "-wal") }

  /// Folds the log, closes the connection and gives up the lock. The -wal and -shm files stay for readers.
  /// Must be the last call; a writer that is merely released keeps the log for the next one to fold.
  package func close() {
    // A log that cannot be folded now (a reader, a full disk) is folded by the next writer.
    if broken.withLock({ $0 == nil }) { _ = try? queue.writeWithoutTransaction(Self.checkpoint) }
    try? queue.close()
    lock.release()
  }

  /// What is there and no regular file was refused with the lock.
  private static func prepareFile(_ path: String) throws(StoreError) {
    if try FilePath.kind(of: path) == .missing { try FilePath.createFile(path) }
  }

  private static func migrate(_ queue: DatabaseQueue, path: String, from version: Int) throws {
    let migrator = Schema.migrator
    if try queue.read(migrator.hasBeenSuperseded) {
      throw StoreError(.newer, "the database is of a newer version (\(path)): use the newer watcher")
    }
    if version < Schema.version {
      try queue.writeWithoutTransaction { db in try MigrationBackup.make(db, path: path, version: Schema.version) }
    }
    try migrator.migrate(queue)
  }

  private static func makeInstance(_ db: Database) throws {
    try db.execute(
      sql: "INSERT INTO meta(key, value) VALUES('instance', ?) ON CONFLICT DO NOTHING",
      arguments: [UUID().uuidString.lowercased()])
  }

  private static func instance(_ db: Database, path: String) throws -> String {
    // One whose making was cut off in an older version has none.
    try makeInstance(db)
    guard let row = try Row.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'instance'") else {
      throw StoreError.damaged(path)
    }
    return try row.text(0)
  }

  private static func checkpoint(_ db: Database) throws -> Bool {
    do {
      try db.checkpoint(.truncate)
      return true
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      return false
    }
  }

  private func run<T>(_ db: Database, _ body: (HistoryTransaction) throws -> T) throws -> T {
    var result: T?
    try db.inTransaction(.immediate) {
      result = try body(HistoryTransaction(db: db, instance: instance, clock: clock))
      return .commit
    }
    guard let result else { throw StoreError(.internalError, "a transaction ended without a result (\(path))") }
    return result
  }

  /// GRDB's own `async` access rolls back when the calling task is cancelled; what was observed must be recorded
  /// also while the daemon stops.
  private func onQueue<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      queue.asyncWriteWithoutTransaction { db in
        continuation.resume(with: Result { try self.guarded(db, body) })
      }
    }
  }

  /// Refuses once a write or sync has failed: a failed fsync may have dropped what later ones would claim to have
  /// kept (docs/store.md, What an error means).
  private func guarded<T>(_ db: Database, _ body: (Database) throws -> T) throws -> T {
    if let error = broken.withLock({ $0 }) { throw error }
    do {
      return try body(db)
    } catch {
      let error = mapped(error)
      if let error = error as? StoreError, error.code == .io || error.code == .damaged {
        broken.withLock { $0 = error }
      }
      throw error
    }
  }

  private func mapped(_ error: any Error) -> any Error {
    error is DatabaseError || error is ColumnError ? StoreError.mapping(error, path: path) : error
  }
}
