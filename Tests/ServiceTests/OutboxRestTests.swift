import Config
import Control
import Delivery
import Foundation
import History
import ImageModel
import Polling
import Synchronization
import TestSupport
import Testing

@testable import Service

/// The time for which a sink's receiver wants nothing, as the database keeps it.
@Suite(.timeLimit(.minutes(1))) struct OutboxRestTests {
  private static let start: Int64 = 1_790_812_800_000
  private let directory: TemporaryDirectory
  private let writer: HistoryWriter
  private let clocks = Clocks()

  private final class Clocks: Sendable {
    let time = Mutex(Moment(boot: 0, wall: Timestamp(milliseconds: start)))
    var now: Moment { time.withLock { $0 } }
  }

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
    try writer.transactionSync { store in
      try store.registerSinks(Self.sinks("1"))
      for name in ["a", "b"] {
        let tag = TagReference(domain: "r.example", path: "app", tag: name)
        let now = Timestamp(milliseconds: Self.start)
        _ = try store.appendEvent(
          ChangeEvent(id: name, type: .imageChanged, tag: tag, time: now, notAfter: now),
          tag: try store.ensureTag(tag, selection: .all).id, snapshot: nil, sinks: ["hook"])
      }
    }
  }

  private static func sinks(_ fingerprint: String) -> [SinkDefinition] {
    ["hook", "other"].map { SinkDefinition(name: $0, type: "webhook", fingerprint: fingerprint) }
  }

  private func outbox(_ fingerprint: String = "1", steps: ClockStepMonitor? = nil) -> OutboxAdapter {
    OutboxAdapter(
      writer: writer, grouped: [], fingerprints: ["hook": fingerprint, "other": fingerprint],
      clock: { [clocks] in clocks.now }, steps: steps
    ) { Issue.record("\($0)") }
  }

  private func pass(_ milliseconds: Int64, step: Int64 = 0) {
    clocks.time.withLock { now in
      now = Moment(
        boot: now.boot + milliseconds, wall: now.wall.advanced(byMilliseconds: milliseconds + step))
    }
  }

  /// The first item is refused.
  private func refuse(_ outbox: OutboxAdapter, for asked: Duration, rest: Duration?) async throws {
    let items = try await outbox.waiting(sink: "hook", within: .zero, limit: 1, firstOfTag: true, excluding: [])
    let item = try #require(items.first)
    let refusal = Refusal(isTooMany: true, asked: asked)
    try await outbox.settle(
      sink: "hook", [.refused(item, refusal, error: "429", next: .withSink)], rest: rest, retry: nil)
  }

  private func deliveries() throws -> [StoredDelivery] {
    try HistoryReader.open(writer.path).deliveries(DeliveryQuery(states: [.waiting]), now: clocks.now.wall)
  }

  @Test func itSurvivesARestartAndNoAttemptIsUsedUp() async throws {
    defer { writer.close() }
    try await refuse(outbox(), for: .seconds(60), rest: .milliseconds(59_900))
    pass(9_900)
    #expect(try await outbox().rest(sink: "hook") == .seconds(50))
    #expect(try await outbox().rest(sink: "other") == nil)
    let until = Timestamp(milliseconds: Self.start + 59_900)
    #expect(try deliveries().map(\.attempts) == [0, 0])
    #expect(try deliveries().map(\.nextAttempt) == [until, until], "nothing is sent before, of whatever tag")
    pass(50_000)
    #expect(try await outbox().rest(sink: "hook") == nil)
    #expect(try deliveries().map(\.nextAttempt) == [nil, nil])
    let items = try await outbox().waiting(sink: "hook", within: .zero, limit: 9, firstOfTag: true, excluding: [])
    #expect(items.map(\.refusedSince) == [Timestamp(milliseconds: Self.start), nil])
  }

  @Test func aRestOfMoreThanADayWasPutThereByAnotherClock() async throws {
    defer { writer.close() }
    try await refuse(outbox(), for: .seconds(86_400), rest: .seconds(86_400))
    #expect(try await outbox().rest(sink: "hook") == .seconds(86_400))
    var query = DeliveryQuery(states: [.waiting])
    query.sinks = ["hook"]
    struct Undone: Error { let count: Int }
    func putOff() -> Int? {
      let now = clocks.now.wall
      do {
        try writer.transactionSync { throw Undone(count: try $0.retryDeliveries(query, now: now).count) }
        return nil
      } catch {
        return (error as? Undone)?.count
      }
    }
    #expect(putOff() == 2)
    pass(0, step: -1)
    #expect(try await outbox().rest(sink: "hook") == nil)
    #expect(try deliveries().map(\.nextAttempt) == [nil, nil])
    #expect(putOff() == 0, "what is due is not put off")
  }

  @Test(arguments: [86_400_000, -86_400_000, 10_000, -10_000] as [Int64])
  func itMovesWithTheClock(step: Int64) async throws {
    defer { writer.close() }
    let steps = ClockStepMonitor(since: clocks.now) { _ in }
    try await refuse(outbox(), for: .seconds(60), rest: .seconds(60))
    pass(20_000, step: step)
    let outbox = outbox(steps: steps)
    #expect(try await outbox.rest(sink: "hook") == .seconds(40))
    let items = try await outbox.waiting(sink: "hook", within: .zero, limit: 1, firstOfTag: true, excluding: [])
    #expect(items.map(\.refusedSince) == [Timestamp(milliseconds: Self.start + step)])
  }

  @Test func itIsThatOfAReceiver() async throws {
    defer { writer.close() }
    try await refuse(outbox(), for: .seconds(60), rest: .seconds(60))
    for sinks in [Self.sinks("1"), [], Self.sinks("1")] {
      try writer.transactionSync { try $0.registerSinks(sinks) }
      #expect(try await outbox().rest(sink: "hook") == .seconds(60), "taken out and put back as it was")
    }
    try writer.transactionSync { try $0.registerSinks(Self.sinks("2")) }
    #expect(try await outbox("2").rest(sink: "hook") == nil, "another one has not asked for it")
    try await refuse(outbox("1"), for: .seconds(60), rest: .seconds(60))
    #expect(try await outbox("2").rest(sink: "hook") == nil, "nor does a worker that ends speak for it")
  }

  /// Whatever else goes wrong with an event in between: a day is all that its receiver has with it.
  @Test func patienceIsMeasuredFromTheFirstRefusal() async throws {
    defer { writer.close() }
    let outbox = outbox()
    func item() async throws -> OutboxItem {
      try #require(
        try await outbox.waiting(sink: "hook", within: .zero, limit: 1, firstOfTag: true, excluding: []).first)
    }
    try await refuse(outbox, for: .seconds(1), rest: nil)
    pass(5_000)
    try await refuse(outbox, for: .seconds(1), rest: nil)
    #expect(try await item().refusedSince == Timestamp(milliseconds: Self.start))
    for next in [NextAttempt.after(.milliseconds(0)), .withSink] {
      try await outbox.settle(sink: "hook", [.failed(item(), error: "500", next: next)], rest: nil, retry: nil)
      #expect(try await item().refusedSince == Timestamp(milliseconds: Self.start))
    }
    #expect(try await item().attempts == 1)
    try await refuse(outbox, for: .seconds(1), rest: nil)
    #expect(try await item().refusedSince == Timestamp(milliseconds: Self.start))
    var query = DeliveryQuery(states: [.waiting])
    query.events = [.id("a")]
    let now = clocks.now.wall
    let retried = try writer.transactionSync { try $0.retryDeliveries(query, now: now).count }
    #expect(retried == 1)
    #expect(try await item().refusedSince == nil, "but who asks for attempts asks for all of them")
  }

  @Test func aRetryEndsItForItsSink() async throws {
    defer { writer.close() }
    try await refuse(outbox(), for: .seconds(60), rest: .seconds(60))
    try await outbox().settle(sink: "other", [], rest: .seconds(60), retry: nil)
    var query = DeliveryQuery(states: [.waiting, .failed])
    query.events = [.id("b")]
    let now = clocks.now.wall
    let outcome = try writer.transactionSync { try DeliveryOutcome(.retry(query), in: $0, now: now) }
    #expect(outcome?.count == 1 && outcome?.hurried == ["hook"], "what was not tried is put off as well")
    #expect(try await outbox().rest(sink: "hook") == nil)
    #expect(try await outbox().rest(sink: "other") == .seconds(60))
    query.events = []
    query.sinks = ["other"]
    #expect(try writer.transactionSync { try DeliveryOutcome(.retry(query), in: $0, now: now) }?.hurried == ["other"])
    #expect(try await outbox().rest(sink: "other") == nil)
  }
}
