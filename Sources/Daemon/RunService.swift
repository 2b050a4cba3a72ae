import Config
import Delivery
import Dispatch
import History
import ImageModel
import Logging
import Registry
import Schedule
import Transport

/// The daemon: polls, records and delivers until it is told to stop.
public struct RunService: Sendable {
  /// How long polls in flight may take once the service stops, before they are cut off.
  private static let pollGraceSeconds = 5
  /// How long sinks may take to write what waits for them when the service stops.
  private static let deliveryGrace = Duration.seconds(5)
  private static let pruneIntervalSeconds = 3_600

  private static let trimIntervalSeconds = 15

  /// Without its watchlist, which may be large and lives on in the engine alone.
  private let config: WatchConfig
  private let store: Store
  private let environment: [String: String]
  private let sinks: ConfiguredSinks
  private let log: Logger

  /// Opens the database, creating it if need be, and runs until SIGTERM or SIGINT.
  ///
  /// - Throws: the store's error, when it cannot be opened or refuses to be written for good; `SinkError`.
  public static func run(
    _ config: consuming WatchConfig, database: String, environment: [String: String]
  ) async throws {
    let entries = config.watch
    config.watch = []
    try await RunService(config: config, database: database, environment: environment).run(entries)
  }

  private init(config: WatchConfig, database: String, environment: [String: String]) throws {
    self.config = config
    self.environment = environment
    sinks = try ConfiguredSinks(config.sinks, environment: environment)
    log = LogOutput.logger(config.log)
    store = try Store(opening: database)
  }

  private func run(_ entries: consuming [WatchEntry]) async throws {
    let http = HTTPClient.forRegistries()
    let registry = RegistryClient.configured(config, http: http, environment: environment)
    let count = entries.count
    let (stopping, stop) = AsyncStream.makeStream(of: StopReason.self)
    let workers = deliveryWorkers(stop)
    let groupers = groupers(workers, stop)
    let signals = SignalWatch(
      onStop: { stop.yield(.signal) },
      onHangUp: { [log, sinks] in
        for file in sinks.files { file.reopen() }
        log.warning(
          "files_reopened", metadata: ["note": "the configuration is read at the start only: restart to apply it"])
      })
    let engine = engine(
      try await store.watch(entries, config, now: .now()), TagPoller(registry: registry, writer: store.writer), workers,
      groupers, stop)
    let timer = PollTimer(queue: DispatchQueue(label: "watcher.schedule")) { Task { await engine.tick() } }
    await engine.setTimer { timer.arm(inMilliseconds: $0) }
    warnOfPlainWebhooks()
    warnOfUnusableFiles()
    log.info("started", metadata: ["tags": "\(count)", "database": "\(store.writer.path)"])
    for grouper in groupers.values { await grouper.start() }
    let deliveries = workers.map { worker in Task { await worker.run() } }
    let upkeep = [Task { await prune() }, Task { await trim() }]
    await engine.tick()
    var reason = StopReason.signal
    for await first in stopping {
      reason = first
      break
    }
    timer.cancel()
    for task in upkeep { task.cancel() }
    for grouper in groupers.values { await grouper.stop() }
    if let failure = await shutDown(engine, http, workers) { reason = .failure(failure) }
    for task in deliveries { await task.value }
    sinks.close()
    signals.cancel()
    store.writer.close()
    log.info("stopped")
    if case .failure(let error) = reason { throw error }
  }

  private enum StopReason: Sendable {
    case signal
    case failure(StoreError)
  }

  private func engine(
    _ core: PollCore, _ poller: TagPoller, _ workers: [DeliveryWorker],
    _ groupers: [String: EventGrouper], _ stop: AsyncStream<StopReason>.Continuation
  ) -> PollEngine {
    let report = PollReport(log: log)
    return PollEngine(
      core: core, recorder: Recorder(sinks: config.sinks), writer: store.writer, log: log,
      poll: poller.poll,
      onProgress: { progress in
        switch progress {
        case .unchanged: break
        case .recorded(let records):
          report.note(records)
          let sinks = Set(records.lazy.flatMap(\.events).flatMap(\.sinks))
          guard !sinks.isEmpty else { return }
          for worker in workers { worker.wake() }
          for sink in sinks {
            guard let grouper = groupers[sink] else { continue }
            Task { await grouper.note() }
          }
        case .failed(let error): stop.yield(.failure(error))
        }
      })
  }

