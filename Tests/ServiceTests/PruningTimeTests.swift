import Config
import GRDB
import History
import Host
import ImageModel
import TestSupport
import Testing

@testable import Service

/// From when on `retention` counts.
@Suite struct PruningTimeTests {
  private static let day: Int64 = 86_400_000

  private let directory: TemporaryDirectory
  private let writer: HistoryWriter
  private let now = Timestamp.now()

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
  }

  private func days(_ count: Int64) -> Timestamp { Timestamp(milliseconds: now.milliseconds + count * Self.day) }

  /// A delivery that was made now; kept for 30 days.
  private func deliver() async throws {
    let now = now
    try await writer.transaction { store in
      try store.registerSinks([SinkDefinition(name: "out", type: "stdout", fingerprint: "")])
      let reference = TagReference(domain: "r.example", path: "app", tag: "latest")
      let tag = try store.registerTags([WatchedTag(tag: reference, selection: .all, intervalSeconds: 60)])[0]
      let event = ChangeEvent(id: "e", type: .tagFirstSeen, tag: reference, time: now, notAfter: now)
      let recorded = try store.appendEvent(event, tag: tag.id, snapshot: nil, sinks: ["out"])
      try store.settleDelivered(sink: "out", sequences: [recorded.sequence], at: now)
    }
  }

  private func prune(clock: Timestamp) async throws -> Int {
    try await Pruning.run(RetentionSettings(), writer, clock: clock).deliveries
  }

  @Test func itIsTheNewestThatARegistryHasConfirmed() async throws {
    defer { writer.close() }
    try await deliver()
    #expect(try await prune(clock: days(3_000)) == 0, "nobody has confirmed anything")
    for confirmed in [days(29), days(-5)] { try await writer.transaction { try $0.recordAgreedTime(confirmed) } }
    #expect(try await writer.transaction { try $0.agreedTime() } == days(29), "an older one changes nothing")
    #expect(try await prune(clock: days(3_000)) == 0, "a clock that is ahead forgets nothing")
    try await writer.transaction { [late = days(31)] in try $0.recordAgreedTime(late) }
    #expect(try await prune(clock: days(2)) == 0, "nor does a clock that was right then and is behind now")
    #expect(try await prune(clock: days(31)) == 1)
  }

  @Test func whatIsLeftOfAForgottenTagHoldsNothingUp() async throws {
    defer { writer.close() }
    try await deliver()
    try await writer.transaction { [late = days(31)] store in
      try store.recordAgreedTime(late)
      _ = try store.ensureTag(TagReference(domain: "r.example", path: "app", tag: "gone"), selection: .all)
    }
    let database = try DatabaseQueue(path: directory.path + "/watcher.db")
    try await database.write { db in
      try db.execute(sql: "CREATE TRIGGER stuck BEFORE DELETE ON tag BEGIN SELECT raise(ABORT, 'stuck'); END")
    }
    await #expect(throws: StoreError.self) { try await prune(clock: days(31)) }
    #expect(try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM delivery") } == 0)
  }
}
