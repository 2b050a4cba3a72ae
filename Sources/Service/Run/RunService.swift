package import Config
import Control
import Delivery
import Glibc
import History
package import Host
import ImageModel
import Logging
import Polling
import Recording
import Registry
import Schedule
import Transport

/// The daemon: polls, records and delivers until it is told to stop, and takes another configuration over meanwhile.
package actor RunService {
  /// In force; without its watchlist, which may be large and lives on in the engine alone.
  let config: Reloadable<WatchConfig>
  let store: Registrar
  let environment: [String: String]
  let log: Logger
  let metrics: ServiceMetrics
  let steps: ClockStepMonitor
  let notifier: ServiceNotifier
  let http: HTTPClient
  let deliveries: SinkSupervisor
  let endpoint: ServiceEndpoint
  let pool: ReaderPool
  let feed: EventFeed
  let poller: Reloadable<TagPoller>
  private let makePoller: @Sendable (WatchConfig) -> TagPoller
  private let firstPass: FirstPass
  private let report: PollReport
  let agreedTime = AgreedTime()
  private let gate = LoginGate()
  private let neighbours = WatchedRepositories()
  /// What of it is in the database.
  var keptTime: Timestamp?
  /// Logs what was recorded and wakes the sinks that events are for.
  private let onRecorded: @Sendable ([Record]) -> Void
  private let listReport: ListReport
  /// Logs what lists have changed, and expects what came with them.
  private let onListed: @Sendable ([ListRecord]) -> Void
  /// Under way, over tags that are not watched.
  private var passes: [SinglePass] = []
  private var isStopping = false
  private let stopReasons: (stream: AsyncStream<StopReason>, continuation: AsyncStream<StopReason>.Continuation)

  /// For what is read to show it; a request is given five to be answered.
  static let readSeconds = 4

  private enum StopReason: Sendable {
    /// By its name.
    case signal(String)
    case failure(StoreError)
  }

  /// Opens the database, creating it if need be, and runs until SIGTERM or SIGINT.
  ///
  /// - Parameters:
  ///   - path: of the configuration, absolute.
  ///   - eventText: makes of an event's document what a sink of type `stdout` writes, without the last newline; `nil`
  ///     for the document itself.
  /// - Throws: the store's error, when it cannot be opened or refuses to be written for good;
  ///   `ConfigRefusal`. A start that is refused has made no database.
  package static func run(
    _ config: consuming WatchConfig, at path: String, database: String, environment: [String: String],
    signals: SignalWatch, eventText: (@Sendable ([UInt8]) -> [UInt8])? = nil,
    reload: @escaping @Sendable (_ say: (String) -> Void) throws -> WatchConfig
  ) async throws {
    ServiceNotifier.hideFromChildren()
    SpareMemory.mapLargeBlocks()
    let entries = config.watch
    config.watch = []
    let rest = config
    let start = try await ServiceStart(
      rest, database: database, environment: environment, output: .standardOutput(showing: eventText), signals: signals)
    try await RunService(start, config: rest, database: database, environment: environment)
      .run(entries, path, start, signals, reload)
  }

  private init(
    _ start: ServiceStart, config: WatchConfig, database: String, environment: [String: String]
  ) throws {
    self.config = Reloadable(config)
    self.environment = environment
    log = start.log
    http = .forRegistries(config.proxySettings(environment)) { [log] in
      log.warning("certificates_unanswered", metadata: ["note": "\($0)"])
    }
    metrics = start.metrics
    notifier = start.notifier
    endpoint = start.endpoint
    steps = ClockStepMonitor(since: start.began) { [log, metrics] step in
      log.warning("clock_stepped", metadata: ["seconds": "\(Double(step.milliseconds) / 1000)"])
      metrics.recordClockStep()
    }
    store = try notifier.extendingStart { () throws(StoreError) in try Registrar(opening: database) }
    if store.writer.isToShrink {
      log.warning(
        "database_not_shrunk",
        metadata: ["note": "there is no room, or somebody is in the way; the next start tries again"])
    }
    pool = ReaderPool(store.writer.path, seconds: Self.readSeconds)
    // By a thread of its own: what others ask for delays no event.
    feed = EventFeed(ReaderPool(pool.path, size: 1, seconds: Self.readSeconds))
    let reasons = AsyncStream.makeStream(of: StopReason.self)
    stopReasons = reasons
    deliveries = SinkSupervisor(
      writer: store.writer, log: log, steps: steps, http: start.webhooks,
      onFailure: { reasons.continuation.yield(.failure($0)) },
      onSettled: { [log, metrics] sink, settlement in
        metrics.recordDeliveries(sink: sink, settlement.results)
        settlement.log(to: log, sink: sink)
      })
    makePoller = { [http, agreedTime, gate, neighbours, log, writer = store.writer] config in
      TagPoller(
        registry: .configured(
          config, http: http, environment: environment, agreedTime: agreedTime, repositories: neighbours, gate: gate,
          tell: { log.warning("login_file", metadata: ["note": "\($0)"]) }),
        writer: writer)
    }
    poller = Reloadable(makePoller(config))
    firstPass = FirstPass(log: log)
    report = PollReport(log: log)
    listReport = ListReport(log: log)
    onListed = { [firstPass, report, listReport] records in
      listReport.log(records)
      firstPass.expect(records)
      for record in records { report.leave(record.departures) }
    }
    onRecorded = { [deliveries, metrics, firstPass, report, feed] records in
      report.log(records)
      firstPass.see(records)
      metrics.recordChanges(records)
      deliveries.wake(Set(records.lazy.flatMap(\.events).flatMap(\.sinks)))
      feed.noteCommit()
    }
  }

  private func run(
    _ entries: consuming [WatchEntry], _ path: String, _ start: ServiceStart, _ signals: SignalWatch,
    _ read: @escaping Reload.Read
  ) async throws {
    let first = config.value
    agreedTime.countLoopback(first.isOnLoopback(with: entries))
    neighbours.watch(first.repositoryNames(with: entries))
    var core = try await store.watch(entries, first, now: .now())
    // What was asked for before the restart holds after it.
    core.pause(try await store.writer.transaction { try $0.rests() }, at: .now())
    let engine = engine(core)
    let daemon = DaemonRecord(
      pid: Int(getpid()), version: ProductInfo.version, configuration: path, since: start.began.wall)
    let (unwell, isUnused) = try await store.writer.transaction { [listen = first.httpListen] store in
      try store.recordListening(listen)
      try store.recordReports([])
      return (try store.sinkStatus().filter(\.isUnwell), try store.isUnused())
    }
    // Before it is one that was used: whatever ends this start, the next one says so again.
    if isUnused { sayCreated() }
    try await store.writer.enter(daemon)
    let reload = Reload(
      Reload.Parts(
        config: config, engine: engine, sinks: deliveries, endpoint: endpoint, poller: poller, makePoller: makePoller,
        http: http, environment: environment, output: start.output, logSettings: start.logSettings,
        onListening: { [writer = store.writer] address in
          // Only `config check` wants to know, and takes a port that it cannot place for another's.
          try? await writer.transaction { try $0.recordListening(address) }
        },
        onWatchlist: { [agreedTime, neighbours, firstPass, report, listReport, config] entries, unpolled in
          neighbours.watch(config.value.repositoryNames(with: entries))
          agreedTime.countLoopback(config.value.isOnLoopback(with: entries))
          listReport.keep(config.value.repositories)
          firstPass.expect(unpolled, of: entries)
          report.keep(entries)
        }),
      log: log, metrics: metrics, notifier: notifier, read: read)
    let timer = await engine.startTimer("watcher.schedule")
    let heartbeat = Heartbeat(
      notifier: notifier, engine: engine, writer: store.writer,
      remark: { [metrics] in metrics.isLastReloadGood ? nil : "the last reload failed, see the log" })
    let readiness = Readiness(heartbeat: heartbeat, writer: store.writer)
    let (hangUps, hangUp) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    heed(signals, hangUp)
    log.tell(of: start.made, newSinks: first.sinks)
    sayStarted(path, tags: await engine.load.tags)
    for sink in unwell { sink.logAtStart(to: log) }
    firstPass.expect(await engine.unpolled, of: [])
    await deliveries.use(first.sinks, start.made.sinks)
    await engine.tick()
    let desk = HintDesk(engine)
    let control = listen(
      ControlHandler(
        readiness: readiness, writer: store.writer, deliveries: deliveries,
        check: { try await self.check($0, engine, progress: $1) },
        prune: { try await self.prune() }, hint: desk.take))
    await endpoint.serve(pages(of: engine, readiness, desk))
    let upkeep = [
      Task { await heartbeat.run() }, Task { await pruneHourly() }, Task { await tidy(engine) },
      Task { await keepRests(of: engine) },
      Task { await endpoint.run() }, Task { await lookAtSinks() }, Task { await feed.run() },
    ]
    // One that comes while the file is read is kept for another reload: it may have been read already.
    Task {
      for await _ in hangUps { await reload.run() }
    }
    var reason = await stopReasons.stream.first { _ in true } ?? .signal("SIGTERM")
    if case .failure(let error) = reason { signals.limitStop(exitCode: error.exitCode.rawValue) }
    notifier.stopping()
    control?.close()
    hangUp.finish()
    timer.cancel()
    for task in upkeep { task.cancel() }
    await reload.stop()
    await endpoint.close()
    if let failure = await shutDown(engine) { reason = .failure(failure) }
    try? await keepHints(of: engine)
    try? await keepAgreedTime()
    var rests: [String: Timestamp]?
    await keepRests(of: engine, &rests)
    store.writer.close()
    switch reason {
    case .signal(let name): log.info("stopped", metadata: ["signal": "\(name)"])
    case .failure(let error):
      log.info("stopped", metadata: ["note": "the database cannot be written"])
      throw error
    }
  }

  private func heed(_ signals: SignalWatch, _ hangUp: AsyncStream<Void>.Continuation) {
    signals.use(
      SignalWatch.Actions(
        stop: { [notifier, stop = stopReasons.continuation] signal in
          notifier.stopping()
          stop.yield(.signal(signal))
        },
        hangUp: { hangUp.yield() },
        reopen: { [deliveries] in Task { await deliveries.reopenFiles() } },
        cutOff: { [log] in
          log.error(
            "stop_cut_off",
            metadata: ["note": "something did not end; what was under way is done again after the next start"])
        }))
  }

  private func engine(_ core: PollCore) -> PollEngine {
    PollEngine(
      core: core, writer: store.writer, poll: { [poller] job in await poller.value.poll(job) },
      glance: { [poller] in poller.value.glance($0, for: $1) },
      list: { [poller] job in await poller.value.list(job) },
      record: { [config] in try config.value.recording($0, $1) },
      onProgress: { [log, onRecorded, onListed, stop = stopReasons.continuation] progress in
        switch progress {
        case .recorded(let records): onRecorded(records)
        case .listed(let records): onListed(records)
        case .refused(let error): log.error("database_write_failed", metadata: ["err": "\(error.message)"])
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
    progress.set(0, of: tags?.count ?? 1)
    let unlisted = tags == nil ? try await engine.list() : []
    let total = if let tags { tags.count } else { await engine.load.tags }
    progress.set(0, of: total)
    let watched = try await engine.check(tags) { progress.set($0, of: total) }
    let others = Set(tags ?? []).subtracting(watched.map(\.tag))
    var results = Dictionary(uniqueKeysWithValues: watched.map { ($0.tag, $0) })
    if !others.isEmpty {
      let config = config.value
      var core = try await store.check(Array(others), config, now: .now())
      core.pause(await engine.pauses)
      guard !isStopping else { throw CheckInterruption.stopping }
      let pass = SinglePass(
        consume core, writer: store.writer, poll: { [poller] in await poller.value.poll($0) }, record: recordUnwatched,
        onRecorded: onRecorded)
      passes.append(pass)
      defer { passes.removeAll { $0 === pass } }
      for result in try await pass.run(progress: { progress.set(watched.count + $0, of: total) }) {
        results[result.tag] = result
      }
    }
    return CheckReport(
      results: tags.map { $0.compactMap { results[$0] } } ?? watched, unlisted: unlisted,
      pollingSeconds: Double(Moment.now().boot - began) / 1000)
  }

  /// Of tags that are not watched: the sinks are those of the moment of writing, for the configuration may have been
  /// exchanged since somebody asked. One that is watched by then has sinks of its own, and the engine polls it.
  /// One that was forgotten by then is recorded anew.
  private var recordUnwatched: PollEngine.Recording {
    { [config] requests, store in
      let config = config.value
      let routed = try requests.map { request in
        var request = request
        let row = try store.ensureTag(request.watched.tag, selection: request.watched.selection)
        guard !row.isWatched else { throw CheckInterruption.reloaded }
        request.tagID = row.id
        request.watched.sinks = config.defaults.sinks
        return request
      }
      return try config.recording(routed, store)
    }
  }

  // MARK: Control

  /// The service works without it as well; commands then say that it has to be stopped.
  private func listen(_ handler: ControlHandler) -> ControlServer? {
    let path = ControlSocket.path(database: store.writer.path, environment: environment)
    do throws(ControlError) {
      return try ControlServer(path: path, database: store.writer.path, handler: handler.answer)
    } catch {
      log.warning("control_unavailable", metadata: ["err": "\(error.message)"])
      return nil
    }
  }

  // MARK: Stopping

  /// Who sent a hint was told that it is looked at soon: the next start does that.
  private func keepHints(of engine: PollEngine) async throws {
    let (tags, repositories) = await engine.hinted
    guard !tags.isEmpty || !repositories.isEmpty else { return }
    try await store.writer.transaction { try $0.makeDue(tags, repositories, at: .now()) }
  }

  /// No new polls; those in flight of watched tags get a moment. Then what is recorded is delivered as far as sinks
  /// take it.
  private func shutDown(_ engine: PollEngine) async -> StoreError? {
    isStopping = true
    for pass in passes { await pass.cutOff() }
    let cutOff = Task {
      try await Task.sleep(for: .seconds(Limits.pollGraceSeconds))
      await engine.cutOff()
    }
    let failure = await engine.stop()
    cutOff.cancel()
    http.shutdown()
    await deliveries.stop(drainingFor: .seconds(Limits.deliveryGraceSeconds))
    return failure
  }
}