  private func deliveryWorkers(_ stop: AsyncStream<StopReason>.Continuation) -> [DeliveryWorker] {
    let outbox = OutboxAdapter(
      writer: store.writer, grouped: config.groupedSinks, clock: Moment.now, onFailure: { stop.yield(.failure($0)) })
    let log = log
    return sinks.all.map { DeliveryWorker(sink: $0, outbox: outbox, onProblem: { $0.note(in: log) }) }
  }

  private func groupers(
    _ workers: [DeliveryWorker], _ stop: AsyncStream<StopReason>.Continuation
  ) -> [String: EventGrouper] {
    var groupers: [String: EventGrouper] = [:]
    for sink in config.sinks {
      guard let seconds = sink.groupSeconds else { continue }
      groupers[sink.name] = EventGrouper(
        sink: sink.name, window: .seconds(seconds), writer: store.writer,
        onGrouped: { for worker in workers { worker.wake() } }, onFailure: { stop.yield(.failure($0)) })
    }
    return groupers
  }

  /// What would otherwise show with the first event, perhaps in weeks. The place may come yet, so it is no reason not
  /// to start.
  private func warnOfUnusableFiles() {
    for file in sinks.files {
      guard let problem = file.problem else { continue }
      log.error("sink_unusable", metadata: ["sink": "\(file.name)", "err": "\(problem)"])
    }
  }

  private func warnOfPlainWebhooks() {
    for sink in config.sinks {
      guard case .webhook(let settings) = sink.kind, settings.url.lowercased().hasPrefix("http://") else { continue }
      log.warning("webhook_unencrypted", metadata: ["sink": "\(sink.name)"])
    }
  }

  /// Deliveries that arrived are forgotten after `retention.deliveries`, some at a time.
  private func prune() async {
    guard let kept = config.retention.deliveriesSeconds else { return }
    while !Task.isCancelled {
      let before = Timestamp.now().advanced(bySeconds: -kept)
      while let pruned = try? await store.writer.transaction({ try $0.pruneDelivered(before: before) }), pruned == 500 {
      }
      try? await Task.sleep(for: .seconds(Self.pruneIntervalSeconds))
    }
  }

  private func trim() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(Self.trimIntervalSeconds))
      SpareMemory.giveBack()
    }
  }

  /// No new polls; those in flight get a moment, then what is recorded is delivered as far as sinks take it.
  private func shutDown(
    _ engine: PollEngine, _ http: HTTPClient, _ workers: [DeliveryWorker]
  ) async -> StoreError? {
    let cutOff = Task {
      try await Task.sleep(for: .seconds(Self.pollGraceSeconds))
      await engine.cutOff()
    }
    let failure = await engine.stop()
    cutOff.cancel()
    http.shutdown()
    await withTaskGroup(of: Void.self) { group in
      for worker in workers { group.addTask { await worker.stop(drainingFor: Self.deliveryGrace) } }
    }
    return failure
  }
}

extension DeliveryProblem {
  fileprivate func note(in log: Logger) {
    if cause == .gone {
      return log.error(
        "sink_disabled",
        metadata: [
          "sink": "\(sink)", "err": "\(message)",
          "note": "nothing more is sent until its definition changes or watcher deliveries retry is used on it",
        ])
    }
    guard PollReport.isPowerOfTen(failures) else { return }
    log.error(
      "delivery_failed",
      metadata: ["sink": "\(sink)", "cause": "\(cause.rawValue)", "err": "\(message)", "failures": "\(failures)"])
  }
}
