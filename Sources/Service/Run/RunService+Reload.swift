import Config
import Delivery
import Endpoint
import History
import Host
import ImageModel
import Logging
import Polling
import Registry

extension RunService {
  /// Of a configuration that is refused, so many problems are logged one by one.
  private static let loggedProblems = 20

  /// What another configuration needs, made; nothing of it is in force yet.
  private struct Next {
    /// Without its watchlist.
    var config: WatchConfig
    let entries: [WatchEntry]
    let sinks: ConfiguredSinks
    let listening: HTTPEndpoint?
  }

  /// Reads the configuration anew and takes all of it over, or nothing; nothing as well where the service stops before
  /// all is read, which may be never.
  func reload(_ engine: PollEngine) async {
    guard !isStopping else { return }
    notifier.reloading()
    var said: [String] = []
    var status: String?
    do {
      let next = try await prepared(&said)
      guard !isStopping else { return await discard(next) }
      isTakingOver = true
      defer { isTakingOver = false }
      try await takeOver(next, engine)
      note(said, .warning)
      log.info("reloaded", metadata: ["tags": "\(next.entries.count)"])
    } catch {
      guard !isStopping else { return }
      note(said, .error)
      metrics.recordReload(isGood: false, at: .now())
      log.error(
        "reload_failed", metadata: ["err": "\(error)", "note": "the configuration from before stays in force"])
      status = "reload failed, see the log; the configuration from before stays in force"
    }
    await deliveries.reopenFiles()
    notifier.ready(status: status)
  }

  private func prepared(_ said: inout [String]) async throws -> Next {
    let (result, problems) = try await blocking { [readAgain] in
      var said: [String] = []
      let result = Result { try readAgain { said.append($0) } }
      return (result, said)
    }
    said = problems
    var config = try result.get()
    let entries = config.watch
    config.watch = []
    let sinks = try await deliveries.prepare(config.sinks)
    return Next(
      config: config, entries: entries, sinks: sinks, listening: try await endpoint.prepare(config.httpListen))
  }

  private func takeOver(_ next: Next, _ engine: PollEngine) async throws {
    let registry: RegistryClient? =
      next.config.registries == config.registries
      ? nil : .configured(next.config, http: http, environment: environment, agreedTime: agreedTime)
    do {
      try await engine.reconfigure(
        PollEngine.Change(
          builder: next.config.planBuilder(for: next.entries),
          register: Registrar.registration(of: next.entries, next.config), recorder: next.config.recorder,
          onApplied: { [poller, writer = store.writer] in
            if let registry { poller.value = TagPoller(registry: registry, writer: writer) }
          }))
    } catch {
      await next.listening?.close()
      throw error
    }
    agreedTime.countLoopback(next.entries.isOnLoopback)
    await endpoint.use(next.config.httpListen, next.listening)
    await deliveries.use(next.config.sinks, next.sinks)
    noteWhatStays(next.config)
    config = next.config
    logSettings.value = next.config.log
    warn(of: next.sinks)
    metrics.recordReload(isGood: true, at: .now())
  }

  private func discard(_ next: Next) async { await next.listening?.close() }

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
  func warn(of sinks: ConfiguredSinks) {
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
}
