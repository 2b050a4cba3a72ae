import Delivery
import Endpoint
import Foundation
import GRDB
import Hashing
import Host
import ImageModel
import InMemoryLogging
import Logging
import Registry
import Synchronization
import TestSupport
import Testing

@testable import Config
@testable import History
@testable import Polling
@testable import Service

/// Another configuration is in force with all that it says, or with nothing of it: each step is made to fail, as it
/// would in the world, and all is looked at afterwards.
@Suite(.timeLimit(.minutes(2))) struct ReloadTests {
  /// All that can be seen to follow a configuration.
  private struct Seen: Equatable {
    var watched: [String]
    /// By tag of the plan, the sinks that are told when its image changes.
    var told: [String: [String]]
    var sinks: Set<String>
    var listens: Set<String>
    var log: LogSettings
    var retention: Int?
    /// Which of those that were made from registries' settings polls.
    var poller: Int?
    /// The watchlist that was announced last.
    var announced: [String]?
    var isGood: Bool
  }

  private static let before = Seen(
    watched: ["a.example/app:1", "c.example/app:1"],
    told: ["a.example/app:1": ["first"], "c.example/app:1": ["first"]], sinks: ["first"], listens: ["old"],
    log: LogSettings(), retention: nil, poller: 0, announced: nil, isGood: true)
  private static let after = Seen(
    watched: ["a.example/app:2", "b.example/app:1", "c.example/app:1"],
    told: [
      "a.example/app:2": ["second", "third"], "b.example/app:1": ["second", "third"], "c.example/app:1": ["third"],
    ],
    sinks: ["second", "third"], listens: ["new"], log: LogSettings(level: .debug, format: .json), retention: 2 * 86_400,
    poller: 1, announced: ["a.example/app:2", "b.example/app:1", "c.example/app:1"], isGood: true)

  private let directory: TemporaryDirectory
  private let scene: ReloadScene
  private let receiver: NotifyReceiver
  private let ports: [String: Int]
  private let old: WatchConfig
  private let next: WatchConfig
  private let announced = Reloadable<[String]?>(nil)
  /// Called with each watchlist that is in force from then on.
  private let onWatchlist = Reloadable<@Sendable () -> Void>({})

  init() async throws {
    directory = try TemporaryDirectory()
    let folder = directory.path
    receiver = try NotifyReceiver(.path(folder + "/notify"))
    ports = ["old": try freePort(), "new": try freePort()]
    old = try Self.config(
      #"{"watch": ["a.example/app:1", "c.example/app:1"], "http": {"listen": "127.0.0.1:\#(ports["old"] ?? 0)"},"#
        + #""sinks": {"first": {"type": "file", "path": "\#(folder)/first.jsonl"}}}"#)
    next = try Self.config(
      #"{"watch": ["a.example/app:2", "b.example/app:1", {"image": "c.example/app:1", "sinks": ["third"]}],"#
        + #""http": {"listen": "127.0.0.1:\#(ports["new"] ?? 0)"},"#
        + #""sinks": {"second": {"type": "file", "path": "\#(folder)/second.jsonl"},"#
        + #""third": {"type": "file", "path": "\#(folder)/third.jsonl", "events": ["watcher.image.*"]}},"#
        + #""log": {"level": "debug", "format": "json"}, "retention": {"history": "2d"},"#
        + #""registries": {"a.example": {"max_concurrency": 1}}}"#)
    let images = Atomic(0)
    scene = try await ReloadScene(
      old, database: folder + "/watcher.db",
      poll: { _ in .observed(.found(Self.newImage(images.add(1, ordering: .relaxed).newValue), head: nil, age: .zero))
      },
      onWatchlist: { [announced, onWatchlist] entries in
        announced.value = entries.map(\.tag.description)
        onWatchlist.value()
      })
  }

  /// Another one each time.
  private static func newImage(_ number: Int) -> TagSnapshot {
    let digests = ["manifest", "config"].map { Hash.digest(.sha256, of: Array("\($0) \(number)".utf8)) }
    let image = PlatformImage(
      platform: nil, manifest: digests[0], manifestSize: 1, imageID: digests[1], configSize: 1, layers: [], config: nil)
    return TagSnapshot(digest: digests[0], mediaType: .ociManifest, size: 1, images: [image], documents: [])
  }

  private static func config(_ text: String) throws -> WatchConfig {
    try WatchConfig.parse(Array(text.utf8), path: "config.json")
  }

  private var parts: Reload.Parts { scene.parts }
  private var writer: HistoryWriter { scene.registrar.writer }

  private func reload(read: @escaping Reload.Read) -> Reload { scene.reload(notifySocket: receiver.name, read: read) }

  private func seen() async throws -> Seen {
    let config = parts.config.value
    var sinks: Set<String> = []
    for settings in old.sinks + next.sinks where await parts.sinks.isAtWork(settings) {
      sinks.insert(settings.name)
    }
    #expect(Set(config.sinks.map(\.name)) == sinks && config.watch.isEmpty)
    let tags = try HistoryReader.open(writer.path).status().tags.filter(\.record.isWatched)
    _ = try await parts.engine.check(nil)
    let told = try await parts.engine.check(nil).map { result in
      (result.tag.description, result.events.flatMap(\.sinks).sorted())
    }
    return Seen(
      watched: tags.map(\.record.tag.description).sorted(), told: Dictionary(uniqueKeysWithValues: told), sinks: sinks,
      listens: Set(ports.filter { (try? TCPClient(port: $0.value)) != nil }.keys), log: parts.logSettings.value,
      retention: config.retention.historySeconds,
      poller: scene.pollers.value.firstIndex { $0 === parts.poller.value.registry }, announced: announced.value,
      isGood: scene.metrics.isLastReloadGood)
  }

  private var logged: [String] { scene.lines.entries.map(\.message.description).filter { $0 != "http_listening" } }
  private var heard: [String] { receiver.messages.map { $0.lines[0] } }

  private func failed(_ reload: Reload, saying words: String) async throws {
    await reload.run()
    var expected = Self.before
    expected.isGood = false
    #expect(try await seen() == expected)
    #expect(heard == ["RELOADING=1", "READY=1"])
    #expect(receiver.messages.last?.text.contains("STATUS=reload failed") == true)
    let entry = try #require(scene.lines.entries.last { $0.message.description == "reload_failed" })
    #expect(entry.metadata["err"]?.description.contains(words) == true, "\(entry.metadata)")
  }

  // MARK: All of it

  @Test func allOfItIsInForce() async throws {
    let reload = reload { [next] say in
      say("config.json: a doubt")
      return next
    }
    #expect(try await seen() == Self.before)
    await reload.run()
    #expect(try await seen() == Self.after)
    #expect(logged == ["configuration_problem", "reloaded"] && heard == ["RELOADING=1", "READY=1"])
    #expect(await eventually { await parts.sinks.ending.isEmpty }, "nothing is kept of a sink that has ended")
  }

  /// Nothing else looks at sinks here.
  @Test func sinksAreLookedAt() async throws {
    let late = try Self.config(
      #"{"watch": ["a.example/app:1"], "sinks": {"late": {"type": "file", "path": "\#(directory.path)/later/x"}}}"#)
    await reload { _ in late }.run()
    let path = scene.registrar.writer.path
    #expect(await eventually { (try? HistoryReader.open(path).sinks().first { $0.name == "late" }?.state) == .failing })
  }

  @Test func theSameOnceMoreChangesNothing() async throws {
    let reload = reload { [next] _ in next }
    await reload.run()
    let first = try await seen()
    await reload.run()
    #expect(try await seen() == first && first == Self.after)
    #expect(scene.pollers.value.count == 2)
    let listening = scene.lines.entries.count { $0.message == "http_listening" }
    #expect(listening == 2, "the old address and the new one, once each")
  }

  /// Also where nothing of it is taken over: whoever rotates files wants the old ones let go of.
  @Test(arguments: [true, false]) func filesAreClosed(isGood: Bool) async throws {
    let (file, rotated) = (directory.path + "/first.jsonl", directory.path + "/first.jsonl.1")
    // Of first sights nobody is told.
    for _ in 1...2 { _ = try await parts.engine.check(nil) }
    #expect(await eventually { Self.openFiles().contains(file) })
    try FileManager.default.moveItem(atPath: file, toPath: rotated)
    #expect(Self.openFiles().contains(rotated))
    await reload { [old] _ in
      if !isGood { throw SinkError(sink: "first", setting: "path", reason: "bad") }
      return old
    }.run()
    #expect(await eventually { !Self.openFiles().contains(rotated) })
  }

  /// Paths that this process has open.
  private static func openFiles() -> Set<String> {
    let files = FileManager.default
    let numbers = (try? files.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return Set(numbers.compactMap { try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0) })
  }

  /// The endpoint asks the database what waits for the sinks, which may take long; nothing else waits for that.
  @Test func allOfItIsInForceBeforeThePageIsServed() async throws {
    let writer = writer
    let heartbeat = Heartbeat(
      notifier: ServiceNotifier(environment: [:], log: Logger(label: "none") { _ in SwiftLogNoOpLogHandler() }),
      engine: parts.engine, writer: writer, remark: { nil })
    await parts.endpoint.serve(
      ServicePages(
        metrics: scene.metrics, engine: parts.engine, writer: writer,
        readiness: Readiness(heartbeat: heartbeat, writer: writer),
        versions: [], reports: { [] },
        hints: HintPage(
          secretFile: { nil }, environment: [:], desk: HintDesk(parts.engine),
          log: Logger(label: "none") { _ in SwiftLogNoOpLogHandler() }),
        gate: WebGate(
          settings: { PageSettings() }, environment: [:], log: Logger(label: "none") { _ in SwiftLogNoOpLogHandler() },
          site: { _ in nil })))
    let gate = DispatchSemaphore(value: 0)
    onWatchlist.value = {
      writer.queue.asyncWriteWithoutTransaction { _ in
        #expect(gate.wait(timeout: .now() + 60) == .success, "the test lets it go on")
      }
    }
    let reload = reload { [next] _ in next }
    let running = Task { await reload.run() }
    let isInForce = await eventually { [parts, old, next] in
      for sink in next.sinks { guard await parts.sinks.isAtWork(sink) else { return false } }
      for sink in old.sinks { guard await !parts.sinks.isAtWork(sink) else { return false } }
      return parts.logSettings.value == next.log
    }
    #expect(isInForce)
    #expect(await reload.takingOver != nil, "the page waits")
    gate.signal()
    await running.value
    #expect(try await seen() == Self.after)
  }

  @Test func afterOneThatFailedAnotherIsTakenOver() async throws {
    let isBad = Reloadable(true)
    let reload = reload { [next] say in
      defer { isBad.value = false }
      if isBad.value { throw SinkError(sink: "second", setting: "path", reason: "bad") }
      return next
    }
    try await failed(reload, saying: "bad")
    await reload.run()
    #expect(try await seen() == Self.after)
  }

  // MARK: Nothing of it

  @Test func whatCannotBeReadChangesNothing() async throws {
    let reload = reload { say in
      say("config.json:1:1: this is no JSON\nand more")
      return try Self.config("{")
    }
    try await failed(reload, saying: "config.json")
    let entry = try #require(scene.lines.entries.first { $0.message.description == "configuration_problem" })
    #expect(entry.metadata["err"]?.description == "config.json:1:1: this is no JSON" && entry.level == .error)
  }

  @Test func aSinkThatCannotBeMadeChangesNothing() async throws {
    let more = try Self.config(
      #"{"watch": ["a.example/app:2"], "http": {"listen": "127.0.0.1:\#(ports["new"] ?? 0)"}, "sinks": {"second": {"type": "file", "path": "\#(directory.path)/second.jsonl"},"#
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
    #expect(try await seen() == expected)
    #expect(logged == ["configuration_problem", "reload_failed"] && heard == ["RELOADING=1", "READY=1"])
  }

  /// The last step that can fail: by then sinks are made, and the new port is listened at.
  @Test func aDatabaseThatRefusesChangesNothing() async throws {
    var waiting = Configuration()
    waiting.busyMode = .timeout(30)
    let other = try DatabaseQueue(path: writer.path, configuration: waiting)
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
    await reload.stop()
    #expect(heard == ["RELOADING=1"], "what is only read is not waited for")
    gate.signal()
    await running.value
    #expect(try await seen() == Self.before)
    #expect(logged == [] && heard == ["RELOADING=1"])
    await reload.run()
    #expect(heard == ["RELOADING=1"], "nothing is begun after the stop")
  }

  @Test func whatIsBeingTakenOverIsWaitedFor() async throws {
    let reload = reload { [next] _ in next }
    let (reached, gate) = (AsyncStream.makeStream(of: Void.self), DispatchSemaphore(value: 0))
    // The engine takes the watchlist over between two commits, and one is under way.
    let holding = Task { [writer] in
      try await writer.transaction { _ in
        reached.continuation.yield()
        #expect(gate.wait(timeout: .now() + 30) == .success, "the test lets it go on")
      }
    }
    for await _ in reached.stream { break }
    let running = Task { await reload.run() }
    #expect(await eventually { await reload.takingOver != nil })
    let isOpen = Atomic(false)
    let stopping = Task {
      await reload.stop()
      return isOpen.load(ordering: .sequentiallyConsistent)
    }
    #expect(await eventually { await reload.isStopping })
    // Time enough for one that does not wait.
    for _ in 0..<1_000 { await Task.yield() }
    isOpen.store(true, ordering: .sequentiallyConsistent)
    gate.signal()
    #expect(await stopping.value, "it has waited")
    #expect(heard == ["RELOADING=1", "READY=1"], "the stop waits for all of it")
    #expect(try await seen() == Self.after)
    try await holding.value
    await running.value
  }

  /// Whether something becomes true within half a minute.
  private func eventually(_ condition: () async -> Bool) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
      if await condition() { return true }
      await Task.yield()
    }
    return false
  }
}
