import Foundation
import ImageModel
import Recording
import Synchronization
import TestSupport
import Testing

@testable import History
@testable import Polling

/// An engine that polls each tag once and ends.
@Suite(.timeLimit(.minutes(1))) struct SinglePassTests {
  private let directory: TemporaryDirectory
  private let writer: HistoryWriter
  private let recorder = Recorder([Recorder.Subscriber(sink: "out", events: nil)])
  private let snapshot = SimulatedWorld.anImage()

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
  }

  /// What cannot be recorded need not be asked for: nothing is left under way.
  @Test func aPassEndsWithTheStoreThatRefuses() async throws {
    let entries = Self.entries(10)
    let core = try writer.core(entries, concurrency: 2, at: .now(), isSinglePass: true)
    let polls = Mutex((begun: 0, ended: 0))
    let pass = SinglePass(
      core, writer: writer,
      poll: { [snapshot] _ in
        defer { polls.withLock { $0.ended += 1 } }
        let isFirst = polls.withLock { polls in
          polls.begun += 1
          return polls.begun == 1
        }
        if isFirst { return .found(snapshot, head: snapshot.digest) }
        try? await Task.sleep(for: .seconds(3_600))
        return .failed(CheckFailure(.network, "cut off"), registryAnswers: false)
      }, record: { _, _ in throw StoreError(.full, "the disk is full") }, onRecorded: { _ in })
    await #expect(throws: StoreError(.full, "the disk is full")) { try await pass.run() }
    let (begun, ended) = polls.withLock { $0 }
    #expect(begun == ended && begun <= 3)
    // Nothing is left that could begin another.
    try await writer.transaction { _ in }
    #expect(polls.withLock { $0.begun } == begun)
  }

  /// Longer than the plan takes for a suspended machine, after which it spreads what is due.
  @Test func aPassGoesOnAfterAPollThatTookVeryLong() async throws {
    let ahead = Mutex<Int64>(0)
    let clock = { @Sendable in
      let now = Moment.now()
      return Moment(boot: now.boot + ahead.withLock { $0 }, wall: now.wall)
    }
    let core = try writer.core(Self.entries(3, intervalSeconds: 10), concurrency: 1, at: clock(), isSinglePass: true)
    let pass = SinglePass(
      core, writer: writer, clock: clock,
      poll: { [snapshot] _ in
        ahead.withLock { $0 += 121_000 }
        return .found(snapshot, head: snapshot.digest)
      }, record: recorder.record, onRecorded: { _ in })
    #expect(try await pass.run().map(\.outcome.name) == ["first_seen", "first_seen", "first_seen"])
  }

  /// A daemon makes one for every request to check what is not watched.
  @Test func aPassLeavesNothingBehind() async throws {
    weak var left: Token?
    do {
      let held = Token()
      left = held
      let core = try writer.core(Self.entries(2), at: .now(), isSinglePass: true)
      let pass = SinglePass(
        core, writer: writer,
        poll: { [snapshot] _ in
          held.isUsed.store(true, ordering: .sequentiallyConsistent)
          return .found(snapshot, head: snapshot.digest)
        }, record: recorder.record, onRecorded: { _ in })
      #expect(try await pass.run().count == 2)
      #expect(left?.isUsed.load(ordering: .sequentiallyConsistent) == true)
    }
    // A timer's queue and the tasks of polls let go in a moment.
    while left != nil {
      try Task.checkCancellation()
      await Task.yield()
    }
  }

  private static func entries(_ count: Int, intervalSeconds: Int = 60) -> [WatchEntry] {
    (0..<count).map { number in
      WatchEntry(
        tag: TagReference(domain: "r.example", path: "app\(number)", tag: "latest"), pinned: nil,
        intervalSeconds: intervalSeconds, selection: .all, sinks: [], unreachableAfterSeconds: 3_600, labels: [:],
        line: 0)
    }
  }
}

/// Kept for as long as a poll may still come.
private final class Token: Sendable {
  let isUsed = Atomic(false)
}
