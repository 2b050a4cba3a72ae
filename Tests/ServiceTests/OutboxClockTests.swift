import Delivery
import Foundation
import History
import ImageModel
import Polling
import Synchronization
import TestSupport
import Testing

@testable import Service

/// What a wall clock that is set does to deliveries.
@Suite struct OutboxClockTests {
  private static let day: Int64 = 86_400_000
  private static let hour: Int64 = 3_600_000
  private static let minute: Int64 = 60_000
  private static let epoch: Int64 = 1_790_812_800_000

  @Test(arguments: [day, -day, hour, -hour, 10_000, -10_000])
  func whatWaitsForItsNextAttemptKeepsTheRestOfItsTime(step: Int64) async throws {
    let directory = try TemporaryDirectory()
    let writer = try HistoryWriter.open(directory.path + "/watcher.db")
    let time = Mutex(Moment(boot: 0, wall: Timestamp(milliseconds: Self.epoch)))
    let told = Mutex<[Duration]>([])
    let steps = ClockStepMonitor(since: time.withLock { $0 }) { step in told.withLock { $0.append(step) } }
    let outbox = OutboxAdapter(
      writer: writer, grouped: [], fingerprints: [:], clock: { time.withLock { $0 } }, steps: steps
    ) { Issue.record("\($0)") }
    try writer.transactionSync { store in
      try store.registerSinks([SinkDefinition(name: "hook", type: "webhook", fingerprint: "")])
      for name in ["a", "b"] {
        let tag = TagReference(domain: "r.example", path: "app", tag: name)
        let record = try store.ensureTag(tag, selection: .all)
        let now = Timestamp(milliseconds: Self.epoch)
        _ = try store.appendEvent(
          ChangeEvent(id: name, type: .imageChanged, tag: tag, time: now, notAfter: now), tag: record.id,
          snapshot: nil, sinks: ["hook"])
      }
    }
    let within = Duration.milliseconds(29 * Self.hour)
    func waiting() async throws -> [EventSequence] {
      try await outbox.waiting(sink: "hook", within: within, limit: 10, firstOfTag: true, excluding: []).map(\.sequence)
    }
    let items = try await outbox.waiting(sink: "hook", within: within, limit: 10, firstOfTag: true, excluding: [])
    try await outbox.settle(
      sink: "hook",
      [
        .failed(items[0], error: "no", next: .after(.milliseconds(5 * Self.minute))),
        .failed(items[1], error: "no", next: .after(.milliseconds(20 * Self.hour))),
      ], rest: nil, retry: nil)
    time.withLock { $0 = Moment(boot: 60_000, wall: Timestamp(milliseconds: Self.epoch + 60_000 + step)) }
    #expect(try await outbox.nextDue(sink: "hook", within: within, excluding: []) == .milliseconds(4 * Self.minute))
    #expect(try await waiting() == [])
    #expect(told.withLock { $0 } == [.milliseconds(step)])
    time.withLock { $0 = Moment(boot: 300_000, wall: Timestamp(milliseconds: Self.epoch + 300_000 + step)) }
    #expect(try await waiting() == [1])
    time.withLock {
      $0 = Moment(
        boot: BootTime(milliseconds: 20 * Self.hour), wall: Timestamp(milliseconds: Self.epoch + 20 * Self.hour + step))
    }
    #expect(try await waiting() == [1, 2])
  }
}
