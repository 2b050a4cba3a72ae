import History
import ImageModel
import Recording
import Registry
import Synchronization
import TestSupport
import Testing

@testable import Polling

/// Lists that somebody asks the engine for.
@Suite(.timeLimit(.minutes(1))) struct AskedListTests {
  private let directory: TemporaryDirectory
  private let writer: HistoryWriter

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
  }

  private func repository(_ path: String, exclude: String? = nil) throws -> RepositoryEntry {
    RepositoryEntry(
      repository: RepositoryReference(domain: "r.example", path: path),
      tags: TagSelection(exclude: try exclude.map { [try TagPattern($0)] } ?? [], maxTags: 5), intervalSeconds: 3_600,
      selection: .all, sinks: [], unreachableAfterSeconds: 3_600, labels: [:], line: 1)
  }

  private func engine(
    _ repositories: [RepositoryEntry], pass: SinglePass.Part? = nil, _ list: @escaping PollEngine.Lister
  ) throws -> PollEngine {
    let registered = try writer.transactionSync { try $0.register([], repositories) }
    let core = PlanBuilder(entries: [], repositories: repositories) { _ in RegistryLimits(concurrency: 1) }.core(
      registered, seed: 1, now: moment(0), pass: pass)
    let image = SimulatedWorld.anImage()
    return PollEngine(
      core: core, writer: writer, clock: { moment(0) },
      poll: { _ in .found(image, head: image.digest) }, list: list, record: Recorder([]).record,
      onProgress: { _ in })
  }

  private static func found(_ tags: String...) -> ListResult {
    .success(TagListing(picked: tags, listed: tags.count, fitting: tags.count))
  }

  @Test func whatTheListGivesIsCheckedAfterIt() async throws {
    let engine = try engine([repository("app")]) { _ in Self.found("1.0", "1.1") }
    #expect(try await engine.list().isEmpty)
    #expect(try await engine.check(nil).map(\.tag.tag) == ["1.0", "1.1"])
    #expect(await engine.load.tags == 2)
    #expect(await engine.stop() == nil)
  }

  @Test func theOnesThatCannotBeListedAreTold() async throws {
    let engine = try engine([repository("a"), repository("b")]) { job in
      job.wanted.repository.path == "a" ? .failure(CheckFailure(.denied, "no")) : Self.found("1.0")
    }
    let unlisted = try await engine.list()
    #expect(unlisted.map(\.repository.path) == ["a"] && unlisted.map(\.failure.code) == [.denied])
    #expect(await engine.figures.repositories == [.failing: 1, .ok: 1])
    #expect(await engine.stop() == nil)
  }

  @Test func aRegistryThatWantsToBeLeftAloneIsLeftAlone() async throws {
    let asked = Counter()
    let engine = try engine([repository("a"), repository("b")]) { _ in
      asked.add()
      return .failure(CheckFailure(.rateLimited, "slow down", retryAfterSeconds: 60))
    }
    let unlisted = try await engine.list()
    #expect(unlisted.map(\.failure.code) == [.rateLimited, .rateLimited] && asked.value == 1)
    #expect(await engine.stop() == nil)
  }

  @Test func aSinglePassOverListsPollsNothing() async throws {
    let engine = try engine([repository("app")], pass: .lists) { _ in Self.found("1.0") }
    #expect(try await engine.list().isEmpty)
    #expect(await engine.stop() == nil)
    #expect(try HistoryReader.open(writer.path).status().tags.map(\.state) == [.pending])
  }

  /// It is listed anew for what is wanted now.
  @Test func whoWaitsIsToldOfAReload() async throws {
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let names = Names()
    let engine = try engine([repository("app")]) { job in
      names.add(job.wanted.selection.text)
      if names.all.count == 1 { for await _ in gate { break } }
      return Self.found("1.0")
    }
    let waiting = Task { try await engine.list() }
    while await engine.listWaiters.count < 1 {
      try Task.checkCancellation()
      await Task.yield()
    }
    let next = try repository("app", exclude: "rc")
    _ = try await engine.reconfigure(
      PollEngine.Change(
        builder: PlanBuilder(entries: [], repositories: [next]) { _ in RegistryLimits(concurrency: 1) },
        register: { try $0.register([], [next]) },
        onRegistered: {}))
    await #expect(throws: CheckInterruption.reloaded) { try await waiting.value }
    open.finish()
    #expect(try await engine.list().isEmpty)
    #expect(names.all.last?.contains("rc") == true && names.all.first?.contains("rc") == false)
    #expect(await engine.load.tags == 1)
    #expect(await engine.stop() == nil)
  }
}

private final class Counter: Sendable {
  private let count = Atomic(0)
  var value: Int { count.load(ordering: .relaxed) }
  func add() { count.add(1, ordering: .relaxed) }
}

private final class Names: Sendable {
  private let names = Mutex<[String]>([])
  var all: [String] { names.withLock { $0 } }
  func add(_ name: String) { names.withLock { $0.append(name) } }
}
