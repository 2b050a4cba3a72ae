import Glibc
import ImageModel
import TestSupport
import Testing

@testable import History

/// Who writes to a database, as others find it.
@Suite struct DaemonRecordTests {
  let scratch = Scratch()

  private func enter(pid: Int, in writer: HistoryWriter) throws {
    try writer.transactionSync {
      try $0.recordDaemon(DaemonRecord(pid: pid, version: "1.2.3", configuration: "/etc/x.json", since: time(5)))
    }
  }

  @Test func itRunsWhileItHoldsTheLock() throws {
    let writer = try HistoryWriter.open(scratch.database)
    let reader = try HistoryReader.open(scratch.database)
    #expect(try reader.daemon() == nil, "a command that writes")
    try enter(pid: Int(getpid()), in: writer)
    let daemon = try #require(try reader.daemon())
    #expect(daemon.pid == Int(getpid()) && daemon.version == "1.2.3" && daemon.since == time(5))
    #expect(daemon.configuration == "/etc/x.json")
    try writer.transactionSync { try $0.recordRests(["r.example": time(60)]) }
    #expect(try reader.status().rests == ["r.example": time(60)])
    writer.close()
    #expect(try reader.daemon() == nil)
    #expect(try reader.status().rests.isEmpty, "nobody rests where nobody asks")
  }

  /// One that was killed is not taken for the command that writes now.
  @Test func anotherProcessIsNotIt() throws {
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    try enter(pid: Int(getpid()) + 1, in: writer)
    #expect(try HistoryReader.open(scratch.database).daemon() == nil)
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
