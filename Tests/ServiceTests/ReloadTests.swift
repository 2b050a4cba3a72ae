import Config
import Endpoint
import Foundation
import GRDB
import History
import Host
import ImageModel
import InMemoryLogging
import Logging
import Registry
import TestSupport
import Testing
import Transport

@testable import Polling
@testable import Service

/// Another configuration is in force with all that it says, or with nothing of it: each step is made to fail, as it
/// would in the world, and all is looked at afterwards.
@Suite(.timeLimit(.minutes(2))) struct ReloadTests {
  /// All that can be seen to follow a configuration.
  private struct Seen: Equatable {
    var watched: [String]
    /// Tags in the plan.
    var planned: Int
    var sinks: Set<String>
    var listens: Set<String>
    var level: LogSettings.Level
    /// Whether polls go out with other settings of their registries than at the start.
    var pollsAnew: Bool
    var isGood: Bool
  }

  private static let before = Seen(
    watched: ["a.example/app:1"], planned: 1, sinks: ["first"], listens: ["old"], level: .info, pollsAnew: false,
    isGood: true)
  private static let after = Seen(
    watched: ["a.example/app:2", "b.example/app:1"], planned: 2, sinks: ["second"], listens: ["new"], level: .debug,
    pollsAnew: true, isGood: true)

  private let directory: TemporaryDirectory
  private let registrar: Registrar
  private let receiver: NotifyReceiver
  private let lines = InMemoryLogHandler()
  private let ports: [String: Int]
  private let old: WatchConfig
  private let next: WatchConfig
  private let logSettings: Reloadable<LogSettings>
  private let metrics = ServiceMetrics(logs: LogCounts(), startedAt: .now())
  /// Where polls went at the start.
  private let poller: TagPoller
  private let parts: Reload.Parts

  init() async throws {
    directory = try TemporaryDirectory()
    let folder = directory.path
    registrar = try Registrar(opening: folder + "/watcher.db")
    receiver = try NotifyReceiver(.path(folder + "/notify"))
    ports = ["old": try freePort(), "new": try freePort()]
    old = try Self.config(
      #"{"watch": ["a.example/app:1"], "http": {"listen": "127.0.0.1:\#(ports["old"] ?? 0)"},"#
        + #""sinks": {"first": {"type": "file", "path": "\#(folder)/first.jsonl"}}}"#)
    next = try Self.config(
      #"{"watch": ["a.example/app:2", "b.example/app:1"], "http": {"listen": "127.0.0.1:\#(ports["new"] ?? 0)"},"#
        + #""sinks": {"second": {"type": "file", "path": "\#(folder)/second.jsonl"}},"#
        + #""log": {"level": "debug"}, "registries": {"a.example": {"max_concurrency": 1}}}"#)
    logSettings = Reloadable(old.log)
    let log = Logger(label: "test") { [lines] _ in lines }
    let writer = registrar.writer
    let sinks = SinkSupervisor(
      writer: writer, environment: [:], log: log, steps: ClockStepMonitor(since: .now()) { _ in }, http: nil,
      onFailure: { Issue.record($0) }, onSettled: { _, _ in })
    let core = try await registrar.watch(old.watch, old, now: .now())
    let engine = PollEngine(
      core: core, recorder: old.recorder, writer: writer, poll: { _ in .observed(.unchanged) }, onProgress: { _ in })
    let endpoint = ServiceEndpoint(log: log)
    await endpoint.use(old.httpListen, try await endpoint.prepare(old.httpListen))
    await sinks.use(old.sinks, try await sinks.prepare(old.sinks))
    // No request is made, so one client that is shut down serves all.
    let http = HTTPClient.forRegistries()
    http.shutdown()
    let makePoller = { @Sendable (config: WatchConfig) in
      TagPoller(registry: .configured(config, http: http, environment: [:]), writer: writer)
    }
    poller = makePoller(old)
    parts = Reload.Parts(
      engine: engine, sinks: sinks, endpoint: endpoint, poller: Reloadable(poller), makePoller: makePoller,
      logSettings: logSettings, onWatchlist: { _ in })
  }

  private static func config(_ text: String) throws -> WatchConfig {
    try WatchConfig.parse(Array(text.utf8), path: "config.json")
  }

  private func reload(read: @escaping Reload.Read) -> Reload {
    var rest = old
    rest.watch = []
    let log = Logger(label: "test") { [lines] _ in lines }
    return Reload(
      rest, parts, log: log, metrics: metrics,
      notifier: ServiceNotifier(environment: ["NOTIFY_SOCKET": receiver.name], log: log), read: read)
  }

  /// - Parameter reload: whose configuration has to be the one that the rest shows.
  private func seen(_ reload: Reload) async throws -> Seen {
    var sinks: Set<String> = []
    for settings in old.sinks + next.sinks where try await parts.sinks.prepare([settings]).all.isEmpty {
      sinks.insert(settings.name)
    }
    #expect(await Set(reload.config.sinks.map(\.name)) == sinks)
    let tags = try HistoryReader.open(registrar.writer.path).status().tags.filter(\.record.isWatched)
    return Seen(
      watched: tags.map(\.record.tag.description).sorted(), planned: await parts.engine.load.tags, sinks: sinks,
      listens: Set(ports.filter { (try? TCPClient(port: $0.value)) != nil }.keys), level: logSettings.value.level,
      pollsAnew: parts.poller.value.registry !== poller.registry, isGood: metrics.isLastReloadGood)
  }

  private var logged: [String] { lines.entries.map(\.message.description).filter { $0 != "http_listening" } }
  private var heard: [String] { receiver.messages.map { $0.lines[0] } }

  private func failed(_ reload: Reload, saying words: String) async throws {
    await reload.run()
    var expected = Self.before
    expected.isGood = false
    #expect(try await seen(reload) == expected)
    #expect(heard == ["RELOADING=1", "READY=1"])
    #expect(receiver.messages.last?.text.contains("STATUS=reload failed") == true)
    let entry = try #require(lines.entries.last { $0.message.description == "reload_failed" })
    #expect(entry.metadata["err"]?.description.contains(words) == true, "\(entry.metadata)")
  }

  // MARK: All of it

  @Test func allOfItIsInForce() async throws {
    let reload = reload { [next] say in
      say("config.json: a doubt")
      return next
    }
    #expect(try await seen(reload) == Self.before)
    await reload.run()
    #expect(try await seen(reload) == Self.after)
    #expect(logged == ["configuration_problem", "reloaded"] && heard == ["RELOADING=1", "READY=1"])
  }

  @Test func theSameOnceMoreChangesNothing() async throws {
    let reload = reload { [next] _ in next }
    await reload.run()
    let first = try await seen(reload)
    await reload.run()
    #expect(try await seen(reload) == first && first == Self.after)
  }

  @Test func afterOneThatFailedAnotherIsTakenOver() async throws {
    let isBad = Reloadable(true)
    let reload = reload { [next] say in
      defer { isBad.value = false }
      if isBad.value { throw SinkError(sink: "second", reason: "bad") }
      return next
    }
    try await failed(reload, saying: "bad")
    await reload.run()
    #expect(try await seen(reload) == Self.after)
  }

  // MARK: Nothing of it

  @Test func whatCannotBeReadChangesNothing() async throws {
    let reload = reload { say in
      say("config.json:1:1: this is no JSON\nand more")
      return try Self.config("{")
    }
    try await failed(reload, saying: "config.json")
    let entry = try #require(lines.entries.first { $0.message.description == "configuration_problem" })
    #expect(entry.metadata["err"]?.description == "config.json:1:1: this is no JSON" && entry.level == .error)
  }

  @Test func aSinkThatCannotBeMadeChangesNothing() async throws {
    let more = try Self.config(
      #"{"watch": ["a.example/app:2"], "sinks": {"second": {"type": "file", "path": "\#(directory.path)/second.jsonl"},"#
        + #""hook": {"type": "webhook", "url": "https://127.0.0.1:1/", "secret_file": "\#(directory.path)/none"}}}"#)
    try await failed(reload { _ in more }, saying: "none")
  }

  @Test func aPortThatIsTakenChangesNothing() async throws {
    let other = ServiceEndpoint(log: Logger(label: "other") { _ in SwiftLogNoOpLogHandler() })
    let listening = try #require(try await other.prepare(next.httpListen))
    let reload = reload { [next] _ in next }
    await reload.run()
    await listening.close()
    var expected = Self.before
    expected.isGood = false
    #expect(try await seen(reload) == expected)
    #expect(logged == ["reload_failed"] && heard == ["RELOADING=1", "READY=1"])
  }

  /// The last step that can fail: by then sinks are made, and the new port is listened at.
  @Test func aDatabaseThatRefusesChangesNothing() async throws {
    var waiting = Configuration()
    waiting.busyMode = .timeout(30)
    let other = try DatabaseQueue(path: registrar.writer.path, configuration: waiting)
    try await other.write { db in
      try db.execute(sql: "CREATE TRIGGER refuse BEFORE INSERT ON tag BEGIN SELECT RAISE(ABORT, 'refused'); END")
    }
    try await failed(reload { [next] _ in next }, saying: "refused")
    try await other.write { try $0.execute(sql: "DROP TRIGGER refuse") }
  }

  // MARK: A stop

  @Test func whatIsReadAfterTheStopIsDropped() async throws {
    let (began, gate) = (AsyncStream.makeStream(of: Void.self), DispatchSemaphore(value: 0))
    let reload = reload { [next] _ in
      began.continuation.yield()
      #expect(gate.wait(timeout: .now() + 30) == .success, "the test lets it go on")
      return next
    }
    let running = Task { await reload.run() }
    for await _ in began.stream { break }
    #expect(await !reload.stop(), "what is only read need not be waited for")
    gate.signal()
    await running.value
    #expect(try await seen(reload) == Self.before)
    #expect(logged == [] && heard == ["RELOADING=1"])
    await reload.run()
    #expect(heard == ["RELOADING=1"], "nothing is begun after the stop")
  }

  @Test func whatIsBeingTakenOverIsWaitedFor() async throws {
    let reload = reload { [next] _ in next }
    let (reached, gate) = (AsyncStream.makeStream(of: Void.self), DispatchSemaphore(value: 0))
    // The engine takes the watchlist over between two commits, and one is under way.
    let holding = Task { [writer = registrar.writer] in
      try await writer.transaction { _ in
        reached.continuation.yield()
        #expect(gate.wait(timeout: .now() + 30) == .success, "the test lets it go on")
      }
    }
    for await _ in reached.stream { break }
    let running = Task { await reload.run() }
    let deadline = ContinuousClock.now + .seconds(30)
    while (try? TCPClient(port: ports["new"] ?? 0)) == nil, ContinuousClock.now < deadline { await Task.yield() }
    var isTakingOver = false
    while !isTakingOver, ContinuousClock.now < deadline {
      isTakingOver = await reload.isTakingOver
      await Task.yield()
    }
    #expect(await reload.stop(), "it is under way")
    gate.signal()
    try await holding.value
    await running.value
    #expect(try await seen(reload) == Self.after)
  }
}
