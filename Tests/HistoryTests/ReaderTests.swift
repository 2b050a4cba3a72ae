import GRDB
import Glibc
import ImageModel
import TestSupport
import Testing

@testable import History

@Suite struct ReaderTests {
  let scratch = Scratch()

  private func record(_ writer: HistoryWriter) throws {
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      try history.record(
        snapshot(1, [image(amd64, 10), image(arm64, 20)]), .tagFirstSeen, classes: [.added, .added], tag: tag.id, at: 0)
      try history.record(
        snapshot(2, [image(amd64, 11), image(arm64, 20)]), classes: [.rebuilt, nil], tag: tag.id, at: 100)
    }
  }

  private func digests() throws -> [Digest]? {
    try HistoryReader.open(scratch.database).history(amazon)?.map(\.digest)
  }

  @Test func readsBesideTheWriterAndSeesEachCommit() throws {
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    let reader = try HistoryReader.open(scratch.database)
    #expect(try reader.history(amazon) == nil)
    try record(writer)
    #expect(try reader.history(amazon)?.map(\.digest) == [digest(2), digest(1)])
    try writer.transactionSync { try $0.confirmSnapshot(tag: 1, at: time(500)) }
    #expect(try reader.history(amazon)?.first?.lastSeen == time(500))
  }

  @Test func readsAfterACleanStop() throws {
    let writer = try HistoryWriter.open(scratch.database)
    try record(writer)
    writer.close()
    #expect(try digests() == [digest(2), digest(1)])
    #expect(exists(scratch.database + "-shm"), "the reader leaves the files for the next one")
  }

  @Test func readsWhatACrashLeftInTheLog() throws {
    let writer = try HistoryWriter.open(scratch.database)
    try record(writer)
    // The files of a process that was killed: the main file without the log's content, and the log.
    let crashed = scratch.directory + "/crashed"
    mkdir(crashed, 0o755)
    for suffix in ["", "-wal", "-shm"] { write(read(scratch.database + suffix), to: crashed + "/watcher.db" + suffix) }
    writer.close()
    #expect(try HistoryReader.open(crashed + "/watcher.db").history(amazon)?.count == 2)
    let next = try HistoryWriter.open(crashed + "/watcher.db")
    next.close()
    #expect(try HistoryReader.open(crashed + "/watcher.db").history(amazon)?.count == 2)
  }

  @Test func cannotWrite() throws {
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    let reader = try HistoryReader.open(scratch.database)
    #expect(throws: (any Error).self) {
      try reader.queue.writeWithoutTransaction { try $0.execute(sql: "DELETE FROM tag") }
    }
    let queryOnly = try reader.queue.read { try Int.fetchOne($0, sql: "PRAGMA query_only") }
    #expect(queryOnly == 1)
  }

  /// Runs `body` with the file permissions of user 65534 and group `group`. Only this thread is concerned.
  private func asNobody<T>(group: UInt32, _ body: () throws -> T) rethrows -> T {
    typealias SetID = @convention(c) (UInt32) -> Int32
    func call(_ name: String, _ id: UInt32) {
      guard let symbol = dlsym(nil, name) else {
        Issue.record("there is no \(name)")
        return
      }
      _ = unsafeBitCast(symbol, to: SetID.self)(id)
    }
    call("setfsgid", group)
    call("setfsuid", 65_534)
    defer {
      call("setfsuid", 0)
      call("setfsgid", 0)
    }
    return try body()
  }

  @Test(.enabled(if: geteuid() == 0, "only root can be another user"))
  func aMemberOfTheGroupCanQueryAndOthersCannot() throws {
    let group: UInt32 = 64_242
    chown(scratch.directory, 0, group)
    chmod(scratch.directory, 0o750)
    let writer = try HistoryWriter.open(scratch.database)
    try record(writer)
    func member() throws -> Int? {
      try asNobody(group: group) { try HistoryReader.open(scratch.database).history(amazon)?.count }
    }
    #expect(try member() == 2, "while the daemon runs")
    let log = read(scratch.database + "-wal")
    writer.close()
    #expect(try member() == 2, "after a clean stop")
    unlink(scratch.database + "-wal")
    unlink(scratch.database + "-shm")
    #expect(try member() == 2, "without the files, from the main file alone")
    let held = try DatabaseLock.acquire(for: scratch.database)
    #expect(code(member) == .permission, "never from the main file alone while somebody writes")
    held.release()
    write(log, to: scratch.database + "-wal")
    chmod(scratch.database + "-wal", 0o640)
    #expect(code(member) == .permission, "never from the main file alone beside a log")
    let stranger = #expect(throws: StoreError.self) {
      try asNobody(group: 65_534) { try HistoryReader.open(scratch.database) }
    }
    #expect(stranger?.code == .permission)
    #expect(stranger?.exitCode == .permission)
    #expect(code { try asNobody(group: 65_534) { try HistoryWriter.open(scratch.database) } } == .permission)
    #expect(code { try asNobody(group: group) { try HistoryWriter.open(scratch.database) } } == .permission)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func whatRootCreatesBelongsToTheOwnerOfTheDirectory() throws {
    chown(scratch.directory, 64_241, 64_242)
    try HistoryWriter.open(scratch.database).close()
    for suffix in ["", "-wal", "-shm", ".lock"] {
      var info = stat()
      stat(scratch.database + suffix, &info)
      #expect(info.st_uid == 64_241, "\(suffix)")
      #expect(info.st_gid == 64_242, "\(suffix)")
    }
  }

  @Test(arguments: ["/var/lib/a b/w?x#y%z.db", "/tmp/ü.db"]) func immutableURIsAreEscaped(_ path: String) {
    let uri = Connection.immutableURI(path)
    #expect(uri.hasPrefix("file:/"))
    #expect(uri.hasSuffix("?immutable=1"))
    #expect(uri.utf8.allSatisfy { $0 < 0x80 && $0 != 0x20 && $0 != 0x23 })
    #expect(uri.split(separator: "?").count == 2)
  }

  @Test func namesWithOddCharactersWork() throws {
    for name in ["a b?c=d#e%41.db", "file:x.db", "ü.db"] {
      let path = scratch.directory + "/" + name
      try HistoryWriter.open(path).close()
      #expect(exists(path))
      #expect(try HistoryReader.open(path).unknown([amazon]) == [amazon])
      unlink(path + "-wal")
      unlink(path + "-shm")
      #expect(
        try Connection.reader(Connection.immutableURI(path)).read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
          == Schema.version)
    }
  }
}
