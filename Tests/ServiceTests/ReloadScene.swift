import Delivery
import Host
import ImageModel
import InMemoryLogging
import Logging
import Recording
import Registry
import Schedule
import Testing
import Transport

@testable import Config
@testable import History
@testable import Polling
@testable import Service

/// A service at work as a reload finds it.
struct ReloadScene {
  let registrar: Registrar
  let lines = InMemoryLogHandler()
  let metrics = ServiceMetrics(logs: LogCounts(), startedAt: .now())
  /// Those that were made from registries' settings.
  let pollers = Reloadable<[RegistryClient]>([])
  let parts: Reload.Parts
  /// Checks may have to wait for a budget.
  private let timer: PollTimer

  init(
    _ config: WatchConfig, database: String, environment: [String: String] = [:],
    poll: @escaping @Sendable (PollJob) async -> PollResult,
    onWatchlist: @escaping @Sendable ([WatchEntry]) -> Void = { _ in }
  ) async throws {
    registrar = try Registrar(opening: database)
    let writer = registrar.writer
    let log = Logger(label: "test") { [lines] _ in lines }
    // Whatever is in a configuration, no request is made: one client that is shut down serves all.
    let http = HTTPClient.forRegistries(nil)
    http.shutdown()
    let sinks = SinkSupervisor(
      writer: writer, log: log, steps: ClockStepMonitor(since: .now()) { _ in }, http: http,
      onFailure: { Issue.record($0) }, onSettled: { _, _ in })
    let inForce = Reloadable(config.withoutWatchlist)
    let engine = PollEngine(
      core: try await registrar.watch(config.watch, config, now: .now()), writer: writer, poll: poll,
      record: { try inForce.value.recording($0, $1) },
      onProgress: {
        if case .recorded(let records) = $0 { sinks.wake(Set(records.flatMap(\.events).flatMap(\.sinks))) }
      })
    timer = await engine.startTimer("test.polls")
    let endpoint = ServiceEndpoint(log: log)
    await endpoint.use(config.httpListen, try await endpoint.prepare(config.httpListen))
    await sinks.use(config.sinks, await ConfiguredSinks(config.sinks, environment: environment))
    let makePoller = { @Sendable [pollers] (config: WatchConfig) in
      let registry = RegistryClient.configured(
        config, http: http, environment: environment, tell: { _ in })
      pollers.value.append(registry)
      return TagPoller(registry: registry, writer: writer)
    }
    parts = Reload.Parts(
      config: inForce, engine: engine, sinks: sinks, endpoint: endpoint, poller: Reloadable(makePoller(config)),
      makePoller: makePoller, http: http, environment: environment, output: .standardOutput,
      logSettings: Reloadable(config.log),
      onListening: { _ in }, onWatchlist: { entries, _ in onWatchlist(entries) })
  }

  /// - Parameter notifySocket: where the service manager listens, if there is one.
  func reload(notifySocket: String? = nil, read: @escaping Reload.Read) -> Reload {
    let log = Logger(label: "test") { [lines] _ in lines }
    return Reload(
      parts, log: log, metrics: metrics,
      notifier: ServiceNotifier(environment: notifySocket.map { ["NOTIFY_SOCKET": $0] } ?? [:], log: log), read: read)
  }

  /// What has failed, or works in part, as the log tells it: a line each.
  var problems: [String] {
    lines.entries.filter { $0.message == "configuration_problem" }.map { $0.metadata["err"]?.description ?? "" }
  }

  func end() async {
    timer.cancel()
    await parts.endpoint.close()
    if let error = await parts.engine.stop() { Issue.record(error) }
    await parts.sinks.stop(drainingFor: .zero)
    registrar.writer.close()
  }
}

extension WatchConfig {
  fileprivate var withoutWatchlist: WatchConfig {
    var config = self
    config.watch = []
    return config
  }
}
