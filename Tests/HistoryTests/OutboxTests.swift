import ImageModel
import TestSupport
import Testing

@testable import History

@Suite struct OutboxTests {
  let scratch = Scratch()
  let writer: HistoryWriter

  init() throws { writer = try HistoryWriter.open(scratch.database) }

  private static let sinks = [
    SinkDefinition(name: "ops", type: "webhook", fingerprint: "1"),
    SinkDefinition(name: "journal", type: "stdout", fingerprint: "1"),
  ]

  private static let day = Duration.seconds(86_400)

  /// Two tags with events 1, 3 (first tag) and 2 (second), for both sinks.
  private func prepare(_ history: HistoryTransaction) throws {
    try history.registerSinks(Self.sinks)
    let tags = try history.registerTags(
      ["a", "b"].map {
        WatchedTag(
          tag: TagReference(domain: "docker.io", path: "library/x", tag: $0), selection: .all, intervalSeconds: 60)
      })
    for (index, tag) in [tags[0], tags[1], tags[0]].enumerated() {
      _ = try history.appendEvent(
        event("e\(index + 1)", at: Int64(index)), tag: tag.id, snapshot: nil, sinks: ["ops", "journal"])
    }
  }

  private func sequences(
    _ history: HistoryTransaction, _ sink: String = "ops", now: Int64 = 10, limit: Int = 10
  ) throws -> [EventSequence] {
    try history.waiting(sink: sink, now: time(now), within: Self.day, limit: limit).map(\.sequence)
  }

  private func nextDue(_ history: HistoryTransaction, _ sink: String = "ops", now: Int64 = 10) throws -> Duration? {
    try history.nextDue(sink: sink, now: time(now), within: Self.day)
  }

