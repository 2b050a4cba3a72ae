package import Config
import Delivery
import History
package import ImageModel
import Logging
import Polling
import Registry
import Synchronization
import Transport

/// One pass over some tags: polls each once, records, and delivers as the daemon would.
package final class OneShotCheck: Sendable {
  private let config: WatchConfig
  private let store: Registrar
  private let registry: RegistryClient
  private let http: HTTPClient
  private let made: Preflight
  private let log: Logger
  private let agreedTime = AgreedTime()
  /// Events that wait for a `stdout` sink: the report is what that sink gets.
  private let reported = Mutex<[String: [EventSequence]]>([:])

  /// Opens the database, creating it if need be.
  ///
  /// - Throws: `.locked` when a daemon holds it, and whatever else keeps it from being written; `ConfigRefusal`.
  package init(config: WatchConfig, database: String, environment: [String: String]) async throws {
    self.config = config
    // Beside a daemon nothing is sent from here, and what the sinks need (credentials) may be the daemon's alone.
    try DatabaseLock.refuseHeld(database)
    made = try await Preflight(
      config, database: database, environment: environment, http: nil, endpoint: nil
    ).accepted()
    store = try Registrar(opening: database)
    log = LogOutput.logger(config.log, environment: environment)
    http = .forRegistries(config.proxySettings(environment))
    let repositories = WatchedRepositories()
    repositories.watch(config.repositoryNames(with: config.watch))
    registry = RegistryClient.configured(
      config, http: http, environment: environment, agreedTime: agreedTime, repositories: repositories,
      tell: { [log] in log.warning("login_file", metadata: ["note": "\($0)"]) })
  }

  /// The path of the database where there was none before.
  package var newDatabase: String? { store.writer.isNew ? store.writer.path : nil }

  /// What will not work though the rest does, or is likely a mistake.
  package var faults: [ConfigProblem] { made.faults }

  /// Polls `tags`, or the whole watchlist where it is `nil`.
  ///
  /// - Parameter progress: called with the number of tags done, from any thread.
  package func run(
    _ tags: [TagReference]?, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
  ) async throws -> CheckReport {
    agreedTime.countLoopback(config.isOnLoopback(with: config.watch + (tags ?? []).map(config.entry)))
    let began = Moment.now()
    let unlisted = tags == nil && !config.repositories.isEmpty ? try await list() : []
    let core: PollCore
    if let tags {
      try await store.enterSinks(config)
      core = try await store.check(tags, config, now: .now())
    } else {
      core = try await store.watch(config.watch, config, now: .now(), pass: .tags)
    }
    let total = core.slots.count
    let results = try await pass(core).run { progress($0, total) }
    let seconds = Double(Moment.now().boot - began.boot) / 1000
    collect(results)
    if let time = agreedTime.newest { try await store.writer.transaction { try $0.recordAgreedTime(time) } }
    return CheckReport(results: results, unlisted: unlisted, pollingSeconds: seconds)
  }

  /// Lists the repositories, whose tags are the watchlist's from then on.
  private func list() async throws -> [CheckReport.Unlisted] {
    try await pass(try await store.watch(config.watch, config, now: .now(), pass: .lists)).list()
  }

  private func pass(_ core: consuming PollCore) -> SinglePass {
    let poller = TagPoller(registry: registry, writer: store.writer)
    let report = PollReport(log: log)
    return SinglePass(
      core, writer: store.writer, poll: poller.poll, glance: poller.glance, list: poller.list, record: config.recording,
      onRecorded: { $0.forEach(report.logRemarks) })
  }

  /// Delivers what waits: the events just reported count as delivered to `stdout` sinks, and the others are tried.
  ///
  /// - Returns: the sinks that could not take everything, each with the reason; it stays in the outbox.
  package func deliver() async throws -> [String] {
    let outbox = OutboxAdapter(
      writer: store.writer, sinks: config.sinks, clock: Moment.now, onFailure: { _ in })
    for (sink, sequences) in reported.withLock({ $0 }) where !sequences.isEmpty {
      try await outbox.settle(sink: sink, sequences.map { .delivered(sequence: $0) }, rest: nil, retry: nil)
    }
    // There is no window to wait for: the pass is over.
    for sink in config.sinks.grouped { _ = try await EventGrouper.group(sink, store.writer) }
    let late = await withTaskGroup(of: String?.self) { group in
      for sink in made.sinks.all where !(sink is StdoutSink) {
        let worker = DeliveryWorker(sink: sink, outbox: outbox)
        group.addTask {
          async let running: Void = worker.run()
          let limit = Duration.seconds(Limits.checkDeliverySeconds)
          let took = await ContinuousClock().measure { await worker.stop(drainingFor: limit, isPatient: true) }
          await running
          return took < limit ? nil : sink.name
        }
      }
      return await group.reduce(into: Set<String>()) { late, name in if let name { late.insert(name) } }
    }
    return try await leftOver(late)
  }

  /// What still waits, by sink, and why.
  ///
  /// - Parameter late: the sinks that took as long as they were given.
  private func leftOver(_ late: Set<String>) async throws -> [String] {
    let names = config.sinks.map(\.name)
    return try await store.writer.transaction { store in
      try names.compactMap { name in
        guard let left = try store.leftOver(sink: name) else { return nil }
        let silence = late.contains(name) ? "not taken within \(Limits.checkDeliverySeconds) s" : "not tried"
        let reason = left.isDisabled ? "its receiver wants nothing more" : left.error ?? silence
        return "\(name): \(left.count) \(left.count == 1 ? "waits" : "wait"); \(reason)"
      }
    }
  }

  package func close() {
    http.shutdown()
    made.sinks.close()
    store.writer.close()
  }

  private func collect(_ results: [CheckReport.Result]) {
    let stdout = config.sinks.filter { $0.kind == .stdout }.map(\.name)
    reported.withLock { reported in
      for event in results.lazy.flatMap(\.events) {
        for sink in event.sinks where stdout.contains(sink) { reported[sink, default: []].append(event.sequence) }
      }
    }
  }
}
