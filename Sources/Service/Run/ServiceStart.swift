import Config
import Delivery
import History
import Host
import ImageModel
import Logging
import Polling
import Schedule
import Transport

/// What of the service is made before its database, so that a start that is refused leaves none behind.
struct ServiceStart {
  let began = Moment.now()
  let logSettings: Reloadable<LogSettings>
  let log: Logger
  let metrics: ServiceMetrics
  let notifier: ServiceNotifier
  /// For the webhooks; `nil` where there are none.
  let webhooks: HTTPClient?
  /// Where sinks of type `stdout` write.
  let output: LineOutput
  let made: Preflight
  /// Listens already.
  let endpoint: ServiceEndpoint

  /// - Throws: `StoreError` where another process holds the database, `ConfigRefusal`.
  init(
    _ config: WatchConfig, database: String, environment: [String: String], output: LineOutput, signals: SignalWatch
  ) async throws {
    self.output = output
    logSettings = Reloadable(config.log)
    let logs = LogCounts()
    let log = LogOutput.logger(logSettings, logs, environment: environment)
    self.log = log
    if ClockWatch.isUnset(began.wall) {
      log.warning("clock_unset", metadata: ["note": "certificates and times mean nothing until it is set"])
    }
    metrics = ServiceMetrics(logs: logs, startedAt: began.wall)
    let notifier = ServiceNotifier(environment: environment, log: log)
    self.notifier = notifier
    signals.beforeEnd { signal in
      notifier.stopping()
      log.info("stopped", metadata: ["signal": "\(signal)", "note": "before it had started"])
    }
    // Its port is taken as well then, and says less.
    try DatabaseLock.refuseHeld(database)
    webhooks = config.sinks.contains(where: \.isWebhook) ? .forWebhooks(config.proxySettings(environment)) : nil
    endpoint = ServiceEndpoint(log: log)
    made = try await Preflight(
      config, database: database, environment: environment, http: webhooks, output: output, endpoint: endpoint
    ).accepted()
    await endpoint.use(config.httpListen, made.listening)
  }
}