  @Test func whatWaitsComesInTheOrderOfRecording() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      try prepare(history)
      #expect(try sequences(history) == [1, 2, 3])
      #expect(try sequences(history, limit: 2) == [1, 2])
      #expect(try sequences(history, now: -1_000) == [1, 2, 3], "at once, also when the clock went back")
      #expect(try sequences(history, "nobody") == [])
      let row = try history.waiting(sink: "ops", now: time(10), within: Self.day, limit: 2)[1]
      #expect(row.eventID == "e2")
      #expect(row.type == .imageChanged)
      #expect(row.time == time(1))
      #expect(row.attempts == 0)
      #expect(row.nextAttempt == Timestamp(milliseconds: 0))
    }
  }

  @Test func whatWaitsIsCountedForAllSinksUpToALimit() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      #expect(try history.waitingDeliveries(limit: 10) == 0)
      try prepare(history)
      try history.settleDelivered(sink: "ops", sequences: [2], at: time(5))
      try history.settleFailed(sink: "ops", sequence: 3, attempts: 1, error: "no", .rests)
      #expect(try history.waitingDeliveries(limit: 10) == 4)
      #expect(try history.waitingDeliveries(limit: 3) == 3)
    }
  }

  @Test func aSinkDoesNotWaitForAnother() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      try prepare(history)
      try history.settleDelivered(sink: "ops", sequences: [1, 2, 3], at: time(5))
      #expect(try sequences(history) == [])
      #expect(try sequences(history, "journal") == [1, 2, 3])
      #expect(try nextDue(history) == nil)
      #expect(try nextDue(history, "journal") == .zero)
    }
  }

  @Test func aFailedAttemptHoldsBackLaterOnesOfItsTagOnly() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      try prepare(history)
      try history.settleFailed(sink: "ops", sequence: 1, attempts: 1, error: "503", .retry(at: time(60)))
      #expect(try sequences(history) == [2])
      try history.settleDelivered(sink: "ops", sequences: [2, 3], at: time(5))
      #expect(try nextDue(history, now: 10) == .milliseconds(50_000))
      #expect(try sequences(history, now: 60) == [1])
      #expect(try history.waiting(sink: "ops", now: time(60), within: Self.day, limit: 1)[0].attempts == 1)
    }
  }

  /// For whoever has some of it under way already.
  @Test func theFirstOfEachTagBesidesSome() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      try prepare(history)
      func first(excluding: [EventSequence] = [], now: Int64 = 10, limit: Int = 10) throws -> [EventSequence] {
        try history.waiting(
          sink: "ops", now: time(now), within: Self.day, limit: limit, firstOfTag: true, excluding: excluding
        ).map(\.sequence)
      }
      func nextDue(excluding: [EventSequence], now: Int64 = 10) throws -> Duration? {
        try history.nextDue(sink: "ops", now: time(now), within: Self.day, excluding: excluding)
      }
      #expect(try first() == [1, 2])
      #expect(try first(excluding: [1]) == [2], "3 is of the tag of 1")
      #expect(try first(excluding: [1], limit: 1) == [2])
      #expect(try first(excluding: [1, 2]) == [])
      #expect(try nextDue(excluding: [1]) == .zero)
      #expect(try nextDue(excluding: [1, 2]) == nil)
      try history.settleFailed(sink: "ops", sequence: 2, attempts: 1, error: "503", .retry(at: time(60)))
      #expect(try first(excluding: [1]) == [])
      #expect(try nextDue(excluding: [1]) == .milliseconds(50_000))
      #expect(try first(excluding: [1], now: 60) == [2])
      try history.settleFailed(sink: "ops", sequence: 1, attempts: 1, error: "503", .retry(at: time(40)))
      #expect(try first(now: 39) == [] && first(now: 40) == [1])
      try history.settleDelivered(sink: "ops", sequences: [1], at: time(40))
      #expect(try first() == [3])
      #expect(try nextDue(excluding: [3]) == .milliseconds(50_000))
    }
  }

  @Test func aDeliveryThatRestsHoldsNothingBack() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      try prepare(history)
      try history.settleFailed(sink: "ops", sequence: 1, attempts: 9, error: "503", .retry(at: time(60)))
      #expect(try sequences(history, now: 59) == [2])
      #expect(try sequences(history, now: 60) == [1, 2, 3])
      try history.settleFailed(sink: "ops", sequence: 1, attempts: 10, error: "503", .rests)
      #expect(try sequences(history, now: 59) == [2, 3])
    }
  }

  @Test func theNextOneDueIsTheFirstOfItsTag() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      try prepare(history)
      try history.settleFailed(sink: "ops", sequence: 1, attempts: 1, error: "503", .retry(at: time(60)))
      #expect(try nextDue(history) == .zero, "event 2 of the other tag")
      try history.settleFailed(sink: "ops", sequence: 2, attempts: 1, error: "503", .retry(at: time(40)))
      #expect(try nextDue(history) == .milliseconds(30_000), "event 3 was never tried and waits behind event 1")
      try history.settleFailed(sink: "ops", sequence: 1, attempts: 2, error: "503", .rests)
      #expect(try nextDue(history) == .zero)
    }
  }

  @Test func whatIsPutOffForLongerThanAnybodyWouldIsDue() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      try prepare(history)
      try history.settleDelivered(sink: "ops", sequences: [2], at: time(5))
      try history.settleFailed(sink: "ops", sequence: 1, attempts: 1, error: "503", .retry(at: time(100_000)))
      #expect(try sequences(history, now: 13_600) == [], "a day away")
      #expect(try nextDue(history, now: 13_600) == .milliseconds(86_400_000))
      #expect(try sequences(history, now: 13_599) == [1, 3], "the clock has been set back since")
      #expect(try nextDue(history, now: 13_599) == .zero)
    }
  }

  @Test func aDisabledSinkIsSentNothing() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      try prepare(history)
      try history.setSink("ops", .disabled)
      #expect(try sequences(history) == [])
      #expect(try nextDue(history) == nil)
      #expect(try sequences(history, "journal") == [1, 2, 3])
      try history.setSink("ops", .ok)
      #expect(try sequences(history) == [1, 2, 3])
    }
  }

  @Test func aDeliveredEventStaysDelivered() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      try prepare(history)
      try history.settleDelivered(sink: "ops", sequences: [1], at: time(5))
      try history.settleFailed(sink: "ops", sequence: 1, attempts: 2, error: "late", .retry(at: time(6)))
      #expect(try sequences(history) == [2, 3])
    }
  }

  @Test func deliveredOnesArePrunedInBatches() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      try prepare(history)
      try history.settleDelivered(sink: "ops", sequences: [1, 2], at: time(5))
      try history.settleDelivered(sink: "ops", sequences: [3], at: time(50))
      #expect(try history.pruneDelivered(before: time(5)) == 0)
      #expect(try history.pruneDelivered(before: time(6), limit: 1) == 1)
      #expect(try history.pruneDelivered(before: time(6), limit: 10) == 1)
      #expect(try history.pruneDelivered(before: time(100)) == 1)
      #expect(try sequences(history, "journal") == [1, 2, 3], "what waits is never pruned")
    }
  }

  @Test func sinksFollowTheConfiguration() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      func states() throws -> [String] { try history.sinks().map { "\($0.definition.name) \($0.state.rawValue)" } }
      try history.registerSinks(Self.sinks)
      #expect(try states() == ["ops ok", "journal ok"])
      try history.setSink("ops", .disabled)
      try history.registerSinks(Self.sinks.reversed())
      #expect(try states() == ["journal ok", "ops disabled"], "disabled over restarts")
      try history.registerSinks([SinkDefinition(name: "ops", type: "webhook", fingerprint: "2")])
      #expect(try states().sorted() == ["journal removed", "ops ok"], "until its definition changes")
      try history.setSink("ops", .disabled)
      try history.setSink("ops", .ok)
      #expect(try states().contains("ops ok"))
      try history.registerSinks([])
      #expect(try states().sorted() == ["journal removed", "ops removed"])
      try history.registerSinks(Self.sinks)
      #expect(try states() == ["ops ok", "journal ok"])
    }
  }

  /// Earlier versions wrote the same definition down in another way.
  @Test func anEarlierFingerprintStandsForTheSameSink() throws {
    defer { writer.close() }
    func sink(_ fingerprint: String, former: String? = nil) -> SinkDefinition {
      SinkDefinition(name: "ops", type: "webhook", fingerprint: fingerprint, formerFingerprint: former)
    }
    try writer.transactionSync { history in
      func state() throws -> SinkState? { try history.sinks().first { $0.definition.name == "ops" }?.state }
      try history.registerSinks([sink("old")])
      try history.disableSink("ops", fingerprint: "old")
      try history.registerSinks([sink("new", former: "old")])
      #expect(try state() == .disabled)
      #expect(try history.sinks().first?.definition.fingerprint == "new")
      try history.registerSinks([sink("old")])
      try history.disableSink("ops", fingerprint: "old")
      try history.registerSinks([])
      try history.registerSinks([sink("new", former: "old")])
      #expect(try state() == .disabled, "also after it was taken out")
      try history.registerSinks([sink("changed", former: "as it was never")])
      #expect(try state() == .ok)
    }
  }

  @Test func aDisabledSinkThatIsPutBackAsItWasIsStillDisabled() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      func state() throws -> SinkState? { try history.sinks().first { $0.definition.name == "ops" }?.state }
      try history.registerSinks(Self.sinks)
      try history.setSink("ops", .disabled)
      for _ in 0..<3 { try history.registerSinks([]) }
      #expect(try state() == .removed)
      try history.registerSinks(Self.sinks)
      #expect(try state() == .disabled)
      try history.registerSinks([])
      try history.registerSinks([SinkDefinition(name: "ops", type: "webhook", fingerprint: "other")])
      #expect(try state() == .ok)
    }
  }
}
