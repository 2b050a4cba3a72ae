import ImageModel

/// Carries what waits in the outbox to one sink: fetch, write, settle, again until nothing is due. At least
/// once and in order: an item leaves the outbox only after the sink has it, and no later item of its tag
/// overtakes one that failed. At most `batchLimit` items are in memory, however many wait.
///
/// One loop reads and writes the outbox; beside it, writers give the sink what is ready. What the sink says while
/// results are being recorded is recorded together, next. What a receiver that refuses means for both is `Throttle`'s.
package actor DeliveryWorker {
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
  private let clock: DeliveryClock
  nonisolated let signal = WakeSignal()
  private let alarm: any Alarm

  private var loop: Task<Void, Never>?
  private var isStopping = false
  /// While it stops: what the receiver puts off no further than this is waited for.
  private var waitsUntil: ContinuousClock.Instant
  /// Nothing is fetched or given to the sink before: it has failed.
  private var restsUntil: ContinuousClock.Instant
  /// Nothing is recorded before: the outbox could not be read or written.
  private var outboxRestsUntil: ContinuousClock.Instant
  private var throttle: Throttle
  /// Whether the outbox has told how long the receiver wanted nothing.
  private var knowsRest = false
  /// Items that failed, in a row.
  private var failures = 0
  /// Problems reported since everything that was in memory was delivered.
  private var troubles = 0
  /// Whether a problem was reported since memory was last empty.
  private var hadTrouble = false

  /// Fetched, and not given to the sink.
  private var ready: [OutboxItem] = []
  /// How often somebody else has changed what waits.
  private var changes = 0
  /// How often somebody wanted attempts now, and how many of these rests have ended on record as well.
  private var (hurries, recordedHurries) = (0, 0)
  /// Given to the sink, which has not said what became of them, and since when.
  private(set) var underWay: [EventSequence: ContinuousClock.Instant] = [:]
  /// What has happened and is not yet written down.
  private var unsettled: [DeliveryResult] = []
  private var unsettledSince: ContinuousClock.Instant
  /// Tasks that give the sink what is ready.
  private(set) var writers = 0

  /// - Parameters:
  ///   - retryDelay: how long to rest after so many failures in a row; 1 s doubling to 60 s if not given.
  ///   - onProblem: called each time nothing could be delivered, before the delay.
  package init(
    sink: any Sink, outbox: any Outbox, retryDelay: (@Sendable (_ failures: Int) -> Duration)? = nil,
    clock: DeliveryClock = .system, onProblem: @escaping @Sendable (DeliveryProblem) -> Void = { _ in }
  ) {
    self.sink = sink
    throttle = Throttle(sink.paces)
    self.outbox = outbox
    self.retryDelay = retryDelay ?? RetryDelay.after
    self.onProblem = onProblem
    self.clock = clock
    alarm = clock.alarm { [signal] in signal.set() }
    let now = clock.now()
    (waitsUntil, restsUntil, outboxRestsUntil, unsettledSince) = (now, now, now, now)
  }

  /// Says that something new waits. Never lost, never blocks; a sink that rests after a failure is not
  /// hurried by it.
  package nonisolated func wake() { signal.set() }

  /// Says that somebody else has changed what waits: what the sink was not given yet is fetched anew.
  ///
  /// - Parameter isHurried: and asks for an attempt now, also if the sink rests or its receiver has asked for time.
  package func readAgain(isHurried: Bool = false) {
    ready = []
    changes += 1
    if isHurried {
      restsUntil = clock.now()
      throttle.forget()
      // A rest that is being read or recorded just now is over as well.
      knowsRest = true
      hurries += 1
    }
    signal.set()
  }

  /// Since when the sink has had something and not said what became of it; `nil` where it has nothing.
  package var busySince: ContinuousClock.Instant? { underWay.values.min() }

  /// What kept the sink from taking anything is gone: it is tried now, unless its receiver has asked for time.
  package func endRest() {
    restsUntil = clock.now()
    signal.set()
  }

  /// Delivers until the task is cancelled or `stop` is called.
  package func run() async {
    let loop = started()
    await withTaskCancellationHandler {
      await loop.value
    } onCancel: {
      loop.cancel()
    }
  }

  /// Delivers what waits now, for at most `drain`, then makes `run` return, whether that was called before,
  /// is called later or never. A sink that fails or blocks keeps what it has not taken in the outbox.
  ///
  /// - Parameter isPatient: whether a receiver that takes one after another, or asks to wait, is waited for within
  ///   `drain`. Otherwise it keeps what it does not take at once.
  package func stop(drainingFor drain: Duration, isPatient: Bool = false) async {
    isStopping = true
    if isPatient { waitsUntil = clock.now() + drain }
    let loop = started()
    signal.set()
    let deadline = clock.alarm { loop.cancel() }
    deadline.set(in: drain)
    await loop.value
    withExtendedLifetime(deadline) {}
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
        while mayBegin, writers < min(sink.maxInFlight ?? 1, ready.count + underWay.count) {
          writers += 1
          group.addTask { await self.carry() }
        }
        if isStopping, isDone { return }
        await pause()
      }
    }
    // What was under way when the task was cancelled, and has arrived all the same.
    try? await settle()
  }

  private func turn() async {
    do {
      if !knowsRest {
        let rest = try await outbox.rest(sink: sink.name)
        if !knowsRest, let rest { throttle.resume(for: rest, at: clock.now()) }
        knowsRest = true
      }
      if settlesAt <= clock.now() { try await settle() }
      try await refill()
    } catch {
      failures += 1
      let delay = retryDelay(failures)
      outboxRestsUntil = clock.now() + delay
      rest(until: outboxRestsUntil)
      report(.outbox, "\(error)", retryAfter: delay)
    }
  }

  /// Whether what can be delivered while the worker stops is delivered.
  private var isDone: Bool {
    let now = clock.now()
    let opens = throttle.opens(at: now, next: ready.first)
    let isHeldUp = restsUntil > now || opens.map { $0 > max(now, waitsUntil) } ?? false
    return isHeldUp ? underWay.isEmpty : inMemory.isEmpty && !throttle.isResting(at: now)
  }

  // MARK: Outbox

  private var inMemory: [EventSequence] { ready.map(\.sequence) + underWay.keys + unsettled.map(\.sequence) }

  /// Whether writers may soon find nothing ready.
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
    let limit = wanted
    // What was refused does not take the place of what was not, until it is its turn again.
    let postponed = throttle.postponed
    var items = try await waiting(limit, excluding: inMemory + postponed)
    if !postponed.isEmpty, items.count < limit {
      items += try await waiting(limit - items.count, excluding: inMemory + items.map(\.sequence))
    }
    // The sink may have said meanwhile that it takes nothing more, and somebody may have dropped these.
    guard isOpen, changes == changesBefore else { return }
    if inMemory.isEmpty { hadTrouble = false }
    ready = throttle.sorted(ready + items)
  }

  private func waiting(_ limit: Int, excluding excluded: [EventSequence]) async throws -> [OutboxItem] {
    try await outbox.waiting(
      sink: sink.name, within: sink.longestDelay, limit: limit, firstOfTag: sink.maxInFlight != nil,
      excluding: excluded)
  }

  /// Records what has happened: again and again, if the outbox cannot be written, for a sink must not be given twice
  /// what only was not written down.
  private func settle() async throws {
    let (results, hurries) = (unsettled, hurries)
    let isHurried = hurries > recordedHurries
    guard isHurried || !results.isEmpty else { return }
    let asked = isHurried || results.contains(where: \.isRefusal) ? throttle.asked(at: clock.now()) : nil
    let rest = isHurried ? asked ?? .zero : asked
    let retry = restsUntil > clock.now() ? clock.now().duration(to: restsUntil) : nil
    // In a task of its own: what has been delivered is recorded also when this one was cancelled meanwhile.
    let task = Task { [outbox, sink] in try await outbox.settle(sink: sink.name, results, rest: rest, retry: retry) }
    try await task.value
    recordedHurries = hurries
    unsettled.removeFirst(results.count)
    unsettledSince = clock.now()
    if inMemory.isEmpty, !hadTrouble { troubles = 0 }
  }

  // MARK: Sink

  /// Gives the sink what is ready, one item or all of it at a time, until nothing is or nothing more may be sent.
  private func carry() async {
    while !Task.isCancelled, mayBegin {
      let items = Array(ready.prefix(sink.maxInFlight == nil ? ready.count : 1))
      ready.removeFirst(items.count)
      let now = clock.now()
      for item in items {
        underWay[item.sequence] = now
        throttle.begin(item, at: now)
      }
      let results = await sink.write(items)
      for item in items { underWay[item.sequence] = nil }
      wrote(items, results)
    }
    writers -= 1
    signal.set()
  }

  private func wrote(_ items: [OutboxItem], _ results: [DeliveryResult]) {
    let now = clock.now()
    let wasGone = isGone
    let isFirst = unsettled.isEmpty
    if isFirst { unsettledSince = now }
    unsettled += results
    // An answer may let others begin.
    defer { if isFirst || isShort || writers < sink.maxInFlight ?? 1 { signal.set() } }
    for (index, item) in items.enumerated() {
      let result = index < results.count ? results[index] : nil
      throttle.end(item, result, at: now)
      // Who says that it is too much now is not down; how long that lasts is for the throttle.
      if let result { failures = result.failure == nil || result.isRefusal ? 0 : failures + 1 }
    }
    let failed = results.compactMap(\.failure)
    if results.isEmpty, !Task.isCancelled {
      failures += 1
      let delay = retryDelay(failures)
      rest(until: now + delay)
      report(.sink, "nothing was taken", retryAfter: delay)
    }
    // The end of the sink is what has to be reported, whatever else went wrong, and once.
    if let end = failed.first(where: { $0.next == .sinkDisabled }) {
      ready = []
      if !wasGone { report(.gone, end.error, retryAfter: .zero) }
      return
    }
    guard let first = failed.first else { return }
    let isPaced = failures >= Self.failuresToRest || results.contains(where: \.holdsUpSink)
    if isPaced { rest(until: now + retryDelay(failures)) }
    let until = max(now, restsUntil, throttle.restsUntil ?? now)
    if until > now { ready = [] }
    report(.sink, first.error, retryAfter: now.duration(to: until))
  }

  // MARK: Rest

  private var isResting: Bool { restsUntil > clock.now() || throttle.isResting(at: clock.now()) }

  /// The receiver wants nothing more, and that is not yet written down.
  private var isGone: Bool { unsettled.contains { $0.failure?.next == .sinkDisabled } }

  private var isOpen: Bool { !isResting && !isGone }

  /// Whether the sink may be given what is ready.
  private var mayBegin: Bool {
    guard isOpen, !ready.isEmpty else { return false }
    let now = clock.now()
    return throttle.opens(at: now, next: ready.first).map { $0 <= now } ?? false
  }

  /// Nothing is sent before; what is ready is read anew then, when others may be due before it.
  private func rest(until time: ContinuousClock.Instant) {
    guard time > clock.now(), !Task.isCancelled else { return }
    restsUntil = max(restsUntil, time)
    ready = []
  }

  private func report(_ cause: DeliveryProblem.Cause, _ message: String, retryAfter: Duration) {
    guard !Task.isCancelled else { return }
    troubles += 1
    hadTrouble = true
    onProblem(
      DeliveryProblem(
        sink: sink.name, cause: cause, message: message.safe(), failures: troubles, retryAfter: retryAfter))
  }

  /// Until somebody wakes, a result comes, the rest is over, another request may be sent, the next item is due, or a
  /// minute has passed: another process may have put deliveries back, and a clock may have been set.
  private func pause() async {
    let now = clock.now()
    var wait = Duration.seconds(Limits.tickSeconds)
    if restsUntil > now { wait = min(wait, now.duration(to: restsUntil)) }
    if let opens = throttle.opens(at: now, next: ready.first), opens > now,
      throttle.isResting(at: now) || !ready.isEmpty
    {
      wait = min(wait, now.duration(to: opens))
    }
    if isOpen, wanted > 0,
      let due = try? await outbox.nextDue(
        sink: sink.name, within: sink.longestDelay, excluding: inMemory)
    {
      wait = min(wait, max(.milliseconds(1), due))
    }
    if !unsettled.isEmpty { wait = min(wait, clock.now().duration(to: settlesAt)) }
    alarm.set(in: wait)
    await signal.wait()
  }
}
