import Drift
import History
import ImageModel
import Recording
import Registry
import Schedule
import Synchronization
import TestSupport
import Testing

@testable import Polling

/// Polls that somebody asks the engine for while it runs.
@Suite(.timeLimit(.minutes(1))) struct AskedPollTests {
  private let directory: TemporaryDirectory
  private let writer: HistoryWriter
  private let recorder = Recorder([Recorder.Subscriber(sink: "out", events: nil)])
  private let registry = ScriptedPolls()

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
  }

  @Test func aTagThatWaitsIsPolledAtOnceAndTheAnswerIsOnRecord() async throws {
    let engine = try engine(["a", "b"])
    let first = try await engine.check(nil)
    #expect(first.map(\.tag) == [tag("a"), tag("b")])
    #expect(first.map(\.outcome.name) == ["first_seen", "first_seen"])
    registry.world.withLock { $0.move(1, .content) }
    let done = Mutex<[Int]>([])
    let second = try await engine.check([tag("b"), tag("else"), tag("a")]) { count in done.withLock { $0.append(count) }
    }
    #expect(second.map(\.tag) == [tag("b"), tag("a")], "in the order asked for, without what is not watched")
    #expect(second.map(\.outcome.name) == ["changed", "unchanged"])
    #expect(second[0].events.map(\.type) == [.imageChanged])
    #expect(done.withLock { $0 } == [1, 2])
    let history = try #require(try HistoryReader.open(writer.path).history(tag("b"), HistoryQuery()))
    #expect(history.map(\.event) == [.imageChanged, .tagFirstSeen])
    #expect(registry.polls("a") == 2 && registry.polls("b") == 2)
    #expect(await engine.stop() == nil)
  }

  /// It may have looked before the image was pushed that is asked about.
  @Test func aPollThatWasUnderWayDoesNotCount() async throws {
    let engine = try engine(["a"])
    registry.hold("a")
    await engine.tick()
    while registry.polls("a") < 1 {
      try Task.checkCancellation()
      await Task.yield()
    }
    let asked = Task { try await engine.check([tag("a")]) }
    while await engine.waiters.count == 0 {
      try Task.checkCancellation()
      await Task.yield()
    }
    registry.release("a")
    let results = try await asked.value
    #expect(registry.polls("a") == 2)
    #expect(results.map(\.outcome.name) == ["unchanged"], "the first sight was the poll from before")
    #expect(await engine.stop() == nil)
  }

  @Test func twoWhoAskAreBothAnswered() async throws {
    let engine = try engine(["a"])
    registry.hold("a")
    async let first = engine.check(nil)
    while registry.polls("a") < 1 {
      try Task.checkCancellation()
      await Task.yield()
    }
    async let second = engine.check(nil)
    while await engine.waiters.count < 2 {
      try Task.checkCancellation()
      await Task.yield()
    }
    registry.release("a")
    #expect(try await first.map(\.outcome.name) == ["first_seen"])
    #expect(try await second.map(\.outcome.name) == ["unchanged"])
    #expect(registry.polls("a") == 2)
    #expect(await engine.stop() == nil)
  }

  /// Nothing untrue is recorded of tags that were not asked about.
  @Test(arguments: [CheckFailure.Code.rateLimited, .server], [false, true])
  func aRegistryThatWantsToBeLeftAloneIsLeftAlone(code: CheckFailure.Code, isSinglePass: Bool) async throws {
    let engine = try engine(["a", "b", "c"], concurrency: 1, isSinglePass: isSinglePass)
    registry.answer("a") { .failed(CheckFailure(code, "slow down", retryAfterSeconds: 60), registryAnswers: false) }
    let results = try await engine.check(nil)
    #expect(results.map(\.outcome.name) == ["failed", "failed", "failed"])
    #expect(results.map { $0.outcome.failure?.code } == [code, .rateLimited, .rateLimited])
    #expect(results[0].outcome.failure?.what == "slow down")
    #expect(results[1].outcome.failure?.what == "r.example limits requests; none is made before \(moment(60).wall)")
    #expect(registry.polls("b") == 0 && registry.polls("c") == 0)
    if !isSinglePass {
      let again = try await engine.check([tag("b")])
      #expect(again.map { $0.outcome.failure?.code } == [.rateLimited])
    }
    #expect(registry.polls("b") == 0)
    #expect(await engine.stop() == nil)
    let states = try HistoryReader.open(writer.path).status().tags.map(\.record.state)
    #expect(states.map(\.failures) == [1, 0, 0])
  }

  @Test func whoWaitsIsToldThatTheTagIsGoneOrTheDaemonStops() async throws {
    let engine = try engine(["a", "b"])
    registry.hold("a")
    let gone = Task { try await engine.check([tag("a")]) }
    while await engine.waiters.count < 1 {
      try Task.checkCancellation()
      await Task.yield()
    }
    _ = try await engine.reconfigure(
      PollEngine.Change(
        builder: PlanBuilder(entries: [entry("b")]) { _ in RegistryLimits(concurrency: 4) },
        register: { try $0.register([entry("b")], sinks: ["out"]) },
        onRegistered: {}))
    await #expect(throws: CheckInterruption.reloaded) { try await gone.value }
    registry.hold("b")
    let stopped = Task { try await engine.check([tag("b")]) }
    while await engine.waiters.count < 1 {
      try Task.checkCancellation()
      await Task.yield()
    }
    async let end = engine.stop()
    await #expect(throws: CheckInterruption.stopping) { try await stopped.value }
    registry.release("a")
    registry.release("b")
    #expect(await end == nil)
    await #expect(throws: CheckInterruption.stopping) { try await engine.check(nil) }
  }

  // MARK: What the tests are made of

  private func engine(_ names: [String], concurrency: Int = 4, isSinglePass: Bool = false) throws -> PollEngine {
    let core = try writer.core(names.map(entry), concurrency: concurrency, at: moment(0), isSinglePass: isSinglePass)
    return PollEngine(
      core: core, writer: writer, clock: { moment(0) },
      poll: { [registry] in await registry.poll($0) }, record: recorder.record, onProgress: { _ in })
  }
}

