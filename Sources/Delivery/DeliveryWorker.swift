import ImageModel

/// Carries what waits in the outbox to one sink: fetch, write, settle, again until nothing waits. At least
/// once and in order: an item leaves the outbox only after the sink has it, and nothing overtakes an item that
/// failed. At most `batchLimit` items are in memory, however many wait.
public actor DeliveryWorker {
  /// Items fetched at a time; an event has at most 16 KiB.
  static let batchLimit = 64

  private let sink: any Sink
  private let outbox: any Outbox
  private let retryDelay: @Sendable (_ failures: Int) -> Duration
  private let onProblem: @Sendable (DeliveryProblem) -> Void
  private nonisolated let signal = WakeSignal()

  private var loop: Task<Void, Never>?
  private var isStopping = false
  private var isResting = false

  /// - Parameters:
  ///   - retryDelay: how long to rest after so many failures in a row; 1 s doubling to 60 s if not given.
  ///   - onProblem: told each time nothing could be delivered, before the delay.
  public init(
    sink: any Sink, outbox: any Outbox, retryDelay: (@Sendable (_ failures: Int) -> Duration)? = nil,
    onProblem: @escaping @Sendable (DeliveryProblem) -> Void = { _ in }
  ) {
    self.sink = sink
    self.outbox = outbox
    self.retryDelay = retryDelay ?? RetryDelay.after
    self.onProblem = onProblem
  }

  /// Says that something new waits. Never lost, never blocks; a sink that rests after a failure is not
  /// hurried by it.
  public nonisolated func wake() { signal.set() }

  /// Delivers until the task is cancelled or `stop` is called.
  public func run() async {
    let loop = started()
    await withTaskCancellationHandler {
      await loop.value
    } onCancel: {
      loop.cancel()
    }
  }

  /// Delivers what waits now, for at most `drain`, then makes `run` return, whether that was called before,
  /// is called later or never. A sink that fails or blocks keeps what it has not taken in the outbox.
  public func stop(drainingFor drain: Duration) async {
    isStopping = true
    let loop = started()
    if isResting { loop.cancel() }
    signal.set()
    let deadline = Task {
      try await Task.sleep(for: drain)
      loop.cancel()
    }
    await loop.value
    deadline.cancel()
  }

  private func started() -> Task<Void, Never> {
    if let loop { return loop }
    let new = Task { await deliver() }
    loop = new
    return new
  }

  private enum Round {
    case progress
    case nothingWaits
    /// - Parameter afterProgress: whether something was delivered before.
    case failed(DeliveryProblem.Cause, String, afterProgress: Bool)
  }

  private func deliver() async {
    var failures = 0
    while !Task.isCancelled {
      let round = await deliverBatch()
      if Task.isCancelled { return }
      switch round {
      case .progress: failures = 0
      case .nothingWaits:
        failures = 0
        if isStopping { return }
        await idle()
      case .failed(let cause, let message, let afterProgress):
        failures = afterProgress ? 1 : failures + 1
        let delay = retryDelay(failures)
        onProblem(
          DeliveryProblem(
            sink: sink.name, cause: cause, message: message.safe(), failures: failures, retryAfter: delay))
        if isStopping { return }
        isResting = true
        try? await Task.sleep(for: delay)
        isResting = false
      }
    }
  }

  private func deliverBatch() async -> Round {
    do {
      let items = try await outbox.waiting(sink: sink.name, limit: Self.batchLimit)
      guard !items.isEmpty else { return .nothingWaits }
      let results = await sink.write(items)
      guard !results.isEmpty else { return .failed(.sink, "nothing was taken", afterProgress: false) }
      // In a task of its own: what has been delivered is recorded also when this one was cancelled meanwhile.
      try await Task { [outbox, sink] in try await outbox.settle(sink: sink.name, results) }.value
      let errors = results.compactMap { if case .failed(_, let error) = $0 { error } else { nil } }
      guard let error = errors.first else { return .progress }
      return .failed(.sink, error, afterProgress: errors.count < results.count)
    } catch {
      return .failed(.outbox, "\(error)", afterProgress: false)
    }
  }

  /// Until somebody wakes, or a minute has passed: another process may have put deliveries back.
  private func idle() async {
    let timer = Task { [signal] in
      try await Task.sleep(for: .seconds(Limits.tickSeconds))
      signal.set()
    }
    await signal.wait()
    timer.cancel()
  }
}
