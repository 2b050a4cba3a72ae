import GRDB
import Glibc
import ImageModel
import TestSupport
import Testing

@testable import History

/// Who writes to a database, as others find it.
@Suite struct DaemonRecordTests {
  let scratch = Scratch()

  private func enter(pid: Int, in writer: HistoryWriter) async throws {
    try await writer.enter(DaemonRecord(pid: pid, version: "1.2.3", configuration: "/etc/x.json", since: time(5)))
  }

  @Test func itRunsWhileItHoldsTheLock() async throws {
    let writer = try HistoryWriter.open(scratch.database)
    let reader = try HistoryReader.open(scratch.database)
    #expect(try reader.daemon() == .absent, "a command that writes")
    try await enter(pid: Int(getpid()), in: writer)
    let daemon = DaemonRecord(pid: Int(getpid()), version: "1.2.3", configuration: "/etc/x.json", since: time(5))
    #expect(try reader.daemon() == .running(daemon))
    #expect(
      read(writer.path + ".lock") == Array("\(getpid()) daemon \(time(5).milliseconds)\n".utf8),
      "what docs/store.md says")
    try writer.transactionSync { try $0.recordRests(["r.example": time(60)]) }
    #expect(try reader.status().rests == ["r.example": time(60)])
    writer.close()
    #expect(try reader.daemon() == .absent)
    #expect(try reader.status().rests.isEmpty, "nobody rests where nobody asks")
  }

  /// Whoever may make files there must not hold everybody up, nor one damaged value all of `status`.
  @Test(.timeLimit(.minutes(1))) func neitherAPipeNorADamagedValueHoldsReadersUp() async throws {
    let writer = try HistoryWriter.open(scratch.database)
    try await enter(pid: Int(getpid()), in: writer)
    try writer.transactionSync { store in
      try store.recordRests(["r.example": time(60)])
      try store.db.execute(sql: "UPDATE meta SET value = '{' WHERE key = 'registry_rests'")
    }
    let reader = try HistoryReader.open(scratch.database)
    #expect(try reader.status().rests.isEmpty)
    writer.close()
    #expect(unlink(writer.path + ".lock") == 0 && mkfifo(writer.path + ".lock", 0o600) == 0)
    #expect(try reader.daemon() == .absent)
  }

  /// One that was killed is not taken for the command that writes now.
  @Test func anotherProcessIsNotIt() async throws {
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    try await enter(pid: Int(getpid()) + 1, in: writer)
    #expect(try HistoryReader.open(scratch.database).daemon() == .unknown(isHeld: true))
  }

  /// In a container every process has the number 1.
  @Test func aCommandWithItsNumberIsNotIt() async throws {
    let killed = try HistoryWriter.open(scratch.database)
    try await enter(pid: Int(getpid()), in: killed)
    killed.close()
    let command = try HistoryWriter.open(scratch.database)
    defer { command.close() }
    let reader = try HistoryReader.open(scratch.database)
    #expect(try reader.daemon() == .absent)
    // Nor is one that started at another time, or does not say who it is.
    for text in ["\(getpid()) daemon \(time(6).milliseconds)\n", ""] {
      write(Array(text.utf8), to: command.path + ".lock")
      #expect(try reader.daemon() == .unknown(isHeld: true))
    }
  }

  /// The daemon cannot sign a file that is somebody else's as well, and what stands in it is of another time.
  @Test func aLockThatIsNotItsOwnSaysNothing() async throws {
    let killed = try HistoryWriter.open(scratch.database)
    try await enter(pid: Int(getpid()), in: killed)
    killed.close()
    #expect(link(scratch.database + ".lock", scratch.directory + "/other") == 0)
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    #expect(try HistoryReader.open(scratch.database).daemon() == .unknown(isHeld: true))
    do { try DatabaseLock.refuseHeld(scratch.database) } catch {
      #expect(error.message.hasPrefix("another process holds"))
    }
    try await enter(pid: Int(getpid()), in: writer)
    #expect(try HistoryReader.open(scratch.database).daemon() == .unknown(isHeld: true))
  }

  @Test func whoHoldsItIsNamed() throws {
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    #expect(throws: StoreError.self) { try HistoryWriter.open(scratch.database) }
    do {
      try DatabaseLock.refuseHeld(scratch.database)
      Issue.record("it is held")
    } catch {
      #expect(error.message.hasPrefix("process \(getpid()) holds the database (\(writer.path).lock): stop it first"))
    }
    // A lock of an older version says nothing.
    write([], to: writer.path + ".lock")
    do { try DatabaseLock.refuseHeld(scratch.database) } catch {
      #expect(error.message.hasPrefix("another process holds"))
    }
  }
}
