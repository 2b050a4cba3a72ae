import Config
import Delivery
import Endpoint
import Host
import ImageModel
import Logging
import Polling
import Transport

/// How another configuration takes the place of the one in force: all of it or nothing.
///
/// What can fail comes first and changes nothing: reading, making sinks, listening. Then the engine enters the
/// watchlist in the database and in the plan in one step, the last that can fail. What is left cannot.
actor Reload {
  /// Reads the configuration anew, which may take for ever. What it says, a line per problem or warning, is for the
  /// log.
  typealias Read = @Sendable (_ say: (String) -> Void) throws -> WatchConfig

  /// What works by the configuration.
  struct Parts: Sendable {
    /// In force; without its watchlist.
    let config: Reloadable<WatchConfig>
    let engine: PollEngine
    let sinks: SinkSupervisor
    let endpoint: ServiceEndpoint
    /// Where polls go; replaced with the registries' settings.
    let poller: Reloadable<TagPoller>
    let makePoller: @Sendable (WatchConfig) -> TagPoller
    /// For the registries.
    let http: HTTPClient
    let environment: [String: String]
    /// Where sinks of type `stdout` write.
    let output: LineOutput
    let logSettings: Reloadable<LogSettings>
    /// Called with where it is listened from now on.
    let onListening: @Sendable (String?) async -> Void
    /// Called with the watchlist that is in force from now on and those of its tags that were never polled, before any
    /// of its polls is recorded.
    let onWatchlist: @Sendable (_ entries: [WatchEntry], _ unpolled: Set<TagReference>) -> Void
  }

  /// What another configuration needs, made; nothing of it is in force yet.
  private struct Next {
    /// Without its watchlist.
    var config: WatchConfig
    let entries: [WatchEntry]
    let made: Preflight
  }

  private let parts: Parts
  /// `database` of the configuration that the service has been started with.
  private let openedDatabase: String?
  private let read: Read
  private let log: Logger
  private let metrics: ServiceMetrics
  private let notifier: ServiceNotifier
  /// Nothing is begun any more.
  private(set) var isStopping = false
  /// Takes over what has been read.
  private(set) var takingOver: Task<Void, Never>?

  init(
    _ parts: Parts, log: Logger, metrics: ServiceMetrics, notifier: ServiceNotifier,
    read: @escaping Read
  ) {
    self.parts = parts
    openedDatabase = parts.config.value.database
    self.read = read
    self.log = log
    self.metrics = metrics
    self.notifier = notifier
  }

  /// Takes no other configuration over any more. Waits for one that is being taken over; one that is still read, from a
  /// file system that hangs perhaps, will be dropped.
  func stop() async {
    isStopping = true
    await takingOver?.value
  }

  /// Reads the configuration anew and takes all of it over, or nothing; nothing as well where the service stops before
  /// all is read, which may be never.
  func run() async {
    guard !isStopping else { return }
    notifier.reloading()
    var said: [String] = []
    let read: Result<Next, any Error>
    do { read = .success(try await prepare(&said)) } catch { read = .failure(error) }
    guard !isStopping else {
      if case .success(let next) = read { await discard(next) }
      return
    }
    let task = Task { [said] in await finish(read, said) }
    takingOver = task
    await task.value
    takingOver = nil
  }

  private func finish(_ read: Result<Next, any Error>, _ said: [String]) async {
    var status: String?
    do {
      let next = try read.get()
      let change = try await takeOver(next)
      log.tell(said, .warning)
      log.info("reloaded", metadata: change)
    } catch {
      log.tell(said, .error)
      metrics.recordReload(isGood: false, at: .now())
      log.error(
        "reload_failed", metadata: ["err": "\(error)", "note": "the configuration from before stays in force"])
      status = "reload failed, see the log; the configuration from before stays in force"
    }
    await parts.sinks.reopenFiles()
    notifier.ready(status: status)
  }

  private func prepare(_ said: inout [String]) async throws -> Next {
    let (result, problems) = try await blocking { [read] in
      var said: [String] = []
      let result = Result { try read { said.append($0) } }
      return (result, said)
    }
    said = problems
    var config = try result.get()
    let entries = config.watch
    config.watch = []
    let made = await Preflight(
      config, database: parts.engine.database, environment: parts.environment,
      http: await parts.sinks.client(for: config.sinks, proxy: config.proxySettings(parts.environment)),
      output: parts.output, endpoint: parts.endpoint)
    do {
      return Next(config: config, entries: entries, made: try await made.accepted())
    } catch let refusal as ConfigRefusal {
      said = refusal.problems.texts
      throw refusal
    }
  }

  /// - Returns: what came and went.
  private func takeOver(_ next: Next) async throws -> Logger.Metadata {
    let before = parts.config.value
    let tagsBefore = await parts.engine.load.tags
    let left: Int
    let isSame = next.config.registries == before.registries && next.config.logins == before.logins
    let poller = isSame ? nil : parts.makePoller(next.config)
    do {
      left = try await parts.engine.reconfigure(
        PollEngine.Change(
          builder: next.config.planBuilder(for: next.entries),
          register: Registrar.registration(of: next.entries, next.config),
          onRegistered: { [parts] in
            parts.config.value = next.config
            if let poller { parts.poller.value = poller }
            parts.http.use(next.config.proxySettings(parts.environment))
          }, onWatched: { [parts] in parts.onWatchlist($0, $1) }))
    } catch {
      await discard(next)
      throw error
    }
    // Whoever reloads has set other credentials, perhaps.
    await parts.engine.endPauses()
    let tagsNow = await parts.engine.load.tags
    parts.logSettings.value = next.config.log
    await parts.sinks.use(next.config.proxySettings(parts.environment))
    await parts.sinks.use(next.config.sinks, next.made.sinks)
    // Not waited for: the file system of one may hang.
    Task { [parts] in await parts.sinks.look() }
    try? await parts.sinks.tellOfRemoved()
    log.tell(of: next.made, newSinks: next.config.sinks.filter { !before.sinks.contains($0) })
    if next.config.database != openedDatabase {
      log.warning("database_stays", metadata: ["note": "another database is opened at the next start only"])
    }
    metrics.recordReload(isGood: true, at: .now())
    // Last: it waits for answers that are being given and for the database.
    await parts.endpoint.use(next.config.httpListen, next.made.listening)
    await parts.onListening(next.config.httpListen)
    return Self.change(
      tags: (tagsNow, tagsNow - (tagsBefore - left), left), before.sinks, next.config.sinks)
  }

  private static func change(
    tags: (now: Int, added: Int, removed: Int), _ before: [SinkSettings], _ after: [SinkSettings]
  ) -> Logger.Metadata {
    let (old, new) = (Set(before.map(\.name)), Set(after.map(\.name)))
    let changed = after.filter { old.contains($0.name) && !before.contains($0) }
    return [
      "tags": "\(tags.now)", "tags_added": "\(tags.added)", "tags_removed": "\(tags.removed)",
      "sinks": "\(after.count)", "sinks_added": "\(new.subtracting(old).count)",
      "sinks_removed": "\(old.subtracting(new).count)", "sinks_changed": "\(changed.count)",
    ]
  }

  private func discard(_ next: Next) async { await next.made.close() }
}

