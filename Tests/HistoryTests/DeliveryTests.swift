import ImageModel
import TestSupport
import Testing

@testable import History

@Suite struct DeliveryTests {
  let scratch = Scratch()
  let writer: HistoryWriter

  private struct Undone: Error {}

  /// Events 1 and 3 of one tag, 2 and 4 of another, for both sinks. Of those to `ops` 1 has failed, 2 has arrived,
  /// 3 was put off, 4 was never tried; all to `journal` wait.
  init() throws {
    writer = try HistoryWriter.open(scratch.database, clock: EventTests.secondsFrom(100))
    try writer.transactionSync { history in
      try history.registerSinks(
        ["ops", "journal"].map { SinkDefinition(name: $0, type: "webhook", fingerprint: "1") })
      let tags = [
        try history.amazonTag().id,
        try history.ensureTag(TagReference(domain: "ghcr.io", path: "o/i", tag: "1"), selection: .all).id,
      ]
      for index in 0..<4 {
        _ = try history.appendEvent(
          event("e\(index + 1)", at: Int64(index)), tag: tags[index % 2], snapshot: nil, sinks: ["ops", "journal"])
      }
      try history.settleFailed(sink: "ops", sequence: 1, attempts: 10, error: "503", .rests)
      try history.settleDelivered(sink: "ops", sequences: [2], at: time(9))
      try history.settleFailed(sink: "ops", sequence: 3, attempts: 2, error: "timeout", .retry(at: time(900)))
    }
  }

  private func query(
    _ states: Set<DeliveryState> = [.waiting, .failed], _ change: (inout DeliveryQuery) -> Void = { _ in }
  ) -> DeliveryQuery {
    var query = DeliveryQuery(states: states)
    change(&query)
    return query
  }

  private func listed(_ query: DeliveryQuery) throws -> [String] {
    try HistoryReader.open(scratch.database).deliveries(query).map {
      "\($0.sink) \($0.sequence) \($0.state.rawValue) \($0.attempts)"
    }
  }

  private func due(_ history: HistoryTransaction, now: Int64 = 100) throws -> [EventSequence] {
    try history.waiting(sink: "ops", now: time(now), within: .seconds(86_400), limit: 10).map(\.sequence)
  }

  // MARK: Queries

