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
  private struct ActiveSink {
    let settings: SinkSettings
    let sink: any Sink
    let worker: DeliveryWorker
    let watch: SinkWatch
    let grouper: EventGrouper?
    let task: Task<Void, Never>
    /// What was wrong with it when it was made, which has been told with its place in the configuration.
    var toldFault: String?

    /// Ends it in the middle of things: what it has not settled still waits in the outbox.
    func abandon() async {
      await grouper?.stop()
      await worker.stop(drainingFor: .zero)
      await task.value
    }
  }

  private let writer: HistoryWriter
  private let log: Logger
  private let steps: ClockStepMonitor
  private let onFailure: @Sendable (StoreError) -> Void
  private let onSettled: @Sendable (_ sink: String, Settlement) -> Void
  private var active: [String: ActiveSink] = [:]
  /// Made with the first webhook.
  private var http: HTTPClient?
  /// Those that are ending, by the name of their sink: the last of each, which waits for those before it.
  private(set) var ending: [String: (worker: DeliveryWorker, task: Task<Void, Never>)] = [:]

  /// - Parameters:
  ///   - http: what the webhooks of the start were made with, if there are any.
  ///   - onFailure: called when the store refuses for good.
  ///   - onSettled: called with what became of deliveries.
  init(
    writer: HistoryWriter, log: Logger, steps: ClockStepMonitor, http: HTTPClient?,
    onFailure: @escaping @Sendable (StoreError) -> Void,
    onSettled: @escaping @Sendable (_ sink: String, Settlement) -> Void
  ) {
    self.writer = writer
    self.log = log
    self.steps = steps
    self.http = http
    self.onFailure = onFailure
    self.onSettled = onSettled
  }

  /// What the webhooks among `settings` are to be made with; `nil` where there was never any.
  ///
  /// - Parameter proxy: for a client that is made.
  func client(for settings: [SinkSettings], proxy: ProxySettings?) -> HTTPClient? {
    if http == nil, settings.contains(where: \.isWebhook) { http = .forWebhooks(proxy) }
    return http
  }

  /// Webhooks are sent through this proxy from now on, or through those of the environment.
  func use(_ proxy: ProxySettings?) { http?.use(proxy) }

  /// Lets exactly the sinks of `settings` work from now on; those that are at work as they are defined go on.
  ///
  /// - Parameter made: of the same settings.
  func use(_ settings: [SinkSettings], _ made: ConfiguredSinks) {
    let wanted = Set(settings.filter(isAtWork).map(\.name))
    for (name, sink) in active where !wanted.contains(name) {
      active[name] = nil
      let before = ending[name]?.task
      let task = Task {
        await before?.value
        await sink.abandon()
        if ending[name]?.worker === sink.worker { ending[name] = nil }
      }
      ending[name] = (sink.worker, task)
    }
    for setting in settings {
      guard active[setting.name] == nil, let sink = made.all.first(where: { $0.name == setting.name }) else { continue }
      active[setting.name] = start(setting, sink)
      active[setting.name]?.toldFault = made.faults.first { $0.sink == setting.name }?.reason
    }
  }

  /// Looks whether the sinks at work could be sent something, for one to which nothing is sent shows nothing of itself.
  /// All at once: none waits for another.
  func look() async {
    await withDiscardingTaskGroup { group in
      for sink in active.values { group.addTask { await self.look(at: sink) } }
    }
  }

  private func look(at sink: ActiveSink) async {
    let fault: String?
    switch await sink.watch.look() {
    case .busy: return
    case .well: fault = nil
    case .fault(let reason): fault = reason
    }
    let settings = sink.settings
    // Where it cannot be noted now, the next look does.
    let turn = try? await writer.transaction { store in
      try store.noteLook(fault, sink: settings.name, fingerprint: settings.definition.fingerprint, now: .now())
    }
    if fault == nil || fault != sink.toldFault { onSettled(settings.name, Settlement(results: [], turn: turn)) }
    active[settings.name]?.toldFault = nil
  }

  /// Says which sinks are not configured any more although something waits for them.
  func tellOfRemoved() async throws {
    for sink in try await writer.transaction({ try $0.sinkStatus() }) where sink.isOwed { sink.logRemoved(to: log) }
  }

  /// Events were recorded for these sinks.
  nonisolated func wake(_ sinks: Set<String>) {
    guard !sinks.isEmpty else { return }
    Task { await self.pass(sinks) }
  }

  private func pass(_ sinks: Set<String>) async {
    for name in sinks {
      guard let sink = active[name] else { continue }
      if let grouper = sink.grouper { await grouper.wake() } else { sink.worker.wake() }
    }
  }

  /// What is due, and when, has changed in the database: somebody has dropped deliveries or made them due, or the clock
  /// was set.
  ///
  /// - Parameter isHurried: whether a sink is to be tried at once.
  func readAgain(isHurried: (_ sink: String) -> Bool = { _ in false }) async {
    for (name, sink) in active {
      await sink.grouper?.wake()
      await sink.worker.readAgain(isHurried: isHurried(name))
    }
  }

  func reopenFiles() {
    for sink in active.values { (sink.sink as? FileSink)?.reopen() }
  }

  /// Delivers what waits as far as sinks take it within `grace`, and ends.
  func stop(drainingFor grace: Duration) async {
    for sink in active.values { await sink.grouper?.stop() }
    for (_, task) in ending.values { await task.value }
    await withTaskGroup { group in
      for sink in active.values {
        group.addTask {
          await sink.worker.stop(drainingFor: grace)
          await sink.task.value
        }
      }
    }
    http?.shutdown()
  }

  /// Whether it works as it is defined here.
  func isAtWork(_ settings: SinkSettings) -> Bool {
    guard let sink = active[settings.name] else { return false }
    return sink.settings.kind == settings.kind && sink.settings.groupSeconds == settings.groupSeconds
  }

  private func start(_ settings: SinkSettings, _ sink: any Sink) -> ActiveSink {
    let outbox = OutboxAdapter(
      writer: writer, sinks: [settings], clock: Moment.now, steps: steps, onFailure: onFailure, onSettled: onSettled)
    let worker = DeliveryWorker(sink: sink, outbox: outbox, onProblem: { [log] in $0.log(to: log) })
    let grouper = settings.groupSeconds.map { seconds in
      EventGrouper(
        sink: settings.name, window: .seconds(seconds), writer: writer, onGrouped: { worker.wake() },
        onFailure: onFailure)
    }
    // The outbox is in order only if one worker at a time takes from it, and what one still has to settle must not be
    // grouped meanwhile.
    let before = ending[settings.name]?.task
    let task = Task {
      await before?.value
      await grouper?.start()
      await worker.run()
    }
    return ActiveSink(
      settings: settings, sink: sink, worker: worker, watch: SinkWatch(sink, worker), grouper: grouper, task: task)
  }
}
