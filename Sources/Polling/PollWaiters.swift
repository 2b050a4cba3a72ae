import ImageModel

/// Those who wait for fresh polls of certain tags, or for fresh lists. A poll that was under way when they asked proves
/// nothing to them: it may have looked before what they ask about, and is made again.
///
/// All of it is passed through with every poll of a `check`, of which there may be a hundred thousand.
struct PollWaiters<Answer: Sendable> {
  /// What came of it, by the index of its slot.
  typealias Results = [Int: Answer]

  private enum Stage {
    /// In a poll from before.
    case busy
    /// To be polled.
    case asked
    /// Polled, and not written down yet.
    case polled
  }

  private struct Waiter {
    let id: Int
    /// By the index of its slot; `nil` for what is not waited for, or not any more.
    var stages: [Stage?]
    /// How many are waited for.
    var open: Int
    var results: Results = [:]
    let onProgress: @Sendable (_ done: Int) -> Void
    let continuation: CheckedContinuation<Results, any Error>

    func stage(of slot: Int) -> Stage? { stages.indices.contains(slot) ? stages[slot] : nil }
  }

  private var waiters: [Waiter] = []
  private var last = 0

  var count: Int { waiters.count }

  /// Places of which a poll is awaited that has not ended.
  var awaited: Set<Int> {
    waiters.reduce(into: []) { slots, waiter in
      slots.formUnion(waiter.stages.indices.lazy.filter { waiter.stages[$0] == .asked })
    }
  }

  /// The number of the next one.
  mutating func number() -> Int {
    last += 1
    return last
  }

  /// - Parameters:
  ///   - id: its number.
  ///   - slots: at least one; whether its poll is under way.
  ///   - continuation: resumed once all of them are settled.
  mutating func open(
    _ id: Int, _ slots: [(slot: Int, isBusy: Bool)], onProgress: @escaping @Sendable (_ done: Int) -> Void,
    _ continuation: CheckedContinuation<Results, any Error>
  ) {
    var stages = [Stage?](repeating: nil, count: (slots.lazy.map(\.slot).max() ?? 0) + 1)
    for (slot, isBusy) in slots { stages[slot] = isBusy ? .busy : .asked }
    var waiter = Waiter(
      id: id, stages: stages, open: slots.count, onProgress: onProgress, continuation: continuation)
    waiter.results.reserveCapacity(slots.count)
    waiters.append(waiter)
  }

  /// A poll has ended.
  ///
  /// - Returns: the waiters it answers, and whether it has to be made again.
  mutating func polled(_ slot: Int) -> (answered: [Int], isWantedAgain: Bool) {
    var answered: [Int] = []
    var isWantedAgain = false
    for index in waiters.indices {
      switch waiters[index].stage(of: slot) {
      case .busy:
        waiters[index].stages[slot] = .asked
        isWantedAgain = true
      case .asked:
        waiters[index].stages[slot] = .polled
        answered.append(waiters[index].id)
      case .polled, nil: break
      }
    }
    return (answered, isWantedAgain)
  }

  /// The result of a poll that answers `ids` is on record.
  mutating func settle(_ ids: [Int], _ slot: Int, _ result: Answer) {
    for id in ids {
      guard let index = waiters.firstIndex(where: { $0.id == id }) else { continue }
      settle(at: index, slot, result)
    }
  }

  /// There will be no poll.
  mutating func settle(_ slot: Int, _ result: Answer) {
    for index in waiters.indices.reversed() where waiters[index].stage(of: slot) == .asked {
      settle(at: index, slot, result)
    }
  }

  /// Ends those that wait for one of these tags.
  mutating func fail(_ slots: Set<Int>, _ error: any Error) {
    fail(error) { waiter in slots.contains { waiter.stage(of: $0) != nil } }
  }

  /// Ends one, if it has not ended.
  mutating func fail(id: Int, _ error: any Error) { fail(error) { $0.id == id } }

  mutating func failAll(_ error: any Error) { fail(error) { _ in true } }

  private mutating func fail(_ error: any Error, where isMeant: (Waiter) -> Bool) {
    for waiter in waiters where isMeant(waiter) { waiter.continuation.resume(throwing: error) }
    waiters.removeAll(where: isMeant)
  }

  private mutating func settle(at index: Int, _ slot: Int, _ result: Answer) {
    guard waiters[index].stage(of: slot) != nil else { return }
    waiters[index].stages[slot] = nil
    waiters[index].results[slot] = result
    waiters[index].open -= 1
    waiters[index].onProgress(waiters[index].results.count)
    guard waiters[index].open == 0 else { return }
    let waiter = waiters.remove(at: index)
    waiter.continuation.resume(returning: waiter.results)
  }
}

/// Why there is no result although nothing failed.
package enum CheckInterruption: Error {
  case stopping
  /// Another configuration, or the list of a repository, does not watch a tag any more that was waited for, or does
  /// now.
  case reloaded
}
