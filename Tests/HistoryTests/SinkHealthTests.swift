import ImageModel
import TestSupport
import Testing

@testable import History

/// How a sink is doing, as its attempts have shown, and as whoever reads the database finds it.
@Suite struct SinkHealthTests {
  let scratch = Scratch()
  let writer: HistoryWriter

  init() throws {
    writer = try HistoryWriter.open(scratch.database)
    try writer.transactionSync { history in
      try history.registerSinks([Self.sink()])
      let tags = try history.registerTags(
        ["a", "b"].map {
          WatchedTag(
            tag: TagReference(domain: "docker.io", path: "library/x", tag: $0), selection: .all, intervalSeconds: 60)
        })
      for (index, tag) in tags.enumerated() {
        _ = try history.appendEvent(event("e\(index)", at: 0), tag: tag.id, snapshot: nil, sinks: ["ops"])
      }
    }
  }

  private static func sink(_ fingerprint: String = "1") -> SinkDefinition {
    SinkDefinition(name: "ops", type: "webhook", fingerprint: fingerprint)
  }

  private static let down = SinkFailure(.failed, "answered 500")

  /// An attempt at the event failed and comes again a minute later.
  @discardableResult
  private func fail(_ sequence: EventSequence, at seconds: Int64, _ outcome: FailedDelivery? = nil) throws -> SinkTurn?
  {
    try writer.transactionSync { history in
      try history.settleFailed(
        sink: "ops", sequence: sequence, attempts: 1, error: Self.down.message,
        outcome ?? .retry(at: time(seconds + 60)))
      var attempts = SinkAttempts()
      attempts.failure = Self.down
      return try history.noteAttempts(attempts, sink: "ops", fingerprint: "1", now: time(seconds))
    }
  }

  private func deliver(_ sequence: EventSequence, at seconds: Int64) throws -> SinkTurn? {
    try writer.transactionSync { history in
      try history.settleDelivered(sink: "ops", sequences: [sequence], at: time(seconds))
      var attempts = SinkAttempts()
      attempts.endsWell = true
      return try history.noteAttempts(attempts, sink: "ops", fingerprint: "1", now: time(seconds))
    }
  }

  private var unwell: [SinkState] { get throws { try writer.transactionSync { try $0.unwellSinks().map(\.state) } } }

  private func status(at seconds: Int64) throws -> SinkStatus {
    try #require(try HistoryReader.open(scratch.database).sinks(now: time(seconds)).first)
  }

  @Test func itFailsUntilWhatFailedHasArrived() throws {
    defer { writer.close() }
    #expect(try status(at: 0).state == .ok)
    #expect(try fail(1, at: 10) == .fails(Self.down))
    #expect(try fail(1, at: 70) == nil, "told once")
    var now = try status(at: 71)
    #expect(now.state == .failing && now.failingSince == time(10) && now.failure == Self.down)
    #expect(now.nextAttempt == time(130) && now.isUnwell)
    // Another tag's event arrives, and the first one still does not.
    #expect(try deliver(2, at: 80) == nil)
    now = try status(at: 80)
    #expect(now.state == .failing && now.failingSince == time(10) && now.waiting == 1)
    #expect(try status(at: 140).nextAttempt == time(130), "it is due")
    #expect(try deliver(1, at: 131) == .recovers(since: time(10)))
    now = try status(at: 132)
    #expect(now.state == .ok && now.failingSince == nil && now.failure == nil && now.nextAttempt == nil)
  }

  /// What was given up does not wait, and the sink has not shown since that it works.
  @Test func itFailsAfterItsLastDeliveryWasGivenUp() throws {
    defer { writer.close() }
    try fail(1, at: 10, .rests)
    let now = try status(at: 20)
    #expect(now.state == .failing && now.nextAttempt == nil && now.failed == 1)
    #expect(try deliver(2, at: 30) == .recovers(since: time(10)))
    #expect(try status(at: 31).state == .ok)
  }