extension Logger {
  /// What would otherwise show with the first event or poll, perhaps in weeks.
  ///
  /// - Parameter newSinks: those that were not at work before as they are configured now.
  func tell(of made: Preflight, newSinks: [SinkSettings]) {
    for sink in newSinks {
      switch sink.kind {
      case .webhook(let settings) where settings.isOpenToOthers:
        warning("webhook_unencrypted", metadata: ["sink": "\(sink.name)"])
      case .email(let settings) where settings.isOpenToOthers:
        warning("mail_unencrypted", metadata: ["sink": "\(sink.name)"])
      default: break
      }
    }
    for (severity, level) in [(ConfigProblem.Severity.error, Logger.Level.error), (.warning, .warning)] {
      tell(made.faults.filter { $0.severity == severity }.texts, level)
    }
  }

  /// What is wrong or doubtful in the configuration, each with its position; of much the first.
  fileprivate func tell(_ problems: [String], _ level: Logger.Level) {
    let atMost = 20
    for text in problems.prefix(atMost) {
      log(level: level, "configuration_problem", metadata: ["err": "\(text.prefix { $0 != "\n" })"])
    }
    guard problems.count > atMost else { return }
    let rest = "and \(problems.count - atMost) more: 'watcher config check' lists all"
    log(level: level, "configuration_problem", metadata: ["err": "\(rest)"])
  }
}