  @Test func listsInTheOrderOfRecordingThenOfTheConfiguration() throws {
    defer { writer.close() }
    #expect(
      try listed(query()) == [
        "ops 1 failed 10", "journal 1 waiting 0", "journal 2 waiting 0", "ops 3 waiting 2", "journal 3 waiting 0",
        "ops 4 waiting 0", "journal 4 waiting 0",
      ])
    #expect(try listed(query([.delivered])) == ["ops 2 delivered 1"])
    #expect(try listed(query([.failed])) == ["ops 1 failed 10"])
    #expect(try listed(query { $0.sinks = ["ops"] }).count == 3)
    #expect(try listed(query { $0.since = time(103) }) == ["ops 4 waiting 0", "journal 4 waiting 0"])
    #expect(
      try listed(
        query {
          $0.events = [.id("e3"), .sequence(4)]
          $0.sinks = ["journal"]
        }) == ["journal 3 waiting 0", "journal 4 waiting 0"])
    #expect(try listed(query { $0.events = [.sequence(77)] }) == [])
    #expect(
      try HistoryReader.open(scratch.database).unrecorded([.id("e1"), .id("no"), .sequence(4), .sequence(5)]) == [
        .id("no"), .sequence(5),
      ])
  }

  @Test func whatArrivedBeforeTheFirstThatWaitsIsPassedOver() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      for sink in ["ops", "journal"] { try history.settleDelivered(sink: sink, sequences: [1, 2, 3], at: time(9)) }
    }
    #expect(try listed(query()) == ["ops 4 waiting 0", "journal 4 waiting 0"])
    #expect(try listed(query([.failed])) == [])
    #expect(try listed(query(Set(DeliveryState.allCases))).count == 8)
    try writer.transactionSync { history in
      for sink in ["ops", "journal"] { try history.settleDelivered(sink: sink, sequences: [4], at: time(9)) }
    }
    #expect(try listed(query()) == [])
  }

  @Test func aDeliveryIsShownWhole() throws {
    defer { writer.close() }
    let ops = try HistoryReader.open(scratch.database).deliveries(
      query(Set(DeliveryState.allCases)) { $0.sinks = ["ops"] })
    #expect(
      ops[2]
        == StoredDelivery(
          sink: "ops", sinkState: .ok, sequence: 3, eventID: "e3", type: .imageChanged, tag: amazon, state: .waiting,
          attempts: 2, nextAttempt: time(900), delivered: nil, lastError: "timeout"))
    #expect(ops.map(\.nextAttempt) == [nil, nil, time(900), nil], "only what is put off has a time")
    #expect(ops.map(\.delivered) == [nil, time(9), nil, nil])
    #expect(ops.map(\.lastError) == ["503", nil, "timeout", nil])
  }

  @Test func sinksAreThoseOfTheStatus() throws {
    defer { writer.close() }
    let reader = try HistoryReader.open(scratch.database)
    #expect(try reader.sinks() == reader.status().sinks)
    #expect(try reader.sinkNames() == reader.sinks().map(\.name))
    #expect(try reader.sinks().map(\.failed) == [1, 0])
  }

  // MARK: Retry

  @Test func retryMakesThemDueAtOnceAndKeepsTheOrderOfATag() throws {
    defer { writer.close() }
    try writer.transactionSync { history throws in
      #expect(try due(history) == [4], "event 3 is put off")
      #expect(
        try history.retryDeliveries(query { $0.sinks = ["ops"] }, now: time(100)).count == 2,
        "what was never tried is due anyhow")
      #expect(try due(history) == [1, 3, 4], "the oldest of a tag first")
      #expect(try history.waiting(sink: "ops", now: time(0), within: .seconds(86_400), limit: 1)[0].attempts == 0)
      #expect(try history.retryDeliveries(query { $0.sinks = ["ops"] }, now: time(100)).count == 0)
    }
    #expect(try listed(query([.failed])) == [])
    #expect(try listed(query([.delivered])) == ["ops 2 delivered 1"], "what arrived stays")
  }

  /// Event 3 is under way, and event 1 of the same tag, which had failed before, is put back.
  @Test func aRetriedOneWaitsForWhatIsUnderWayOfItsTag() throws {
    defer { writer.close() }
    try writer.transactionSync { history throws in
      func due(_ excluding: [EventSequence]) throws -> [EventSequence] {
        try history.waiting(
          sink: "ops", now: time(900), within: .seconds(86_400), limit: 10, firstOfTag: true, excluding: excluding
        ).map(\.sequence)
      }
      func next(_ excluding: [EventSequence]) throws -> Duration? {
        try history.nextDue(sink: "ops", now: time(900), within: .seconds(86_400), excluding: excluding)
      }
      #expect(try due([]) == [3, 4])
      _ = try history.retryDeliveries(query { $0.events = [.sequence(1)] }, now: time(900))
      #expect(try due([3]) == [4] && next([3]) == .zero)
      #expect(try due([3, 4]) == [] && next([3, 4]) == nil)
      try history.settleDelivered(sink: "ops", sequences: [3], at: time(901))
      #expect(try due([4]) == [1])
    }
  }

  @Test func aRetriedOneThatFailsAgainHoldsItsTagBack() throws {
    defer { writer.close() }
    try writer.transactionSync { history throws in
      #expect(try history.retryDeliveries(query { $0.events = [.id("e1"), .sequence(3)] }, now: time(100)).count == 2)
      try history.settleFailed(sink: "ops", sequence: 1, attempts: 1, error: "503", .retry(at: time(200)))
      #expect(try due(history) == [4], "event 3 does not overtake")
      #expect(try due(history, now: 200) == [1, 3, 4])
    }
  }

  @Test func retryOfFailedOnesLeavesThoseThatWait() throws {
    defer { writer.close() }
    try writer.transactionSync { history throws in
      #expect(try history.retryDeliveries(query([.failed]), now: time(100)).count == 1)
      #expect(try due(history) == [1, 4])
    }
    #expect(try listed(query { $0.events = [.sequence(3)] }) == ["ops 3 waiting 2", "journal 3 waiting 0"])
  }

  @Test func onlyADisabledSinkThatIsNamedIsEnabled() throws {
    defer { writer.close() }
    try writer.transactionSync { history throws in
      for name in ["ops", "journal"] { try history.setSink(name, .disabled) }
      #expect(try history.enableSinks([]) == [])
      #expect(try history.enableSinks(["ops"]) == ["ops"])
      #expect(try history.enableSinks(["ops"]) == [])
      #expect(try history.sinks().map(\.state) == [.ok, .disabled])
      try history.registerSinks([])
      #expect(try history.enableSinks(["ops"]) == [], "a removed sink stays removed")
    }
  }

  // MARK: Drop

  @Test func dropForgetsDeliveriesAndNothingElse() throws {
    defer { writer.close() }
    try writer.transactionSync { history throws in
      #expect(try history.dropDeliveries(query(Set(DeliveryState.allCases)) { $0.sinks = ["ops"] }) == 3)
      #expect(try due(history) == [])
    }
    #expect(try listed(query()).allSatisfy { $0.hasPrefix("journal ") })
    #expect(try listed(query([.delivered])) == ["ops 2 delivered 1"])
    #expect(try HistoryReader.open(scratch.database).events(EventQuery(), limit: 10).events.count == 4)
  }

  @Test func dropCanBeNarrowed() throws {
    defer { writer.close() }
    try writer.transactionSync { history throws in
      #expect(try history.dropDeliveries(query { $0.events = [.id("e1")] }) == 2)
      #expect(try history.dropDeliveries(query([.failed])) == 0)
      #expect(try history.dropDeliveries(query { $0.since = time(103) }) == 2)
    }
    #expect(try listed(query()) == ["journal 2 waiting 0", "ops 3 waiting 2", "journal 3 waiting 0"])
  }

  @Test func aTransactionThatFailsChangesNothing() throws {
    defer { writer.close() }
    let before = try listed(query(Set(DeliveryState.allCases)))
    #expect(throws: Undone.self) {
      try writer.transactionSync { history throws in
        #expect(try history.retryDeliveries(query(), now: time(100)).count == 2)
        #expect(try history.dropDeliveries(query()) == 7)
        throw Undone()
      }
    }
    #expect(try listed(query(Set(DeliveryState.allCases))) == before)
  }
}
