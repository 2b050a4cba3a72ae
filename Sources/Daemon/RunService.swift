import Config
import Delivery
import Dispatch
import History
import ImageModel
import Logging
import Registry
import Schedule
import Transport

/// The daemon: polls, records and delivers until it is told to stop, and takes another configuration over meanwhile.
public actor RunService {
  /// How long polls in flight may take once the service stops, before they are cut off.
  private static let pollGraceSeconds = 5
  /// How long sinks may take to write what waits for them when the service stops.
  private static let deliveryGrace = Duration.seconds(5)
  private static let pruneIntervalSeconds = 3_600
  private static let tidyIntervalSeconds = 15
  /// Of a configuration that is refused, so many problems are logged one by one.
  private static let loggedProblems = 20

  /// Reads the configuration anew. What it says, a line per problem or warning, is for the log.
  public typealias Reload = @Sendable (_ say: (String) -> Void) throws -> WatchConfig

  /// Without its watchlist, which may be large and lives on in the engine alone.
  private var config: WatchConfig
  private let store: Store
  private let environment: [String: String]
  private let readAgain: Reload
  private let logSettings: Exchangeable<LogSettings>
  private let log: Logger
  private let metrics: ServiceMetrics
  private let steps: ClockSteps
  private let notifier: ServiceNotifier
  private let http = HTTPClient.forRegistries()
  private let deliveries: Deliveries
  /// Where polls go; replaced with the registries' settings.
  private let poller: Exchangeable<TagPoller>
  /// Logs what was recorded and wakes the sinks that are to be told.
  private let onRecorded: @Sendable ([Record]) -> Void
  private let stopReasons: (stream: AsyncStream<StopReason>, continuation: AsyncStream<StopReason>.Continuation)

  private enum StopReason: Sendable {
    case signal
    case failure(StoreError)
  }

  /// Opens the database, creating it if need be, and runs until SIGTERM or SIGINT.
  ///
  /// - Throws: the store's error, when it cannot be opened or refuses to be written for good; `SinkError`.
  public static func run(
    _ config: consuming WatchConfig, database: String, environment: [String: String], reload: @escaping Reload
  ) async throws {
    ServiceNotifier.hideFromChildren()
    SpareMemory.mapLargeBlocks()
    let entries = config.watch
    config.watch = []
    try await RunService(config: config, database: database, environment: environment, reload: reload).run(entries)
  }

  private init(
    config: WatchConfig, database: String, environment: [String: String], reload: @escaping Reload
  ) throws {
    self.config = config
    self.environment = environment
    readAgain = reload
    logSettings = Exchangeable(config.log)
    let logs = LogCounts()
    log = LogOutput.logger(logSettings, logs, environment: environment)
    let now = Moment.now()
    if ClockWatch.isUnset(now.wall) {
      log.warning("clock_unset", metadata: ["note": "certificates and times mean nothing until it is set"])
    }
    metrics = ServiceMetrics(logs: logs, startedAt: now.wall)
    steps = ClockSteps(since: now) { [log, metrics] step in
      log.warning("clock_stepped", metadata: ["seconds": "\(Double(step) / 1000)"])
      metrics.noteClockStep()
    }
    notifier = ServiceNotifier(environment: environment, log: log)
    store = try notifier.extendingStart { () throws(StoreError) in try Store(opening: database) }
    let reasons = AsyncStream.makeStream(of: StopReason.self)
    stopReasons = reasons
    deliveries = Deliveries(
      writer: store.writer, environment: environment, log: log, steps: steps,
      onFailure: { reasons.continuation.yield(.failure($0)) },
      onSettled: metrics.noteDeliveries)
    poller = Exchangeable(
      TagPoller(
        registry: .configured(config, http: http, environment: environment), writer: store.writer))
    onRecorded = { [deliveries, metrics, report = PollReport(log: log)] records in
      report.note(records)
      metrics.noteChanges(records)
      deliveries.wake(Set(records.lazy.flatMap(\.events).flatMap(\.sinks)))
    }
  }

  private func run(_ entries: consuming [WatchEntry]) async throws {
    let sinks = try await deliveries.prepare(config.sinks)
    let count = entries.count
    let engine = engine(try await store.watch(entries, config, now: .now()))
    let (hangUps, hangUp) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let signals = SignalWatch(
      onStop: { [notifier, stop = stopReasons.continuation] in
        notifier.stopping()
        stop.yield(.signal)
      },
      onHangUp: { hangUp.yield() },
      onReopen: { [deliveries] in Task { await deliveries.reopenFiles() } })
    let timer = PollTimer(queue: DispatchQueue(label: "watcher.schedule")) { Task { await engine.tick() } }
    await engine.setTimer { timer.arm(inMilliseconds: $0) }
    let heartbeat = Heartbeat(
      notifier: notifier, engine: engine, writer: store.writer,
      remark: { [metrics] in metrics.isLastReloadGood ? nil : "the last reload failed, see the log" })
    let readiness = Readiness(heartbeat: heartbeat, writer: store.writer)
    let endpoint = ServiceEndpoint(
      pages: ServicePages(
        metrics: metrics, engine: engine, writer: store.writer, readiness: readiness, versions: Self.versions),
      log: log)
    await endpoint.use(config.httpListen, try await endpoint.prepare(config.httpListen))
    warn(of: sinks)
    log.info("started", metadata: ["tags": "\(count)", "database": "\(store.writer.path)"])
    await deliveries.use(config.sinks, sinks)
    await engine.tick()
    let control = listen(
      ControlDesk(
        readiness: readiness, writer: store.writer, deliveries: deliveries,
        check: { try await self.check($0, engine, progress: $1) }, prune: { try await self.prune() }))
    let upkeep = [
      Task { await heartbeat.run() }, Task { await pruneHourly() }, Task { await tidy() },
      Task { await endpoint.run() },
    ]
    let reloading = Task {
      for await _ in hangUps { await reload(engine, endpoint) }
    }
    var reason = StopReason.signal
    for await first in stopReasons.stream {
      reason = first
      break
    }
    notifier.stopping()
    control?.close()
    hangUp.finish()
    timer.cancel()
    for task in upkeep { task.cancel() }
    await reloading.value
    await endpoint.close()
    if let failure = await shutDown(engine) { reason = .failure(failure) }
    signals.cancel()
    store.writer.close()
    log.info("stopped")
    if case .failure(let error) = reason { throw error }
  }

  private func engine(_ core: PollCore) -> PollEngine {
    PollEngine(
      core: core, recorder: Recorder(sinks: config.sinks), writer: store.writer, log: log,
      poll: { [poller] job in await poller.value.poll(job) },
      onProgress: { [onRecorded, stop = stopReasons.continuation] progress in
        switch progress {
        case .recorded(let records): onRecorded(records)
        case .failed(let error): stop.yield(.failure(error))
        }
      })
  }

  // MARK: Check

  /// Polls tags now: those that are watched in their turn, the others once.
  private func check(
    _ tags: [TagReference]?, _ engine: PollEngine, progress: ControlProgress
  ) async throws -> CheckReport {
    let began = Moment.now().boot
    let total = if let tags { tags.count } else { await engine.load.tags }
    progress.set(0, of: total)
    let watched = try await engine.check(tags) { progress.set($0, of: total) }
    let others = Set(tags ?? []).subtracting(watched.map(\.tag))
    var results = Dictionary(uniqueKeysWithValues: watched.map { ($0.tag, $0) })
    if !others.isEmpty {
      let core = try await store.check(others.map(config.entry), config, now: .now())
      let pass = SinglePass(sinks: config.sinks, poller: poller.value, log: log, onRecorded: onRecorded)
      for result in try await pass.run(consume core, progress: { progress.set(watched.count + $0, of: total) }) {
        results[result.tag] = result
      }
    }
    return CheckReport(
      results: tags.map { $0.compactMap { results[$0] } } ?? watched,
      pollingSeconds: Double(Moment.now().boot - began) / 1000)
  }

  private static var versions: [MetricFamily.Label] {
    [
      .init("version", ProductInfo.version), .init("sqlite_version", HistoryWriter.libraryVersion),
      .init("curl_version", HTTPClient.libraryVersion ?? ""),
    ]
  }

  // MARK: Reload

  /// Reads the configuration anew and takes all of it over, or nothing.
  private func reload(_ engine: PollEngine, _ endpoint: ServiceEndpoint) async {
    notifier.reloading()
    var said: [String] = []
    var status: String?
    do {
      var next = try readAgain { said.append($0) }
      let entries = next.watch
      next.watch = []
      let sinks = try await deliveries.prepare(next.sinks)
      let listening = try await endpoint.prepare(next.httpListen)
      let registry: RegistryClient? =
        next.registries == config.registries ? nil : .configured(next, http: http, environment: environment)
      do {
        try await engine.reconfigure(
          PollEngine.Change(
            watchlist: Watchlist(entries: entries, registries: next.registries),
            register: Store.registration(of: entries, next), recorder: Recorder(sinks: next.sinks),
            onApplied: { [poller, writer = store.writer] in
              if let registry { poller.value = TagPoller(registry: registry, writer: writer) }
            }))
      } catch {
        await listening?.close()
        throw error
      }
      await endpoint.use(next.httpListen, listening)
      await deliveries.use(next.sinks, sinks)
      noteWhatStays(next)
      config = next
      logSettings.value = next.log
      warn(of: sinks)
      metrics.noteReload(isGood: true, at: .now())
      note(said, .warning)
      log.info("reloaded", metadata: ["tags": "\(entries.count)"])
    } catch {
      note(said, .error)
      metrics.noteReload(isGood: false, at: .now())
      log.error(
        "reload_failed", metadata: ["err": "\(error)", "note": "the configuration from before stays in force"])
      status = "reload failed, see the log; the configuration from before stays in force"
    }
    await deliveries.reopenFiles()
    notifier.ready(status: status)
  }

  /// What is wrong or doubtful in the configuration, each with its place.
  private func note(_ problems: [String], _ level: Logger.Level) {
    for text in problems.prefix(Self.loggedProblems) {
      log.log(level: level, "configuration_problem", metadata: ["err": "\(text.prefix { $0 != "\n" })"])
    }
  }

  private func noteWhatStays(_ next: WatchConfig) {
    guard next.database != config.database else { return }
    log.warning("database_stays", metadata: ["note": "another database is opened at the next start only"])
  }

  // MARK: Warnings

  /// What would otherwise show with the first event, perhaps in weeks. A file's place may come yet, so it is no reason
  /// not to start.
  private func warn(of sinks: ConfiguredSinks) {
    for sink in config.sinks {
      guard case .webhook(let settings) = sink.kind, settings.url.lowercased().hasPrefix("http://"),
        sinks.all.contains(where: { $0.name == sink.name })
      else { continue }
      log.warning("webhook_unencrypted", metadata: ["sink": "\(sink.name)"])
    }
    for file in sinks.files {
      guard let problem = file.problem else { continue }
      log.error("sink_unusable", metadata: ["sink": "\(file.name)", "err": "\(problem)"])
    }
  }

  // MARK: Control

  /// The service works without it as well; commands then say that it has to be stopped.
  private func listen(_ desk: ControlDesk) -> ControlServer? {
    let path = ControlSocket.path(database: store.writer.path, environment: environment)
    do throws(ControlError) {
      return try ControlServer(path: path, database: store.writer.path, handler: desk.answer)
    } catch {
      log.warning("control_unavailable", metadata: ["err": "\(error.message)"])
      return nil
    }
  }

  // MARK: Upkeep

  private func pruneHourly() async {
    while !Task.isCancelled {
      do {
        _ = try await prune()
      } catch {
        // What could not be done now is done in an hour; recording meets the same error and deals with it.
        log.warning("prune_failed", metadata: ["err": "\(error)"])
      }
      try? await Task.sleep(for: .seconds(Self.pruneIntervalSeconds))
    }
  }

  private func prune() async throws -> Pruned {
    let pruned = try await Pruning.run(config.retention, store.writer)
    guard pruned != Pruned() else { return pruned }
    log.info(
      "pruned",
      metadata: [
        "snapshots": "\(pruned.snapshots)", "events": "\(pruned.events)", "documents": "\(pruned.documents)",
        "deliveries": "\(pruned.deliveries)",
      ])
    return pruned
  }

  /// Small things that are looked after four times a minute.
  private func tidy() async {
    var isInPlace = true
    while (try? await Task.sleep(for: .seconds(Self.tidyIntervalSeconds))) != nil {
      SpareMemory.giveBack()
      if isInPlace, !store.writer.isInPlace {
        log.error(
          "database_gone",
          metadata: ["database": "\(store.writer.path)", "note": "what is recorded ends with this process"])
      }
      isInPlace = store.writer.isInPlace
      guard let step = steps.look(at: .now()) else { continue }
      // Where it cannot be done, nothing is later than the longest wait of its sink.
      try? await store.writer.transaction { try $0.moveAttempts(by: step) }
      await deliveries.readAgain()
    }
  }

  // MARK: Stopping

  /// No new polls; those in flight get a moment, then what is recorded is delivered as far as sinks take it.
  private func shutDown(_ engine: PollEngine) async -> StoreError? {
    let cutOff = Task {
      try await Task.sleep(for: .seconds(Self.pollGraceSeconds))
      await engine.cutOff()
    }
    let failure = await engine.stop()
    cutOff.cancel()
    http.shutdown()
    await deliveries.stop(drainingFor: Self.deliveryGrace)
    return failure
  }
}
