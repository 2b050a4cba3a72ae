import ImageModel

/// Carries what waits in the outbox to one sink: fetch, write, settle, again until nothing is due. At least
/// once and in order: an item leaves the outbox only after the sink has it, and no later item of its tag
/// overtakes one that failed. At most `batchLimit` items are in memory, however many wait.
public actor DeliveryWorker {
  /// Items fetched at a time; an event has at most 16 KiB.
  static let batchLimit = 64
  /// After so many failures in a row a receiver is left alone, and then tried with one item at a time: what
  /// waits for it must not use up its attempts on a receiver that is down.
  static let failuresToRest = 10

  private let sink: any Sink
  private let outbox: any Outbox
  private let retryDelay: @Sendable (_ failures: Int) -> Duration
  private let onProblem: @Sendable (DeliveryProblem) -> Void
  private nonisolated let signal = WakeSignal()

  private var loop: Task<Void, Never>?
  private var isStopping = false
  private var isResting = false
  /// Items that failed, in a row.
  private var failures = 0
  /// Problems told since a batch went through whole.
  private var troubles = 0
  /// What has happened and is not yet written down.
  private var unsettled: [DeliveryResult] = []

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
    case nothingIsDue
    case failed(DeliveryProblem.Cause, String, Rest)
  }

  /// How long the sink is left alone after a failure.
  private enum Rest {
    /// Not at all: others may go on.
    case none
    /// Longer with each failure in a row.
    case paced
    /// As long as its receiver asked for.
    case milliseconds(Int64)
  }

  private func deliver() async {
    while !Task.isCancelled {
      let round = await deliverBatch()
      if Task.isCancelled { return }
      switch round {
      case .progress: troubles = 0
      case .nothingIsDue:
        if isStopping { return }
        await idle()
      case .failed(let cause, let message, let rest):
        troubles += 1
        let delay = duration(of: rest)
        onProblem(
          DeliveryProblem(
            sink: sink.name, cause: cause, message: message.safe(), failures: troubles, retryAfter: delay))
        guard delay > .zero else { continue }
        if isStopping { return }
        isResting = true
        try? await Task.sleep(for: delay)
        isResting = false
      }
    }
  }

  private func duration(of rest: Rest) -> Duration {
    switch rest {
    case .none: .zero
    case .paced: retryDelay(failures)
    case .milliseconds(let count): .milliseconds(count)
    }
  }

  private func deliverBatch() async -> Round {
    do {
      if let round = try await settle() { return round }
      let limit = failures < Self.failuresToRest ? Self.batchLimit : 1
      let items = try await outbox.waiting(
        sink: sink.name, within: sink.longestDelayMilliseconds, limit: limit)
      guard !items.isEmpty else { return .nothingIsDue }
      unsettled = await sink.write(items)
      guard !unsettled.isEmpty else {
        failures += 1
        return .failed(.sink, "nothing was taken", .paced)
      }
      return try await settle() ?? .progress
    } catch {
      failures += 1
      return .failed(.outbox, "\(error)", .paced)
    }
  }

  /// Records what became of the last batch: again and again, if the outbox cannot be written, for a sink must not
  /// be given twice what only was not written down.
  private func settle() async throws -> Round? {
    let results = unsettled
    guard !results.isEmpty else { return nil }
    // In a task of its own: what has been delivered is recorded also when this one was cancelled meanwhile.
    try await Task { [outbox, sink] in try await outbox.settle(sink: sink.name, results) }.value
    unsettled = []
    var failed: [(error: String, next: NextAttempt)] = []
    for result in results {
      switch result {
      case .delivered: failures = 0
      case .failed(_, let error, let next):
        failures += 1
        failed.append((error, next))
      }
    }
    // The end of the sink is what has to be told, whatever else went wrong.
    if let end = failed.first(where: { $0.next == .sinkDisabled }) { return .failed(.gone, end.error, .none) }
    guard let first = failed.first else { return nil }
    let holds = failed.compactMap { if case .sinkAfter(let count) = $0.next { count } else { nil } }
    if let longest = holds.max() { return .failed(.sink, first.error, .milliseconds(longest)) }
    let isPaced = failed.contains { $0.next == .withSink } || failures >= Self.failuresToRest
    return .failed(.sink, first.error, isPaced ? .paced : .none)
  }

  /// Until somebody wakes, the next item is due, or a minute has passed: another process may have put deliveries
  /// back, and a clock may have been set.
  private func idle() async {
    let longest = Int64(Limits.tickSeconds) * 1_000
    let due = try? await outbox.nextDue(sink: sink.name, within: sink.longestDelayMilliseconds)
    let wait = max(1, min(due ?? longest, longest))
    let timer = Task { [signal] in
      try await Task.sleep(for: .milliseconds(wait))
      signal.set()
    }
    await signal.wait()
    timer.cancel()
  }
}
