import GRDB
import ImageModel
import TestSupport
import Testing

@testable import History

@Suite struct TransactionTests {
  let scratch = Scratch()
  let writer: HistoryWriter

  init() throws { writer = try HistoryWriter.open(scratch.database) }

  private struct Interrupted: Error {}

  private func count(_ table: String) throws -> Int? {
    try writer.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") }
  }

  @Test func nothingRemainsOfATransactionThatThrows() throws {
    defer { writer.close() }
    #expect(throws: Interrupted.self) {
      try writer.transactionSync { history in
        try history.registerSinks([SinkDefinition(name: "ops", type: "webhook", fingerprint: "1")])
        let tag = try history.amazonTag()
        try history.insertDocuments([Document(digest: digest(9), mediaType: .ociIndex, bytes: [1])])
        try history.record(snapshot(1, [image(amd64, 2)]), tag: tag.id, at: 0, sinks: ["ops"])
        throw Interrupted()
      }
    }
    for table in ["tag", "snapshot", "snapshot_platform", "document", "event", "delivery", "sink"] {
      #expect(try count(table) == 0, "\(table)")
    }
    // The writer goes on as if nothing had been.
    let sequence = try writer.transactionSync { history in
      let tag = try history.amazonTag()
      return try history.appendEvent(event("a", at: 0), tag: tag.id, snapshot: nil, sinks: []).sequence
    }
    #expect(sequence == 1)
  }

  @Test func anErrorOfTheDatabaseComesOutAsStoreErrorAndRollsBack() async throws {
    defer { writer.close() }
    await #expect(throws: StoreError.self) {
      try await writer.transaction { history in
        let tag = try history.amazonTag()
        _ = try history.appendEvent(event("a", at: 0), tag: tag.id, snapshot: nil, sinks: ["nobody registered this"])
      }
    }
    #expect(try count("tag") == 0)
  }

  @Test func aCancelledTaskStillRecords() async throws {
    defer { writer.close() }
    let writer = writer
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await writer.transaction { try $0.amazonTag().id }
    }
    let id = try await task.value
    #expect(try count("tag") == 1)
    #expect(id == 1)
  }

  @Test func sequencesRiseAndAreNeverGivenAgain() throws {
    defer { writer.close() }
    func append(_ id: String) throws -> EventSequence {
      try writer.transactionSync { history in
        let tag = try history.amazonTag()
        return try history.appendEvent(event(id, at: 0), tag: tag.id, snapshot: nil, sinks: []).sequence
      }
    }
    #expect(try append("a") == 1)
    #expect(try append("b") == 2)
    try writer.queue.write { try $0.execute(sql: "DELETE FROM event") }
    #expect(try append("c") == 3)
  }

  @Test func anEventRecordedTwiceKeepsItsBytesAndSequence() throws {
    defer { writer.close() }
    let outcome = try writer.transactionSync { history in
      try history.registerSinks([SinkDefinition(name: "ops", type: "webhook", fingerprint: "1")])
      let tag = try history.amazonTag()
      let first = try history.appendEvent(event("a", at: 0), tag: tag.id, snapshot: nil, sinks: ["ops"])
      var other = event("a", at: 5)
      other.labels = ["team": "web"]
      let second = try history.appendEvent(other, tag: tag.id, snapshot: nil, sinks: ["ops"])
      return (first, second, try history.waiting(sink: "ops", now: time(100), within: .seconds(86_400), limit: 10))
    }
    #expect(outcome.0.sequence == outcome.1.sequence)
    #expect(outcome.0.body == outcome.1.body)
    #expect(outcome.2.count == 1)
  }

  @Test func theFrozenBytesAreTheEventsDocument() throws {
    defer { writer.close() }
    let (body, stored) = try writer.transactionSync { history in
      try history.registerSinks([SinkDefinition(name: "ops", type: "webhook", fingerprint: "1")])
      let tag = try history.amazonTag()
      let body = try history.appendEvent(event("a", at: 0), tag: tag.id, snapshot: nil, sinks: ["ops"]).body
      return (body, try history.waiting(sink: "ops", now: time(0), within: .seconds(86_400), limit: 1)[0].body)
    }
    #expect(body == event("a", at: 0).document(source: writer.instance, sequence: 1))
    #expect(stored == body)
  }

  @Test func documentsKeepTheirBytes() async throws {
    defer { writer.close() }
    let bytes: [UInt8] = [0, 0xff, 0x0a] + Array(repeating: 7, count: 100_000)
    try await writer.transaction { history in
      try history.insertDocuments([Document(digest: digest(1), mediaType: .ociManifest, bytes: bytes)])
      try history.insertDocuments([Document(digest: digest(1), mediaType: .ociIndex, bytes: [])])
    }
    let stored = try await writer.document(digest(1))
    #expect(stored == Document(digest: digest(1), mediaType: .ociManifest, bytes: bytes))
    #expect(try await writer.document(digest(2)) == nil)
  }

  @Test func theLogIsFoldedAtTheEnd() async throws {
    try await writer.transaction { _ = try $0.amazonTag() }
    #expect(writer.logBytes > 0)
    writer.close()
    #expect(writer.logBytes == 0)
  }
}
