import Config
import Drift
import Foundation
import Glibc
import History
import ImageModel
import Logging
import Schedule
import Synchronization
import Testing

@testable import Daemon

/// The engine around the core: commits, stops, a store that refuses.
@Suite struct PollEngineTests {
  private static let tag = TagReference(domain: "r.example", path: "app", tag: "latest")
  private let directory: TemporaryDirectory
  private let writer: HistoryWriter
  private let recorder = Recorder(sinks: [SinkSettings(name: "out", kind: .stdout)])
  private let snapshot: TagSnapshot

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
    var world = SimulatedWorld(tags: 1)
    snapshot = world.snapshot(0)
  }

  @Test func aCheckOfATagThatIsLongOverdueReportsItsOwnFailure() async throws {
    var core = try core(at: 0)
    try write(core.finished(0, .found(snapshot, head: snapshot.digest), at: moment(0)), &core)
    try write(core.finished(0, .failed(CheckFailure(.connect, "down"), registryAnswers: false), at: moment(60)), &core)
    let collector = CheckCollector(count: 1) { _, _ in }
    let engine = PollEngine(
      core: try self.core(at: 7_200, isSinglePass: true), recorder: recorder, writer: writer, log: Logger(label: "x"),
      clock: { moment(7_200) },
      poll: { _ in .failed(CheckFailure(.connect, "still down"), registryAnswers: false) }, onProgress: collector.take)
    await engine.tick()
    let results = try await collector.finished().get()
    #expect(await engine.stop() == nil)
    guard case .failed(let failure) = results[0].outcome else {
      Issue.record("\(results[0].outcome)")
      return
    }
    #expect(failure.message == "still down")
    #expect(results[0].events.map(\.type) == [.tagUnreachable])
  }

  @Test func aMarkThatComesWhileACommitRunsIsFlushedToo() async throws {
    var core = try core(at: 0)
    try write(core.finished(0, .found(snapshot, head: snapshot.digest), at: moment(0)), &core)
    let time = Mutex<Int64>(120)
    let engine = PollEngine(
      core: core, recorder: recorder, writer: writer, log: Logger(label: "x"),
      clock: { moment(time.withLock { $0 }) }, poll: { _ in .unchanged }, onProgress: { _ in })
    await engine.tick()
    #expect(try await lastChecked(becomes: 120))
    // The next flush meets a writer that is busy, and the mark after it must not wait for another poll.
    let gate = Gate()
    let busy = Task { [writer] in
      try await writer.transaction { _ in
        gate.isEntered.store(true, ordering: .sequentiallyConsistent)
        while !gate.isOpen.load(ordering: .sequentiallyConsistent) { usleep(1_000) }
      }
    }
    while !gate.isEntered.load(ordering: .sequentiallyConsistent) { await Task.yield() }
    time.withLock { $0 = 240 }
    await engine.tick()
    // The flush of this mark begins meanwhile, and waits for the writer.
    try await Task.sleep(for: .milliseconds(Limits.markFlushMilliseconds + 200))
    time.withLock { $0 = 360 }
    await engine.tick()
    gate.isOpen.store(true, ordering: .sequentiallyConsistent)
    try await busy.value
    #expect(try await lastChecked(becomes: 360))
    #expect(await engine.stop() == nil)
  }

  @Test func stoppingWritesEverythingAndCutsOffWhatHangs() async throws {
    let core = try core(at: 0)
    let engine = PollEngine(
      core: core, recorder: recorder, writer: writer, log: Logger(label: "x"), clock: { moment(0) },
      poll: { _ in
        // Until it is cancelled.
        try? await Task.sleep(for: .seconds(3_600))
        return .failed(CheckFailure(.network, "cut off"), registryAnswers: false)
      }, onProgress: { _ in })
    await engine.tick()
    async let stopped = engine.stop()
    await engine.cutOff()
    #expect(await stopped == nil)
    let record = try HistoryReader.open(writer.path).status().tags[0].record
    #expect(record.state.failures == 0, "a poll that was cut off says nothing about the tag")
  }

  private func lastChecked(becomes seconds: Int64) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
      let state = try HistoryReader.open(writer.path).status().tags[0].record.state
      if state.lastChecked == moment(seconds).wall { return true }
      try await Task.sleep(for: .milliseconds(20))
    }
    return false
  }

  private func core(at seconds: Int64, isSinglePass: Bool = false) throws -> PollCore {
    let entry = WatchEntry(
      tag: Self.tag, pinned: nil, intervalSeconds: 60, selection: .all, sinks: ["out"], unreachableAfterSeconds: 3_600,
      labels: [:], line: 0)
    let (records, snapshots) = try writer.transactionSync { store in
      try store.registerSinks([SinkDefinition(name: "out", type: "stdout", fingerprint: "")])
      return (
        try store.registerTags([WatchedTag(tag: Self.tag, selection: .all, intervalSeconds: 60)]),
        try store.currentSnapshots()
      )
    }
    return Watchlist(entries: [entry], registries: [:]).core(
      records: records, snapshots: snapshots, seed: 1, now: moment(seconds), isSinglePass: isSinglePass)
  }

  private func write(_ request: RecordRequest?, _ core: inout PollCore) throws {
    let request = try #require(request)
    core.recorded(try writer.transactionSync { try recorder.record(request, in: $0) })
  }
}

private final class Gate: Sendable {
  let isEntered = Atomic(false)
  let isOpen = Atomic(false)
}

private func moment(_ seconds: Int64) -> Moment {
  Moment(boot: seconds * 1000, wall: Timestamp(milliseconds: 1_790_812_800_000 + seconds * 1000))
}
