import Dispatch
import Drift
import Foundation
import GRDB
import Glibc
import Host
import ImageModel
import Recording
import Schedule
import Synchronization
import TestSupport
import Testing

@testable import History
@testable import Polling

/// The engine around the core: commits, stops, a store that refuses.
@Suite(.timeLimit(.minutes(1))) struct PollEngineTests {
  private static let tag = TagReference(domain: "r.example", path: "app", tag: "latest")
  private let directory: TemporaryDirectory
  private let writer: HistoryWriter
  private let recorder = Recorder([Recorder.Subscriber(sink: "out", events: nil)])
  private let snapshot = SimulatedWorld.anImage()

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
  }

  @Test func aCheckOfATagThatIsLongOverdueReportsItsOwnFailure() async throws {
    var core = try core(at: 0)
    try write(core.finished(0, .found(snapshot, head: snapshot.digest), at: moment(0)), &core)
    try write(core.finished(0, .failed(CheckFailure(.connect, "down"), registryAnswers: false), at: moment(60)), &core)
    let engine = PollEngine(
      core: try self.core(at: 7_200, isSinglePass: true), writer: writer,
      clock: { moment(7_200) },
      poll: { _ in .failed(CheckFailure(.connect, "still down"), registryAnswers: false) }, record: recorder.record,
      onProgress: { _ in })
    let results = try await engine.check(nil)
    #expect(await engine.stop() == nil)
    guard case .failed(let failure) = results[0].outcome else {
      Issue.record("\(results[0].outcome)")
      return
    }
    #expect(failure.message == "still down")
    #expect(results[0].events.map(\.type) == [.tagUnreachable])
  }

  @Test func aMarkThatComesWhileAFlushRunsIsFlushedToo() async throws {
    var core = try core(at: 0)
    try write(core.finished(0, .found(snapshot, head: snapshot.digest), at: moment(0)), &core)
    let time = Mutex<Int64>(120)
    let engine = PollEngine(
      core: core, writer: writer,
      clock: { moment(time.withLock { $0 }) }, poll: { _ in .unchanged }, record: recorder.record, onProgress: { _ in })
    await engine.tick()
    #expect(try await lastChecked(becomes: 120))
    // The next flush is held before its transaction ends, and the mark that comes then must not wait for another poll.
    let gate = Gate()
    writer.queue.add(transactionObserver: HeldCommit(gate), extent: .databaseLifetime)
    time.withLock { $0 = 240 }
    await engine.tick()
    while !gate.isEntered.load(ordering: .sequentiallyConsistent) {
      try Task.checkCancellation()
      await Task.yield()
    }
    time.withLock { $0 = 360 }
    await engine.tick()
    gate.isOpen.store(true, ordering: .sequentiallyConsistent)
    #expect(try await lastChecked(becomes: 360))
    #expect(await engine.stop() == nil)
  }

  @Test func stoppingWritesEverythingAndCutsOffWhatHangs() async throws {
    let core = try core(at: 0)
    let engine = PollEngine(
      core: core, writer: writer, clock: { moment(0) },
      poll: { _ in
        // Until it is cancelled.
        try? await Task.sleep(for: .seconds(3_600))
        return .failed(CheckFailure(.network, "cut off"), registryAnswers: false)
      }, record: recorder.record, onProgress: { _ in })
    await engine.tick()
    async let stopped = engine.stop()
    await engine.cutOff()
    #expect(await stopped == nil)
    let record = try HistoryReader.open(writer.path).status().tags[0].record
    #expect(record.state.failures == 0, "a poll that was cut off says nothing about the tag")
  }

  /// A registry that trickles keeps a place of its registry; the next poll is made by somebody else.
  @Test func aPollThatTakesTooLongFailsAndIsMadeAgain() async throws {
    let time = Mutex<Int64>(0)
    let polls = Mutex(0)
    let engine = PollEngine(
      core: try core(at: 0), writer: writer,
      clock: { moment(time.withLock { $0 }) },
      poll: { [snapshot] _ in
        let isFirst = polls.withLock { polls in
          polls += 1
          return polls == 1
        }
        guard isFirst else { return .found(snapshot, head: snapshot.digest) }
        try? await Task.sleep(for: .seconds(3_600))
        return .failed(CheckFailure(.network, Task.isCancelled ? "cut off" : "let go"), registryAnswers: false)
      }, record: recorder.record, onProgress: { _ in })
    await engine.tick()
    while polls.withLock({ $0 }) == 0 {
      try Task.checkCancellation()
      await Task.yield()
    }
    time.withLock { $0 = 3_601 }
    await engine.tick()
    #expect(try await lastChecked(becomes: 3_601))
    let state = try HistoryReader.open(writer.path).status().tags[0].record.state
    #expect(state.failures == 1 && state.failure?.code == .timeout)
    #expect(state.failure?.message.contains("60 minutes") == true)
    time.withLock { $0 = 3_700 }
    await engine.tick()
    #expect(try await lastChecked(becomes: 3_700))
    #expect(try HistoryReader.open(writer.path).status().tags[0].record.state.failures == 0)
    #expect(await engine.stop() == nil)
  }

  @Test func aPollThatDoesNotComeBackIsSeen() async throws {
    let time = Mutex<Int64>(0)
    let gate = Gate()
    let engine = PollEngine(
      core: try core(at: 0), writer: writer,
      clock: { moment(time.withLock { $0 }) },
      poll: { _ in
        gate.isEntered.store(true, ordering: .sequentiallyConsistent)
        while !gate.isOpen.load(ordering: .sequentiallyConsistent) { await Task.yield() }
        return .unchanged
      }, record: recorder.record, onProgress: { _ in })
    await engine.tick()
    while !gate.isEntered.load(ordering: .sequentiallyConsistent) {
      try Task.checkCancellation()
      await Task.yield()
    }
    for (seconds, hangs) in [(3_599, false), (3_720, false), (3_800, false), (3_841, true)] as [(Int64, Bool)] {
      time.withLock { $0 = seconds }
      await engine.tick()
      #expect(await engine.load.hangs == hangs, "\(seconds)")
    }
    gate.isOpen.store(true, ordering: .sequentiallyConsistent)
    while await engine.load.hangs {
      try Task.checkCancellation()
      await Task.yield()
    }
    #expect(await engine.stop() == nil)
  }

  /// Its tag was to be told to a sink that is gone; it must not be told to nobody.
  @Test func aResultThatWaitsDuringAReloadGoesToTheSinksThatAreThereThen() async throws {
    var core = try core(at: 0)
    try write(core.finished(0, .failed(CheckFailure(.connect, "down"), registryAnswers: false), at: moment(0)), &core)
    let inForce = Reloadable(recorder)
    let engine = PollEngine(
      core: core, writer: writer, clock: { moment(120) },
      poll: { [snapshot] _ in .found(snapshot, head: snapshot.digest) },
      record: { try inForce.value.record($0, in: $1) }, onProgress: { _ in })
    let gate = Gate()
    let entries = [Self.entry(sinks: ["new"])]
    let change = PollEngine.Change(
      builder: PlanBuilder(entries: entries) { _ in RegistryLimits(concurrency: 4) },
      register: { store in
        gate.isEntered.store(true, ordering: .sequentiallyConsistent)
        while !gate.isOpen.load(ordering: .sequentiallyConsistent) { usleep(1_000) }
        return try store.register(entries, sinks: ["new"])
      },
      onRegistered: { inForce.value = Recorder([Recorder.Subscriber(sink: "new", events: EventPatterns(["*"]))]) })
    let reload = Task { try await engine.reconfigure(change) }
    while !gate.isEntered.load(ordering: .sequentiallyConsistent) {
      try Task.checkCancellation()
      await Task.yield()
    }
    await engine.tick()
    while await engine.load.unwell.total > 0 {
      try Task.checkCancellation()
      await Task.yield()
    }
    gate.isOpen.store(true, ordering: .sequentiallyConsistent)
    _ = try await reload.value
    #expect(await engine.stop() == nil)
    let waiting = try HistoryReader.open(writer.path).deliveries(DeliveryQuery(states: [.waiting]))
    #expect(waiting.map(\.sink) == ["new"])
  }

  /// Whoever writes next, the pass over unwatched tags for one, must find what the engine was told; the engine may be
  /// busy then.
  @Test func whatIsInForceChangesBeforeAnythingElseIsWritten() async throws {
    let inForce = Reloadable("old")
    let (isBusy, goesOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let holds = Atomic(false)
    let engine = PollEngine(
      core: try core(at: 0), writer: writer,
      clock: {
        if holds.exchange(false, ordering: .sequentiallyConsistent) {
          isBusy.signal()
          #expect(goesOn.wait(timeout: .now() + 30) == .success, "the next transaction lets it go on")
        }
        return moment(0)
      }, poll: { _ in .unchanged }, record: recorder.record, onProgress: { _ in })
    let seen = Mutex<[String]>([])
    let entries = [Self.entry(sinks: ["out"])]
    _ = try await engine.reconfigure(
      PollEngine.Change(
        builder: PlanBuilder(entries: entries) { _ in RegistryLimits(concurrency: 4) },
        register: { [writer] store in
          holds.store(true, ordering: .sequentiallyConsistent)
          Task { await engine.tick() }
          #expect(isBusy.wait(timeout: .now() + 30) == .success, "the engine looks at the clock")
          seen.withLock { $0.append(inForce.value) }
          writer.queue.asyncWriteWithoutTransaction { _ in
            seen.withLock { $0.append(inForce.value) }
            goesOn.signal()
          }
          return try store.register(entries, sinks: ["out"])
        }, onRegistered: { inForce.value = "new" }))
    #expect(seen.withLock { $0 } == ["old", "new"])
    #expect(await engine.stop() == nil)
  }

  /// Who counts them would otherwise miss the first.
  @Test func whatWasNeverPolledIsSaidBeforeAnyOfItIsRecorded() async throws {
    let (said, say) = AsyncStream.makeStream(of: String.self)
    let engine = PollEngine(
      core: try core(at: 0), writer: writer, clock: { moment(0) },
      poll: { [snapshot] _ in .found(snapshot, head: snapshot.digest) }, record: recorder.record,
      onProgress: { if case .recorded(let records) = $0 { for record in records { say.yield("\(record.tag)") } } })
    _ = try await engine.check(nil)
    var more = Self.entry(sinks: ["out"])
    more.tag = TagReference(domain: "r.example", path: "more", tag: "1")
    let entries = [Self.entry(sinks: ["out"]), more]
    _ = try await engine.reconfigure(
      PollEngine.Change(
        builder: PlanBuilder(entries: entries) { _ in RegistryLimits(concurrency: 4) },
        register: { try $0.register(entries, sinks: ["out"]) }, onRegistered: {},
        onWatched: { say.yield("unpolled \($1)") }))
    let first = await said.prefix(3).reduce(into: []) { $0.append($1) }
    #expect(first == ["\(Self.tag)", "unpolled [\(more.tag)]", "\(more.tag)"])
    #expect(await engine.stop() == nil)
  }

  /// In the registration, or only when it is committed. What is recorded next does not bring it into force either.
  @Test(arguments: [false, true]) func whatIsInForceStaysWhereTheStoreRefuses(atCommit: Bool) async throws {
    let inForce = Reloadable("old")
    let engine = PollEngine(
      core: try core(at: 0), writer: writer, clock: { moment(0) }, poll: { _ in .unchanged }, record: recorder.record,
      onProgress: { _ in })
    let refusal = RefusedCommit()
    if atCommit { writer.queue.add(transactionObserver: refusal, extent: .databaseLifetime) }
    let change = PollEngine.Change(
      builder: PlanBuilder(entries: []) { _ in RegistryLimits(concurrency: 4) },
      register: { store in
        guard atCommit else { throw StoreError(.full, "no") }
        return try store.register([], sinks: ["new"])
      }, onRegistered: { inForce.value = "new" })
    await #expect(throws: (any Error).self) { try await engine.reconfigure(change) }
    refusal.isOver.store(true, ordering: .sequentiallyConsistent)
    try await writer.transaction { try $0.registerSinks([]) }
    #expect(inForce.value == "old")
    #expect(await engine.load.tags == 1)
    #expect(await engine.stop() == nil)
  }

  @Test func nothingIsPolledOnceTheStoreHasRefusedForGood() async throws {
    let time = Mutex<Int64>(0)
    let polls = Mutex(0)
    let (failures, fail) = AsyncStream.makeStream(of: StoreError.self)
    let engine = PollEngine(
      core: try core(at: 0), writer: writer, clock: { moment(time.withLock { $0 }) },
      poll: { [snapshot] _ in
        polls.withLock { $0 += 1 }
        return .found(snapshot, head: snapshot.digest)
      }, record: { _, _ in throw StoreError(.damaged, "no") },
      onProgress: { if case .failed(let error) = $0 { fail.yield(error) } })
    await engine.tick()
    for await failure in failures {
      #expect(failure.code == .damaged)
      break
    }
    time.withLock { $0 = 100 }
    await engine.tick()
    #expect(await engine.stop()?.code == .damaged)
    #expect(polls.withLock { $0 } == 1)
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
    try writer.core([Self.entry(sinks: ["out"])], at: moment(seconds), isSinglePass: isSinglePass)
  }

  private static func entry(sinks: [String]) -> WatchEntry {
    WatchEntry(
      tag: tag, pinned: nil, intervalSeconds: 60, selection: .all, sinks: sinks, unreachableAfterSeconds: 3_600,
      labels: [:], line: 0)
  }

  private func write(_ request: RecordRequest?, _ core: inout PollCore) throws {
    let request = try #require(request)
    core.recorded(try writer.transactionSync { try recorder.record(request, in: $0) })
  }
}

/// Lets commits fail.
private final class RefusedCommit: TransactionObserver, Sendable {
  let isOver = Atomic(false)

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }

  func databaseDidChange(with event: DatabaseEvent) {}

  func databaseWillCommit() throws {
    if !isOver.load(ordering: .sequentiallyConsistent) { throw StoreError(.full, "no") }
  }

  func databaseDidCommit(_ db: Database) {}

  func databaseDidRollback(_ db: Database) {}
}

private final class Gate: Sendable {
  let isEntered = Atomic(false)
  let isOpen = Atomic(false)
}

/// Holds a transaction before its end until the gate is open.
private final class HeldCommit: TransactionObserver, Sendable {
  private let gate: Gate

  init(_ gate: Gate) { self.gate = gate }

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }

  func databaseDidChange(with event: DatabaseEvent) {}

  func databaseWillCommit() {
    gate.isEntered.store(true, ordering: .sequentiallyConsistent)
    while !gate.isOpen.load(ordering: .sequentiallyConsistent) { usleep(1_000) }
  }

  func databaseDidCommit(_ db: Database) {}

  func databaseDidRollback(_ db: Database) {}
}