  /// One failed and a later one arrived, in one commit.
  @Test func whatArrivesAfterAFailureSpeaksForTheSinkOnlyIfNothingIsLeft() throws {
    defer { writer.close() }
    var attempts = SinkAttempts()
    (attempts.failure, attempts.endsWell) = (Self.down, true)
    let turn = { [attempts] (history: HistoryTransaction) in
      try history.noteAttempts(attempts, sink: "ops", fingerprint: "1", now: time(10))
    }
    #expect(try writer.transactionSync(turn) == nil)
    #expect(try status(at: 10).state == .ok)
    let second = try writer.transactionSync { history in
      try history.settleFailed(sink: "ops", sequence: 1, attempts: 1, error: "500", .retry(at: time(70)))
      return try turn(history)
    }
    #expect(second == .fails(Self.down))
  }

  /// It is not what its receiver takes it for: nothing is wrong, and nothing goes out.
  @Test func itRestsWhereItsReceiverAsked() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      try history.restSink("ops", fingerprint: "1", until: time(3_600))
      var attempts = SinkAttempts()
      attempts.refusal = SinkFailure(.refused, "answered 429")
      #expect(try history.noteAttempts(attempts, sink: "ops", fingerprint: "1", now: time(10)) == nil)
    }
    let now = try status(at: 20)
    #expect(now.state == .ok && now.isResting && now.nextAttempt == time(3_600) && now.failingSince == nil)
    #expect(now.failure == SinkFailure(.refused, "answered 429") && !now.isUnwell)
    let over = try status(at: 3_600)
    #expect(!over.isResting && over.failure == nil)
  }

  @Test func aDisabledOneSaysWhy() throws {
    defer { writer.close() }
    let gone = SinkFailure(.gone, "answered 410")
    try writer.transactionSync { history in
      try history.disableSink("ops", fingerprint: "1")
      var attempts = SinkAttempts()
      attempts.failure = gone
      _ = try history.noteAttempts(attempts, sink: "ops", fingerprint: "1", now: time(10))
    }
    let now = try status(at: 20)
    #expect(now.state == .disabled && now.failure == gone && now.failingSince == time(10) && now.nextAttempt == nil)
    #expect(try unwell == [.disabled])
  }

  /// One of a database that did not keep yet since when.
  @Test func aDisabledOneIsUnwellSinceWheneverThatWas() throws {
    defer { writer.close() }
    try writer.transactionSync { try $0.disableSink("ops", fingerprint: "1") }
    #expect(try unwell == [.disabled])
  }

  /// It answered 429 after what had failed before.
  @Test func whatFailedIsTriedAgainAfterTheRest() throws {
    defer { writer.close() }
    try fail(1, at: 10)
    try writer.transactionSync { try $0.restSink("ops", fingerprint: "1", until: time(3_600)) }
    #expect(try status(at: 20).nextAttempt == time(3_600))
    #expect(try status(at: 3_600).nextAttempt == time(70), "it is due")
  }

  /// Another definition has shown nothing yet, but what waits has failed.
  @Test(arguments: [true, false]) func anotherDefinition(hasTrouble: Bool) throws {
    defer { writer.close() }
    try fail(1, at: 10, hasTrouble ? nil : .rests)
    try writer.transactionSync { try $0.registerSinks([Self.sink("1")]) }
    #expect(try status(at: 20).state == .failing, "the same")
    try writer.transactionSync { try $0.registerSinks([]) }
    #expect(try status(at: 20).state == .removed && status(at: 20).failure == nil)
    try writer.transactionSync { try $0.registerSinks([Self.sink("2")]) }
    #expect(try status(at: 20).state == (hasTrouble ? .failing : .ok))
  }

  /// A worker that still works by the old definition says nothing of the new one.
  @Test func anAnswerToTheFormerDefinition() throws {
    defer { writer.close() }
    try writer.transactionSync { try $0.registerSinks([Self.sink("2")]) }
    #expect(try fail(1, at: 10) == nil)
    #expect(try status(at: 20).state == .ok)
  }
}
