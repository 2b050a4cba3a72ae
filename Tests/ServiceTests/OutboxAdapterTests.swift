import Delivery
import Foundation
import History
import Host
import ImageModel
import Polling
import Synchronization
import TestSupport
import Testing

@testable import Service

/// Delivery workers on a real outbox.
@Suite(.timeLimit(.minutes(1))) struct OutboxAdapterTests {
  private let directory: TemporaryDirectory
  private let writer: HistoryWriter

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
  }

  private func outbox(grouped: Set<String> = []) -> OutboxAdapter {
    OutboxAdapter(writer: writer, grouped: grouped, fingerprints: ["hook": ""], clock: Moment.now) {
      Issue.record("\($0)")
    }
  }

  /// Events of random tags for the sink.
  private func record(_ count: Int, tags: Int) throws {
    var random = TestRandom()
    try writer.transactionSync { store in
      try store.registerSinks([SinkDefinition(name: "hook", type: "webhook", fingerprint: "")])
      let watched = (0..<tags).map { TagReference(domain: "r.example", path: "app", tag: "\($0)") }
      let records = try store.registerTags(
        watched.map { WatchedTag(tag: $0, selection: .all, intervalSeconds: 60) })
      for number in 0..<count {
        let tag = number < tags ? number : Int.random(in: 0..<tags, using: &random)
        _ = try store.appendEvent(
          ChangeEvent(id: UUID().uuidString, type: .imageChanged, tag: watched[tag], time: .now(), notAfter: .now()),
          tag: records[tag].id, snapshot: nil, sinks: ["hook"])
      }
    }
  }

  /// Fails at random, and hangs with the first event until it is cut off.
  private final class Receiver: Sink {
    let name = "hook"
    let maxInFlight: Int? = 4
    let longestDelay = Duration.seconds(3_600)
    let attempts = Mutex<[(item: OutboxItem, isDelivered: Bool)]>([])
    private let random = TestRandom(stream: 1)

    func write(_ items: [OutboxItem]) async -> [DeliveryResult] {
      guard items[0].sequence > 1 else {
        try? await Task.sleep(for: .seconds(3_600))
        return []
      }
      var random = random
      let isDelivered = Int.random(in: 0..<4, using: &random) > 0
      attempts.withLock { $0.append((items[0], isDelivered)) }
      return isDelivered
        ? [.delivered(sequence: items[0].sequence)]
        : [.failed(items[0], error: "no", next: .after(.milliseconds(Int64.random(in: 0...20, using: &random))))]
    }
  }

  private func waiting() throws -> [StoredDelivery] {
    try HistoryReader.open(writer.path).deliveries(DeliveryQuery(states: [.waiting]))
  }

  /// While one tag hangs, all others arrive in order, also what is put off meanwhile.
  @Test func tagsDoNotWaitForEachOther() async throws {
    defer { writer.close() }
    try record(300, tags: 20)
    let recorded = try waiting()
    let receiver = Receiver()
    let worker = DeliveryWorker(sink: receiver, outbox: outbox(), retryDelay: { _ in .milliseconds(1) })
    let task = Task { await worker.run() }
    let deadline = ContinuousClock.now + .seconds(20)
    while try waiting().contains(where: { $0.tag?.tag != "0" }), ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(5))
    }
    await worker.stop(drainingFor: .zero)
    await task.value
    #expect(try waiting().map(\.sequence) == recorded.filter { $0.tag?.tag == "0" }.map(\.sequence))
    let attempts = receiver.attempts.withLock { $0 }
    for (tag, rows) in Dictionary(grouping: recorded, by: { $0.tag?.tag ?? "" }) where tag != "0" {
      var next = 0
      for (item, isDelivered) in attempts where rows.contains(where: { $0.sequence == item.sequence }) {
        #expect(item.sequence == rows[next].sequence, "nothing overtakes")
        if isDelivered { next += 1 }
      }
      #expect(next == rows.count)
    }
  }

  /// A worker may end after the configuration has given its sink another receiver, or none.
  @Test(arguments: [true, false]) func theEndOfAReceiverIsNotThatOfTheNext(isReplaced: Bool) async throws {
    defer { writer.close() }
    try record(1, tags: 1)
    let outbox = outbox()
    let item = try #require(
      try await outbox.waiting(sink: "hook", within: .zero, limit: 1, firstOfTag: true, excluding: []).first)
    try writer.transactionSync { store in
      try store.registerSinks(isReplaced ? [SinkDefinition(name: "hook", type: "webhook", fingerprint: "next")] : [])
    }
    try await outbox.settle(sink: "hook", [.failed(item, error: "410", next: .sinkDisabled)], rest: nil, retry: nil)
    #expect(try writer.transactionSync { try $0.sinks().map(\.state) } == [isReplaced ? .ok : .removed])
  }

  /// Of the same receiver it is.
  @Test func theEndOfAReceiverDisablesItsSink() async throws {
    defer { writer.close() }
    try record(1, tags: 1)
    let outbox = outbox()
    let item = try #require(
      try await outbox.waiting(sink: "hook", within: .zero, limit: 1, firstOfTag: true, excluding: []).first)
    try await outbox.settle(sink: "hook", [.failed(item, error: "410", next: .sinkDisabled)], rest: nil, retry: nil)
    #expect(try writer.transactionSync { try $0.sinks().map(\.state) } == [.disabled])
  }

  /// After a reload the sink may be sent single events again, which nobody may take away from under its worker.
  @Test func aGrouperThatWasStoppedGroupsNoMore() async throws {
    defer { writer.close() }
    try record(2, tags: 2)
    let grouper = EventGrouper(
      sink: "hook", window: .seconds(1), writer: writer, onGrouped: { Issue.record("grouped") },
      onFailure: { Issue.record("\($0)") })
    await grouper.stop()
    await grouper.start()
    #expect(try waiting().count == 2)
  }

  /// A group tells of many tags, so the next one waits for it.
  @Test func groupsGoOneAfterAnother() async throws {
    defer { writer.close() }
    for group in ["g1", "g2"] {
      try record(3, tags: 3)
      _ = try writer.transactionSync { try $0.group(sink: "hook", id: group, now: .now()) }
    }
    let outbox = outbox(grouped: ["hook"])
    let group = try writer.transactionSync { try $0.waitingGroup(sink: "hook", now: .now(), within: .zero)?.sequence }
    func waiting(excluding: [EventSequence]) async throws -> [String] {
      try await outbox.waiting(sink: "hook", within: .zero, limit: 64, firstOfTag: true, excluding: excluding).map(
        \.eventID)
    }
    let first = try #require(group)
    #expect(try await waiting(excluding: []) == ["g1"])
    #expect(try await waiting(excluding: [first]) == [])
    #expect(try await outbox.nextDue(sink: "hook", within: .zero, excluding: []) == .zero)
    #expect(try await outbox.nextDue(sink: "hook", within: .zero, excluding: [first]) == nil)
  }
}
