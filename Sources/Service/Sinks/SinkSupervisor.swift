import Config
import Delivery
import History
import Host
import Logging
import Polling
import Transport

/// The sinks at work: a worker for each, and a grouper for those that are sent groups. A new configuration takes
/// over the workers of the sinks that it defines as before.
actor SinkSupervisor {
  /// A sink at work.
  private struct Lane {
    let settings: SinkSettings
    let sink: any Sink
    let worker: DeliveryWorker
    let grouper: EventGrouper?
    let task: Task<Void, Never>

    /// Ends it in the middle of things: what it has not settled still waits in the outbox.
    func abandon() async {
      await grouper?.stop()
      await worker.stop(drainingFor: .zero)
      await task.value
    }
  }

  private let writer: HistoryWriter
  private let environment: [String: String]
  private let log: Logger
  private let steps: ClockStepMonitor
  private let onFailure: @Sendable (StoreError) -> Void
  private let onSettled: @Sendable (_ sink: String, [DeliveryResult]) -> Void
  private var lanes: [String: Lane] = [:]
  /// Made with the first webhook.
  private var http: HTTPClient?
  /// Lanes that are ending, by the name of their sink.
  private var ending: [String: Task<Void, Never>] = [:]

  /// - Parameters:
  ///   - http: what the webhooks of the start were made with, if there are any.
  ///   - onFailure: told when the store refuses for good.
  ///   - onSettled: told what became of deliveries.
  init(
    writer: HistoryWriter, environment: [String: String], log: Logger, steps: ClockStepMonitor, http: HTTPClient?,
    onFailure: @escaping @Sendable (StoreError) -> Void,
    onSettled: @escaping @Sendable (_ sink: String, [DeliveryResult]) -> Void
  ) {
    self.writer = writer
    self.environment = environment
    self.log = log
    self.steps = steps
    self.http = http
    self.onFailure = onFailure
    self.onSettled = onSettled
  }

  /// Makes the sinks that are not at work already as they are defined. Nothing is sent before `use`.
  ///
  /// - Throws: `SinkError`.
  func prepare(_ settings: [SinkSettings]) async throws -> ConfiguredSinks {
    if http == nil, settings.contains(where: \.isWebhook) { http = .forWebhooks() }
    let missing = settings.filter { !isAtWork($0) }
    // Their secrets are read from files.
    return try await blocking { [environment, http] in
      try ConfiguredSinks(missing, environment: environment, http: http)
    }
  }

  /// Lets exactly the sinks of `settings` work from now on.
  ///
  /// - Parameter made: what `prepare` has made for the same settings.
  func use(_ settings: [SinkSettings], _ made: ConfiguredSinks) {
    let wanted = Set(settings.filter(isAtWork).map(\.name))
    for (name, lane) in lanes where !wanted.contains(name) {
      lanes[name] = nil
      let before = ending[name]
      ending[name] = Task {
        await before?.value
        await lane.abandon()
      }
    }
    for setting in settings {
      guard lanes[setting.name] == nil, let sink = made.all.first(where: { $0.name == setting.name }) else { continue }
      lanes[setting.name] = lane(setting, sink)
    }
  }

  /// Events were recorded for these sinks.
  nonisolated func wake(_ sinks: Set<String>) {
    guard !sinks.isEmpty else { return }
    Task { await self.pass(sinks) }
  }

  private func pass(_ sinks: Set<String>) async {
    for name in sinks {
      guard let lane = lanes[name] else { continue }
      if let grouper = lane.grouper { await grouper.note() } else { lane.worker.wake() }
    }
  }

  /// What is due, and when, has changed in the database: somebody has dropped deliveries or made them due, or the clock
  /// was set.
  ///
  /// - Parameter isHurried: whether a sink is to be tried at once.
  func readAgain(isHurried: (_ sink: String) -> Bool = { _ in false }) async {
    for (name, lane) in lanes {
      await lane.grouper?.note()
      await lane.worker.readAgain(isHurried: isHurried(name))
    }
  }

  func reopenFiles() {
    for lane in lanes.values { (lane.sink as? FileSink)?.reopen() }
  }

  /// Delivers what waits as far as sinks take it within `grace`, and ends.
  func stop(drainingFor grace: Duration) async {
    for lane in lanes.values { await lane.grouper?.stop() }
    for task in ending.values { await task.value }
    await withTaskGroup { group in
      for lane in lanes.values {
        group.addTask {
          await lane.worker.stop(drainingFor: grace)
          await lane.task.value
        }
      }
    }
    http?.shutdown()
  }

  private func isAtWork(_ settings: SinkSettings) -> Bool {
    guard let lane = lanes[settings.name] else { return false }
    return lane.settings.kind == settings.kind && lane.settings.groupSeconds == settings.groupSeconds
  }

  private func lane(_ settings: SinkSettings, _ sink: any Sink) -> Lane {
    let outbox = OutboxAdapter(
      writer: writer, sinks: [settings], clock: Moment.now, steps: steps, onFailure: onFailure, onSettled: onSettled)
    let worker = DeliveryWorker(sink: sink, outbox: outbox, onProblem: { [log] in $0.note(in: log) })
    let grouper = settings.groupSeconds.map { seconds in
      EventGrouper(
        sink: settings.name, window: .seconds(seconds), writer: writer, onGrouped: { worker.wake() },
        onFailure: onFailure)
    }
    // The outbox is in order only if one worker at a time takes from it, and what one still has to settle must not be
    // grouped meanwhile.
    let before = ending[settings.name]
    let task = Task {
      await before?.value
      await grouper?.start()
      await worker.run()
    }
    return Lane(settings: settings, sink: sink, worker: worker, grouper: grouper, task: task)
  }
}