private func tag(_ name: String) -> TagReference { TagReference(domain: "r.example", path: "app", tag: name) }

private func entry(_ name: String) -> WatchEntry {
  WatchEntry(
    tag: tag(name), pinned: nil, intervalSeconds: 3_600, selection: .all, sinks: ["out"],
    unreachableAfterSeconds: 3_600, labels: [:], line: 0)
}

/// What polls find, tag by tag; a poll can be held until the test lets it go.
private final class ScriptedPolls: Sendable {
  let world = Mutex(SimulatedWorld(tags: 2))
  private struct State {
    var polls: [String: Int] = [:]
    var held: Set<String> = []
    var answers: [String: @Sendable () -> PollResult] = [:]
  }
  private let state = Mutex(State())

  func polls(_ name: String) -> Int { state.withLock { $0.polls[name, default: 0] } }
  func hold(_ name: String) { state.withLock { _ = $0.held.insert(name) } }
  func release(_ name: String) { state.withLock { _ = $0.held.remove(name) } }
  func answer(_ name: String, _ answer: @escaping @Sendable () -> PollResult) {
    state.withLock { $0.answers[name] = answer }
  }

  func poll(_ job: PollJob) async -> PollResult {
    let name = job.tag.tag
    let answer = state.withLock { state in
      state.polls[name, default: 0] += 1
      return state.answers[name]
    }
    // As it is when the poll begins.
    let snapshot = world.withLock { $0.snapshot(name == "b" ? 1 : 0) }
    while state.withLock({ $0.held.contains(name) }), !Task.isCancelled { await Task.yield() }
    if let answer { return answer() }
    return job.known.headDigest == snapshot.digest ? .unchanged : .found(snapshot, head: snapshot.digest)
  }
}
