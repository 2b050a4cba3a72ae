import Foundation
import History
import Host
import ImageModel
import TestSupport
import Testing

@testable import Service

/// When groups are made; what is in them is `GroupTests`'.
@Suite(.timeLimit(.minutes(1))) struct EventGrouperTests {
  private let directory: TemporaryDirectory
  private let writer: HistoryWriter
  private let tag = TagReference(domain: "docker.io", path: "library/x", tag: "a")

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
    try writer.transactionSync { store in
      try store.registerSinks([SinkDefinition(name: "ops", type: "webhook", fingerprint: "1")])
    }
  }

  private func grouper(_ window: Duration) -> EventGrouper {
    EventGrouper(sink: "ops", window: window, writer: writer, onGrouped: {}, onFailure: { Issue.record($0) })
  }

  private func record(_ id: String) throws {
    try writer.transactionSync { store in
      let time = Timestamp.now()
      let event = ChangeEvent(id: id, type: .imageChanged, tag: tag, time: time, notAfter: time)
      _ = try store.appendEvent(event, tag: try store.ensureTag(tag, selection: .all).id, snapshot: nil, sinks: ["ops"])
    }
  }

  private func waiting() throws -> [EventType] {
    var query = DeliveryQuery(states: [.waiting])
    query.sinks = ["ops"]
    return try HistoryReader.open(writer.path).deliveries(query).map(\.type)
  }

  private func eventually(_ condition: () throws -> Bool) async throws -> Bool {
    for _ in 0..<2_000 {
      if try condition() { return true }
      try await Task.sleep(for: .milliseconds(2))
    }
    return false
  }

  @Test func aStartGroupsWhatWasLeft() async throws {
    defer { writer.close() }
    try record("left")
    await grouper(.seconds(3_600)).start()
    #expect(try waiting() == [.changes])
  }

  /// Also when they come while others are being grouped: there is no other call to count on.
  @Test func whateverIsNotedIsGrouped() async throws {
    defer { writer.close() }
    let grouper = grouper(.zero)
    for round in 0..<200 {
      for id in ["a\(round)", "b\(round)", "c\(round)"] {
        try record(id)
        await grouper.wake()
      }
      try #require(try await eventually { try waiting().allSatisfy { $0 == .changes } }, "round \(round)")
      try writer.transactionSync { store in
        _ = try store.dropDeliveries(DeliveryQuery(states: [.waiting]))
      }
    }
    await grouper.stop()
  }
}
