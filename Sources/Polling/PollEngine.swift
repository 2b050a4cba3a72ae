package import History
import ImageModel
import Recording
import Registry
import Schedule

/// Runs the polls: hands out what is due, takes results in, and commits them. Results that arrive while a
/// commit runs share the next one. The one owner of `PollCore`.
package actor PollEngine {
  /// Results waiting for a commit beyond which no poll is started.
  private static let backlogLimit = 1024

  var core: PollCore
  private let poll: @Sendable (PollJob) async -> PollResult
  let glance: Glancer
  let list: Lister
  private let record: Recording
  private let writer: HistoryWriter
  let clock: @Sendable () -> Moment
  /// Called after each commit with what it recorded.
  let onProgress: @Sendable (Progress) -> Void
  /// Asks for a `tick` in so long.
  private var wake: @Sendable (Duration) -> Void = { _ in }

  private var pending: [RecordRequest] = []
  var lists: [ListRequest] = []
  private var isCommitting = false
  private var isFlushPlanned = false
  private(set) var isStopped = false
  var running = 0
  var workers = PollWorkers()
  /// Polls that a glance may do for, by the index of the tag.
  var glances: [Int: PollJob] = [:]
  lazy var glanceWatch = GlanceWatch { [weak self] news in
    Task { await self?.take(news) }
  }
  private(set) var isCutOff = false
  let executor = SerialTaskExecutor()
  /// Why the store refuses for now: nothing is polled that could not be recorded.
  private(set) var refusal: StoreError?
  /// Boot time for which the timer is armed.
  private var armedFor = BootTime.distantPast
  private var idleWaiters: [CheckedContinuation<Void, Never>] = []
  /// Waits for its turn between two commits.
  private var change: (Change, CheckedContinuation<Int, any Error>)?
  private(set) var failure: StoreError?
  var waiters = PollWaiters<CheckReport.Result>()
  var listWaiters = PollWaiters<CheckReport.Unlisted?>()
  private var meters = PollMeters()

  /// - Parameters:
  ///   - glance: looks at many tags at a time that `poll` would look at one by one.
  ///   - list: for a core that lists repositories.
  package init(
    core: PollCore, writer: HistoryWriter, clock: @escaping @Sendable () -> Moment = Moment.now,
    poll: @escaping @Sendable (PollJob) async -> PollResult, glance: @escaping Glancer = glancesAtNothing,
    list: @escaping Lister = listsNothing, record: @escaping Recording,
    onProgress: @escaping @Sendable (Progress) -> Void
  ) {
    self.core = core
    self.writer = writer
    self.clock = clock
    self.poll = poll
    self.glance = glance
    self.list = list
    self.record = record
    self.onProgress = onProgress
  }

  package var load: Load {
    Load(
      tags: core.watchedCount, unwell: core.unwell, repositories: core.repositories, refusal: refusal,
      hangs: workers.hangs(longerThan: .seconds(2 * Limits.tickSeconds), at: clock().boot) || aGlanceHangs)
  }

  /// The path of the database that it records in.
  package nonisolated var database: String { writer.path }

  package var figures: PollFigures { meters.figures(core, at: clock()) }

  // MARK: Polling

  /// Sets what asks for a `tick` in so long.
  func setTimer(_ wake: @escaping @Sendable (Duration) -> Void) { self.wake = wake }

  /// Starts what is due and announces what has been failing for too long; asks to be called again in time.
  package func tick() {
    guard !isStopped else { return }
    let now = clock()
    // The timer has fired, early or late: whatever it was set for, it is to be set again.
    armedFor = .distantPast
    workers.cutOff(longerThan: .seconds(Limits.pollSeconds), at: now.boot)
    enqueue(core.overdue(at: now))
    pump(now)
  }

  func pump(_ now: Moment) { start(nextJobs(now)) }

  private func nextJobs(_ now: Moment) -> [PollJob] {
    guard !isStopped, failure == nil, refusal == nil, pending.count < Self.backlogLimit else { return [] }
    let work = core.work(at: now)
    running += work.polls.count + work.lists.count
    meters.begin(work.polls, at: now)
    armTimer(now)
    for job in work.lists { start(job) }
    return work.polls
  }

  func start(_ job: PollJob) {
    workers.start(job.began) { stopwatch in
      Task.detached(executorPreference: executor) {
        await self.work(job, stopwatch)
        await self.ended(stopwatch)
      }
    }
  }

  func ended(_ stopwatch: PollWorkers.Stopwatch) { workers.ended(stopwatch) }

  /// Polls, hands the result in and goes on with what is due next: one hop to the engine and back per poll.
  private nonisolated func work(_ first: PollJob, _ stopwatch: PollWorkers.Stopwatch) async {
    var next: PollJob? = first
    while let job = next {
      stopwatch.restart(job.began)
      next = await finished(job, await poll(job))
    }
  }

  /// Arming costs a system call, so a timer that already fires in time is left alone.
  private func armTimer(_ now: Moment) {
    let latest = now.boot + Int64(Limits.tickSeconds) * 1000
    let wanted = min(core.nextWake(after: now) ?? latest, latest)
    guard wanted < armedFor || armedFor <= now.boot else { return }
    armedFor = wanted
    wake(.milliseconds(max(0, wanted - now.boot)))
  }

  /// Takes a result in.
  ///
  /// - Returns: a poll for the caller to make next; others that are due are started.
  private func finished(_ job: PollJob, _ result: PollResult) -> PollJob? {
    let isCutOff = Task.isCancelled
    // A request that was cut off because the daemon stops says nothing about the tag.
    if isStopped, result.isFailure {
      running -= 1
      resumeIfIdle()
      return nil
    }
    let result =
      isCutOff && result.isFailure
      ? PollResult(.failed(PollWorkers.failure, registryAnswers: false), spending: result.spending) : result
    let now = clock()
    take(job, result, at: now)
    if isStopped { resumeIfIdle() }
    var jobs = nextJobs(now)
    let next = isCutOff ? nil : jobs.firstIndex { !$0.known.mayBeGlanced }.map { jobs.remove(at: $0) }
    start(jobs)
    return next
  }

  func take(_ job: PollJob, _ result: PollResult, at now: Moment) {
    let index = job.index
    running -= 1
    meters.finish(job, result, at: now)
    let request = core.finished(index, result, at: now)
    let answers = waiters.count == 0 ? [] : answers(index, result, at: now)
    if var request {
      request.answers = answers
      enqueue([request])
    } else {
      waiters.settle(answers, index, core.result(index, .unchanged))
      planFlush()
    }
  }

  // MARK: Recording

  private func enqueue(_ requests: [RecordRequest]) {
    guard !requests.isEmpty else { return }
    pending += requests
    startCommit()
  }

  func startCommit() {
    guard !isCommitting, failure == nil else { return }
    isCommitting = true
    Task { await self.commitAll() }
  }

  private func commitAll() async {
    while failure == nil, hasResults || change != nil || (isStopped && core.hasMarks) {
      if let (change, continuation) = change.take() {
        await apply(change, continuation)
      } else {
        await commit()
      }
      pump(clock())
    }
    isCommitting = false
    if let failure, let (_, continuation) = change.take() { continuation.resume(throwing: failure) }
    // A flush that came while a commit ran has left its marks to this.
    if core.hasMarks { planFlush() }
    if isStopped { resumeIfIdle() } else { pump(clock()) }
  }

  /// Something that is to be recorded waits.
  private var hasResults: Bool { !pending.isEmpty || !lists.isEmpty }

  /// One transaction for everything that waits, marks first: a mark is never newer than a result.
  /// What could not be written stays and is tried again.
  private func commit() async {
    let (batch, listed) = (pending, lists)
    (pending, lists) = ([], [])
    let marks = core.takeMarks()
    do {
      let (records, lists) = try await writer.transaction { [record] store in
        try store.mark(marks)
        return (try record(batch, store), try listed.map(store.record))
      }
      refusal = nil
      for record in records { core.recorded(record) }
      for (request, record) in zip(batch, records) where !request.answers.isEmpty {
        guard let result = record.checked else { continue }
        waiters.settle(request.answers, record.index, result)
      }
      if !records.isEmpty { onProgress(.recorded(records)) }
      if !lists.isEmpty { take(lists) }
    } catch {
      core.restore(marks)
      // What was found is somebody else's to find by now.
      if let interruption = error as? CheckInterruption { return failWaiters(interruption) }
      pending = batch + pending
      self.lists = listed + self.lists
      await recover(
        from: error as? StoreError ?? StoreError(.internalError, "recording failed (\(error)): report this"))
    }
  }

  /// A full disk or a busy database passes: wait and try again, recording nothing meanwhile. Anything else ends
  /// the service, so that the next start finds out what is true on disk.
  private func recover(from error: StoreError) async {
    guard error.isTransient, !isStopped, !core.isSinglePass else {
      failure = error
      failWaiters(error)
      onProgress(.failed(error))
      return
    }
    refusal = error
    // Who waits for an answer gets the error now; the results are kept and written when that is possible.
    failWaiters(error)
    meters.record(error)
    onProgress(.refused(error))
    try? await Task.sleep(for: .seconds(error.code == .full ? 5 : 1))
  }

  // MARK: Another configuration

  /// Takes another watchlist over in one step, between two commits. Polls under way end as they began.
  ///
  /// - Returns: how many tags have left.
  /// - Throws: what the store says; then all is as it was.
  package func reconfigure(_ change: Change) async throws -> Int {
    if let failure { throw failure }
    return try await withCheckedThrowingContinuation { continuation in
      self.change = (change, continuation)
      startCommit()
    }
  }

  private func apply(_ change: Change, _ continuation: CheckedContinuation<Int, any Error>) async {
    do {
      let registered = try await writer.transaction(change.register, onCommit: change.onRegistered)
      let now = clock()
      let left = core.watch(change.builder, registered, at: now)
      change.onWatched(registered.entries, core.unpolled)
      waiters.fail(left, CheckInterruption.reloaded)
      listWaiters.failAll(CheckInterruption.reloaded)
      pending = pending.map(core.rerouted)
      // What they found is compared with another watchlist now.
      for list in lists { core.relist(list.index, at: now) }
      lists = []
      continuation.resume(returning: left.count)
    } catch {
      continuation.resume(throwing: error)
    }
  }

  private func planFlush() {
    guard !isFlushPlanned, !isStopped else { return }
    isFlushPlanned = true
    Task {
      try? await Task.sleep(for: .milliseconds(Limits.markFlushMilliseconds))
      await self.flush()
    }
  }

  private func flush() async {
    isFlushPlanned = false
    guard !isCommitting, failure == nil, core.hasMarks else { return }
    isCommitting = true
    await commit()
    await commitAll()
  }

  // MARK: Stopping

  /// Starts no more polls, lets those in flight finish, and writes everything down.
  ///
  /// - Returns: why not everything could be written, if so.
  package func stop() async -> StoreError? {
    isStopped = true
    failWaiters(CheckInterruption.stopping)
    startCommit()
    await withCheckedContinuation { continuation in
      idleWaiters.append(continuation)
      resumeIfIdle()
    }
    return failure
  }

  /// Ends the polls in flight without a result, for good.
  package func cutOff() {
    isStopped = true
    workers.cutOffAll()
    isCutOff = true
    glanceWatch.cancel()
  }

  func resumeIfIdle() {
    let isWritten = (!hasResults && !core.hasMarks) || failure != nil
    guard running == 0, !isCommitting else { return }
    guard isWritten else { return startCommit() }
    for waiter in idleWaiters { waiter.resume() }
    idleWaiters = []
  }
}
