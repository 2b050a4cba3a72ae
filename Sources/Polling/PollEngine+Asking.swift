import History
package import ImageModel

/// Polls and lists that are asked for.
extension PollEngine {
  /// Asks registries again that wanted to be left alone: something was done about it, perhaps.
  package func endPauses() {
    let now = clock()
    guard !core.pauses(at: now).isEmpty else { return }
    core.endPauses(at: now)
    tick()
  }

  /// Polls tags now, whatever they wait for, and says what came of it once news is recorded (that there is none is
  /// written with the next flush). A tag whose registry wants to be left alone is not polled, which is its result.
  ///
  /// - Parameters:
  ///   - tags: those that are not in the plan are left out; `nil` stands for all that are.
  ///   - onProgress: called with the number of results so far.
  /// - Throws: `StoreError`, `CheckInterruption`; `CancellationError`, at once, when nobody waits any more.
  package func check(
    _ tags: [TagReference]?, onProgress: @escaping @Sendable (_ done: Int) -> Void = { _ in }
  ) async throws -> [CheckReport.Result] {
    try refuseWaiters()
    let indexes = core.indexes(of: tags)
    guard !indexes.isEmpty else { return [] }
    let waiter = waiters.number()
    let results = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        waiters.open(waiter, indexes.map { ($0, core.isUnderWay($0)) }, onProgress: onProgress, continuation)
        hasten(waiters.awaited)
      }
    } onCancel: {
      Task { await self.giveUp(waiter) }
    }
    return indexes.compactMap { results[$0] }
  }

  /// Has polled soon, and again while nothing changes, what is watched of images that somebody says were pushed.
  ///
  /// - Returns: for each hint how many tags that are, and how long it took to find them.
  package func hint(_ hints: [Set<HintedImage>]) -> (counts: [Int], took: Duration) {
    let (now, began) = (clock(), ContinuousClock.now)
    let counts = core.hint(hints, at: now)
    pump(now)
    return (counts, ContinuousClock.now - began)
  }

  /// What is yet to be looked at because of hints.
  package var hinted: (tags: [TagID], repositories: [RepositoryReference]) { core.hinted }

  /// Lists all repositories now, and waits until what came of it is recorded. One whose registry wants to be left alone
  /// is not listed.
  ///
  /// - Returns: those that could not be listed, by name.
  /// - Throws: as `check`.
  package func list() async throws -> [CheckReport.Unlisted] {
    try refuseWaiters()
    let indexes = core.listings.keys.sorted()
    guard !indexes.isEmpty else { return [] }
    let waiter = listWaiters.number()
    let results = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        listWaiters.open(waiter, indexes.map { ($0, core.isUnderWay($0)) }, onProgress: { _ in }, continuation)
        hasten(listWaiters.awaited)
      }
    } onCancel: {
      Task { await self.giveUpList(waiter) }
    }
    return results.values.compactMap(\.self).sorted { "\($0.repository)" < "\($1.repository)" }
  }

  private func refuseWaiters() throws {
    if let failure = failure ?? refusal { throw failure }
    guard !isStopped else { throw CheckInterruption.stopping }
  }

  private func hasten(_ indexes: Set<Int>) {
    let now = clock()
    settlePaused(at: now)
    for index in indexes { core.hasten(index, at: now) }
    pump(now)
  }

  private func giveUp(_ waiter: Int) { waiters.fail(id: waiter, CancellationError()) }

  private func giveUpList(_ waiter: Int) { listWaiters.fail(id: waiter, CancellationError()) }

  func failWaiters(_ error: any Error) {
    waiters.failAll(error)
    listWaiters.failAll(error)
  }

  /// The waiters that a poll answers.
  func answers(_ index: Int, _ result: PollResult, at now: Moment) -> [Int] {
    let (answered, isWantedAgain) = waiters.polled(index)
    if isWantedAgain { core.hasten(index, at: now) }
    if result.isThrottled { settlePaused(at: now) }
    return answered
  }

  /// The waiters that a list answers.
  func answers(_ index: Int, _ result: ListResult, at now: Moment) -> [Int] {
    let (answered, isWantedAgain) = listWaiters.polled(index)
    if isWantedAgain { core.hasten(index, at: now) }
    if result.isThrottled { settlePaused(at: now) }
    return answered
  }

  private func settlePaused(at now: Moment) {
    for index in waiters.awaited where !core.isUnderWay(index) {
      guard let failure = core.pause(of: index, at: now) else { continue }
      waiters.settle(index, core.result(index, .failed(failure)))
    }
    for index in listWaiters.awaited where !core.isUnderWay(index) {
      guard let failure = core.pause(of: index, at: now), let repository = core.listings[index]?.entry.repository
      else { continue }
      listWaiters.settle(index, CheckReport.Unlisted(repository: repository, failure: failure))
    }
  }
}
