import Dispatch
import GRDB
import Glibc
import ImageModel
import Synchronization
import TestSupport
import Testing

@testable import History

@Suite struct OpeningTests {
  let scratch = Scratch()

  @Test func aNewDatabaseHasTheSettings() throws {
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    func pragma(_ name: String) throws -> String? {
      try writer.queue.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(name)") }
    }
    let expected = [
      "synchronous": "2", "journal_mode": "wal", "foreign_keys": "1", "application_id": "2004116328",
      "user_version": "\(Schema.version)", "trusted_schema": "0", "cell_size_check": "1", "mmap_size": "0",
      "temp_store": "2",
      "busy_timeout": "5000", "wal_autocheckpoint": "1000", "journal_size_limit": "16777216",
    ]
    for (name, value) in expected { #expect(try pragma(name) == value, "\(name)") }
    #expect(writer.instance.hasPrefix("urn:uuid:"))
    #expect(writer.instance.utf8.count == 9 + 36)
  }

  @Test func everyTableIsStrict() throws {
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    let loose = try writer.queue.writeWithoutTransaction {
      try String.fetchAll(
        $0, sql: "SELECT name FROM pragma_table_list WHERE strict = 0 AND schema = 'main' AND type = 'table'")
    }
    #expect(Set(loose).subtracting(["sqlite_schema", "sqlite_sequence", "grdb_migrations"]).isEmpty)
  }

  @Test func settingsHoldAfterReopening() throws {
    let first = try HistoryWriter.open(scratch.database)
    let instance = first.instance
    first.close()
    let second = try HistoryWriter.open(scratch.database)
    defer { second.close() }
    let synchronous = try second.queue.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    #expect(synchronous == 2)
    #expect(second.instance == instance)
  }

  @Test func directoryAndFileAreCreatedForTheGroup() throws {
    let old = umask(0o077)
    defer { umask(old) }
    let path = scratch.directory + "/state/watcher.db"
    try HistoryWriter.makeDirectory(for: path)
    let writer = try HistoryWriter.open(path)
    writer.close()
    #expect(mode(path) == 0o640)
    #expect(mode(path + "-wal") == 0o640)
    #expect(mode(path + "-shm") == 0o640)
  }

  @Test func journalFilesStayAfterClose() throws {
    try HistoryWriter.open(scratch.database).close()
    #expect(exists(scratch.database + "-wal"))
    #expect(exists(scratch.database + "-shm"))
    #expect(size(scratch.database + "-wal") == 0)
  }

  /// The log cannot be folded then, and the stop does not wait for longer than for any lock.
  @Test func aReaderIsLeftItsStateWhenTheWriterCloses() throws {
    let writer = try HistoryWriter.open(scratch.database)
    let reader = try DatabaseQueue(path: scratch.database)
    try reader.inDatabase { db in
      try db.beginTransaction(.deferred)
      #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM tag") == 0)
      let tag = TagReference(domain: "r.example", path: "app", tag: "1")
      try writer.transactionSync { _ = try $0.ensureTag(tag, selection: .all) }
      let began = ContinuousClock.now
      writer.close()
      #expect(ContinuousClock.now - began < .seconds(Connection.busyTimeoutSeconds + 2))
      #expect(!DatabaseLock.isHeld(for: scratch.database) && size(scratch.database + "-wal") > 0)
      #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM tag") == 0, "what it began with")
      let next = try HistoryWriter.open(scratch.database)
      defer { next.close() }
      #expect(try next.transactionSync { try $0.ensureTag(tag, selection: .all).id } == 1)
      try db.commit()
      #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM tag") == 1)
    }
  }

  @Test func aSecondWriterIsRefused() throws {
    let writer = try HistoryWriter.open(scratch.database)
    #expect(code { try HistoryWriter.open(scratch.database) } == .locked)
    symlink(scratch.database, scratch.directory + "/other.db")
    #expect(code { try HistoryWriter.open(scratch.directory + "/other.db") } == .locked)
    writer.close()
    let next = try HistoryWriter.open(scratch.database)
    next.close()
  }

  @Test func theLockSaysWhoHasItAndNothingElse() throws {
    write(Array("a longer text of somebody else\n".utf8), to: scratch.database + ".lock")
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    #expect(read(writer.path + ".lock") == Array("\(getpid())\n".utf8))
  }

  /// Who may write to the directory could have root destroy or give away a file of its choice.
  @Test func whatIsLinkedAtTheLockIsLeftAlone() throws {
    let other = scratch.directory + "/other"
    write(Array("kept".utf8), to: other)
    let before = owner(other)
    chown(scratch.directory, 4_321, 4_321)
    #expect(link(other, scratch.database + ".lock") == 0)
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    #expect(read(other) == Array("kept".utf8))
    #expect(owner(other) == before)
    #expect(code { try HistoryWriter.open(scratch.database) } == .locked)
  }

  private func owner(_ path: String) -> uid_t? {
    var info = stat()
    return stat(path, &info) == 0 ? info.st_uid : nil
  }

  @Test func theLockIsFreeOnceReleasedOrForgotten() throws {
    var lock: DatabaseLock? = try DatabaseLock.acquire(for: scratch.database)
    #expect(code { try DatabaseLock.acquire(for: scratch.database) } == .locked)
    #expect(DatabaseLock.isHeld(for: scratch.database))
    lock?.release()
    lock?.release()
    #expect(!DatabaseLock.isHeld(for: scratch.database))
    lock = try DatabaseLock.acquire(for: scratch.database)
    #expect(DatabaseLock.isHeld(for: scratch.database))
    lock = nil
    #expect(!DatabaseLock.isHeld(for: scratch.database))
  }

  @Test(arguments: ["A", "SQLite format 3", "hello\n"]) func garbageIsRefusedAndLeftAlone(_ start: String) {
    let bytes = Array(start.utf8) + [UInt8](repeating: start == "A" ? 0x41 : 0, count: 4_096)
    write(bytes, to: scratch.database)
    #expect(code { try HistoryWriter.open(scratch.database) } == .damaged)
    #expect(code { try HistoryReader.open(scratch.database) } == .damaged)
    #expect(read(scratch.database) == bytes)
  }

  @Test func aForeignDatabaseIsRefusedAndLeftAlone() throws {
    do {
      let queue = try DatabaseQueue(path: scratch.database)
      try queue.write { try $0.execute(sql: "CREATE TABLE t(x); INSERT INTO t VALUES(1)") }
      try queue.close()
    }
    let before = read(scratch.database)
    #expect(code { try HistoryWriter.open(scratch.database) } == .foreign)
    #expect(code { try HistoryReader.open(scratch.database) } == .foreign)
    #expect(read(scratch.database) == before)
    #expect(!exists(scratch.database + "-wal"))
  }

  @Test func aDirectoryIsRefused() {
    mkdir(scratch.database, 0o755)
    #expect(code { try HistoryWriter.open(scratch.database) } == .foreign)
    #expect(code { try HistoryReader.open(scratch.database) } == .foreign)
  }

  /// The list of migrations is made before the first of them; a fault or a kill can come between.
  @Test func aDatabaseWhoseMakingWasCutOffIsMadeByTheNextWriter() throws {
    do {
      let queue = try DatabaseQueue(path: scratch.database)
      try queue.write { try $0.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)") }
      try queue.close()
    }
    #expect(code { try HistoryReader.open(scratch.database) } == .missing)
    try HistoryWriter.open(scratch.database).close()
    _ = try HistoryReader.open(scratch.database)
  }

  /// What a query finds while the database is being made: nothing yet, or all of it.
  @Test func readersSeeAllOfANewDatabaseOrNothing() throws {
    let findings = Mutex<[StoreError.Code?: Int]>([:])
    let path = Mutex<String?>(scratch.database)
    let readers = DispatchGroup()
    for _ in 0..<4 {
      DispatchQueue(label: "reader").async(group: readers) {
        while let path = path.withLock({ $0 }) {
          let finding = code { _ = try HistoryReader.open(path).unknown([amazon]) }
          findings.withLock { $0[finding, default: 0] += 1 }
        }
      }
    }
    for round in 0..<100 {
      let next = scratch.database + "\(round)"
      path.withLock { $0 = next }
      try HistoryWriter.open(next).close()
    }
    path.withLock { $0 = nil }
    try #require(readers.wait(timeout: .now() + 60) == .success)
    let seen = findings.withLock { $0 }
    #expect(Set(seen.keys).isSubset(of: [nil, .missing]), "\(seen)")
    #expect(seen[.missing] ?? 0 > 0, "\(seen)")
  }

  @Test func aNewDatabaseIsWhatMigrationsMake() throws {
    try HistoryWriter.open(scratch.database).close()
    let migrated = try DatabaseQueue()
    try Schema.migrator.migrate(migrated)
    func shape(_ queue: DatabaseQueue) throws -> [String] {
      try queue.read { db in
        try String.fetchAll(db, sql: "SELECT name || ': ' || coalesce(sql, '') FROM sqlite_schema ORDER BY name")
          + String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations ORDER BY rowid")
          + ["application_id", "user_version"].map { try String.fetchOne(db, sql: "PRAGMA \($0)") ?? "" }
      }
    }
    #expect(try shape(DatabaseQueue(path: scratch.database)) == shape(migrated))
  }

  @Test func anEmptyFileIsANewDatabaseForTheWriterOnly() throws {
    write([], to: scratch.database)
    #expect(code { try HistoryReader.open(scratch.database) } == .missing)
    try HistoryWriter.open(scratch.database).close()
    _ = try HistoryReader.open(scratch.database)
  }

  @Test func aNewerSchemaIsRefused() throws {
    try HistoryWriter.open(scratch.database).close()
    do {
      let queue = try DatabaseQueue(path: scratch.database)
      try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = \(Schema.version + 1)") }
      try queue.close()
    }
    #expect(code { try HistoryWriter.open(scratch.database) } == .newer)
    #expect(code { try HistoryReader.open(scratch.database) } == .newer)
    #expect(code { try HistoryWriter.inspect(scratch.database) } == .newer)
  }

  @Test func aMigrationOfANewerWatcherIsRefused() throws {
    let writer = try HistoryWriter.open(scratch.database)
    try writer.queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES('v9')") }
    writer.close()
    #expect(code { try HistoryWriter.open(scratch.database) } == .newer)
  }

  @Test func tablesOfLitestreamAreTolerated() throws {
    do {
      let queue = try DatabaseQueue(path: scratch.database)
      try queue.write { try $0.execute(sql: "CREATE TABLE _litestream_seq(id INTEGER PRIMARY KEY, seq INTEGER)") }
      try queue.close()
    }
    try HistoryWriter.open(scratch.database).close()
    try HistoryWriter.open(scratch.database).close()
  }

  @Test func aPathThatCannotBeIsExplained() throws {
    write([1], to: scratch.directory + "/file")
    let error = #expect(throws: StoreError.self) { try HistoryWriter.open(scratch.directory + "/file/x/watcher.db") }
    #expect(error?.code == .cannotCreate)
    #expect(error?.message.contains("/file") == true)
    #expect(code { try HistoryReader.open(scratch.directory + "/none.db") } == .missing)
  }

  @Test(arguments: [
    (StoreError.Code.damaged, Int32(65)), (.foreign, 65), (.newer, 65), (.missing, 66), (.internalError, 70),
    (.cannotCreate, 73), (.io, 74), (.full, 74), (.locked, 75), (.busy, 75), (.permission, 77),
  ]) func exitCodes(_ code: StoreError.Code, _ expected: Int32) {
    #expect(StoreError(code, "").exitCode.rawValue == expected)
  }

  @Test(arguments: [
    (0, true, SoundnessCheck.Depth.full), (33_554_431, false, .full), (33_554_432, false, .quick),
    (268_435_455, false, .quick), (268_435_456, false, .none), (268_435_456, true, .quick),
  ]) func soundnessCheckFitsTheSize(_ bytes: Int, _ dirty: Bool, _ expected: SoundnessCheck.Depth) {
    #expect(SoundnessCheck.depth(bytes: bytes, openedDirty: dirty) == expected)
  }
}

/// The code of the `StoreError` that `body` throws, `nil` if it throws nothing or something else.
func code<T>(_ body: () throws -> T) -> StoreError.Code? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? StoreError)?.code
  }
}
