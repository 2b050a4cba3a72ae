import ImageModel

/// Carries what waits in the outbox to one sink: fetch, write, settle, again until nothing is due. At least
/// once and in order: an item leaves the outbox only after the sink has it, and no later item of its tag
/// overtakes one that failed. At most `batchLimit` items are in memory, however many wait.
///
/// One loop reads and writes the outbox; beside it, lanes give the sink what is ready. What the sink says while
/// results are being recorded is recorded together, next.
public actor DeliveryWorker {
  /// Items in memory at a time; an event has at most 16 KiB.
  static let batchLimit = 64
  /// After so many failures in a row a receiver is left alone, and then tried with one item at a time: what
  /// waits for it must not use up its attempts on a receiver that is down.
  static let failuresToRest = 10
  /// How long results wait for others to be recorded with them, while there is enough to do: each commit is a sync.
  private static let gathering = Duration.milliseconds(100)

  private let sink: any Sink
  private let outbox: any Outbox
  private let retryDelay: @Sendable (_ failures: Int) -> Duration
  private let onProblem: @Sendable (DeliveryProblem) -> Void
  private nonisolated let signal = WakeSignal()

  private var loop: Task<Void, Never>?
  private var isStopping = false
  /// Nothing is fetched or given to the sink before.
  private var restsUntil = ContinuousClock.now
  /// Nothing is recorded before: the outbox could not be read or written.
  private var outboxRestsUntil = ContinuousClock.now
  /// Items that failed, in a row.
  private var failures = 0
  /// Problems told since everything that was in memory was delivered.
  private var troubles = 0
  /// Whether a problem was told since memory was last empty.
  private var hadTrouble = false

  /// Fetched, and not given to the sink.
  private var ready: [OutboxItem] = []
  /// How often somebody else has changed what waits.
  private var changes = 0
  /// Given to the sink, which has not said what became of them.
  private var underWay: Set<Int64> = []
  /// What has happened and is not yet written down.
  private var unsettled: [DeliveryResult] = []
  private var unsettledSince = ContinuousClock.now
  /// Tasks that give the sink what is ready.
  private var lanes = 0

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

  /// Says that somebody else has changed what waits: what the sink was not given yet is fetched anew.
  ///
  /// - Parameter isHurried: and asks for an attempt now, also if the sink rests.
  public func readAgain(isHurried: Bool = false) {
    ready = []
    changes += 1
    if isHurried { restsUntil = .now }
    signal.set()
  }

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

  private func deliver() async {
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        await turn()
        while lanes < min(sink.maxInFlight ?? 1, ready.count + underWay.count) {
          lanes += 1
          group.addTask { await self.carry() }
        }
        if isStopping, isResting ? underWay.isEmpty : inMemory.isEmpty { return }
        await pause()
      }
    }
    // What was under way when the task was cancelled, and has arrived all the same.
    try? await settle()
  }

  private func turn() async {
    do {
      if settlesAt <= .now { try await settle() }
      try await refill()
    } catch {
      failures += 1
      outboxRestsUntil = .now + tell(.outbox, "\(error)", isPaced: true)
    }
  }

  // MARK: Outbox

  private var inMemory: [Int64] { ready.map(\.sequence) + underWay + unsettled.map(\.sequence) }

  /// Whether lanes may soon find nothing ready.
  private var isShort: Bool { ready.count < sink.maxInFlight ?? 1 }

  /// When to record what has happened.
  private var settlesAt: ContinuousClock.Instant {
    max(outboxRestsUntil, isShort ? unsettledSince : unsettledSince + Self.gathering)
  }

  /// How many more items are of use now. A sink that takes whatever waits is given no more before all of it is
  /// settled.
  private var wanted: Int {
    let limit = failures < Self.failuresToRest ? Self.batchLimit : 1
    guard sink.maxInFlight != nil else { return inMemory.isEmpty ? limit : 0 }
    return isShort ? limit - inMemory.count : 0
  }

  private func refill() async throws {
    guard wanted > 0, isOpen else { return }
    let changesBefore = changes
    let items = try await outbox.waiting(
      sink: sink.name, within: sink.longestDelayMilliseconds, limit: wanted, firstOfTag: sink.maxInFlight != nil,
      besides: inMemory)
    // The sink may have said meanwhile that it takes nothing more, and somebody may have dropped these.
    guard isOpen, changes == changesBefore else { return }
    if inMemory.isEmpty { hadTrouble = false }
    ready += items
  }

  /// Records what has happened: again and again, if the outbox cannot be written, for a sink must not be given twice
  /// what only was not written down.
  private func settle() async throws {
    let results = unsettled
    guard !results.isEmpty else { return }
    // In a task of its own: what has been delivered is recorded also when this one was cancelled meanwhile.
    try await Task { [outbox, sink] in try await outbox.settle(sink: sink.name, results) }.value
    unsettled.removeFirst(results.count)
    unsettledSince = .now
    if inMemory.isEmpty, !hadTrouble { troubles = 0 }
  }

  // MARK: Sink

  /// Gives the sink what is ready, one item or all of it at a time, until nothing is.
  private func carry() async {
    while !Task.isCancelled, !ready.isEmpty {
      let items = Array(ready.prefix(sink.maxInFlight == nil ? ready.count : 1))
      ready.removeFirst(items.count)
      underWay.formUnion(items.map(\.sequence))
      let results = await sink.write(items)
      underWay.subtract(items.map(\.sequence))
      note(results)
    }
    lanes -= 1
  }

  private func note(_ results: [DeliveryResult]) {
    let wasGone = isGone
    let isFirst = unsettled.isEmpty
    if isFirst { unsettledSince = .now }
    unsettled += results
    defer { if isFirst || isShort { signal.set() } }
    var failed: [(error: String, next: NextAttempt)] = []
    for result in results {
      switch result {
      case .delivered: failures = 0
      case .failed(_, let error, let next):
        failures += 1
        failed.append((error, next))
      }
    }
    if results.isEmpty, !Task.isCancelled {
      failures += 1
      tell(.sink, "nothing was taken", isPaced: true)
    }
    // The end of the sink is what has to be told, whatever else went wrong, and once.
    if let end = failed.first(where: { $0.next == .sinkDisabled }) {
      ready = []
      if !wasGone { tell(.gone, end.error, isPaced: false) }
      return
    }
    guard let first = failed.first else { return }
    let holds = failed.compactMap { if case .sinkAfter(let count) = $0.next { count } else { nil } }
    let isPaced = failed.contains { $0.next == .withSink } || failures >= Self.failuresToRest
    tell(.sink, first.error, isPaced: isPaced, atLeast: .milliseconds(holds.max() ?? 0))
  }

  // MARK: Rest

  private var isResting: Bool { restsUntil > .now }

  /// The receiver wants nothing more, and that is not yet written down.
  private var isGone: Bool {
    unsettled.contains { if case .failed(_, _, .sinkDisabled) = $0 { true } else { false } }
  }

  private var isOpen: Bool { !isResting && !isGone }

  /// - Parameters:
  ///   - isPaced: the sink rests, longer with each failure in a row.
  ///   - asked: what its receiver asked for: it rests as long as that at least.
  /// - Returns: how long the rest is; others may go on at once if it is none.
  @discardableResult
  private func tell(
    _ cause: DeliveryProblem.Cause, _ message: String, isPaced: Bool, atLeast asked: Duration = .zero
  ) -> Duration {
    guard !Task.isCancelled else { return .zero }
    troubles += 1
    hadTrouble = true
    let delay = max(asked, isPaced ? retryDelay(failures) : .zero)
    onProblem(
      DeliveryProblem(
        sink: sink.name, cause: cause, message: message.safe(), failures: troubles, retryAfter: delay))
    if delay > .zero {
      restsUntil = max(restsUntil, .now + delay)
      // Read anew after the rest, when others may be due before them.
      ready = []
    }
    return delay
  }

  /// Until somebody wakes, a result comes, the rest is over, the next item is due, or a minute has passed: another
  /// process may have put deliveries back, and a clock may have been set.
  private func pause() async {
    var wait = Duration.seconds(Limits.tickSeconds)
    if isResting {
      wait = min(wait, ContinuousClock.now.duration(to: restsUntil))
    } else if wanted > 0,
      let due = try? await outbox.nextDue(
        sink: sink.name, within: sink.longestDelayMilliseconds, besides: inMemory)
    {
      wait = min(wait, .milliseconds(max(1, due)))
    }
    if !unsettled.isEmpty { wait = min(wait, ContinuousClock.now.duration(to: settlesAt)) }
    let timer = Task { [signal, wait] in
      try await Task.sleep(for: wait)
      signal.set()
    }
    await signal.wait()
    timer.cancel()
  }
}
