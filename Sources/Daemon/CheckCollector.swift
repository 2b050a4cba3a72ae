import History
import ImageModel
import Synchronization

/// Gathers the results of a single pass and says when the last one is there.
final class CheckCollector: Sendable {
  struct Collected {
    var outcome: CheckOutcome
    var isWithheld = false
    var events: [RecordedEvent] = []
  }

  private struct State {
    var results: [Collected?]
    var done = 0
    var failure: StoreError?
    var waiter: CheckedContinuation<Void, Never>?

    var isComplete: Bool { failure != nil || done == results.count }
  }

  private let state: Mutex<State>
  private let progress: @Sendable (Int, Int) -> Void

  init(count: Int, progress: @escaping @Sendable (Int, Int) -> Void) {
    state = Mutex(State(results: Array(repeating: nil, count: count)))
    self.progress = progress
  }

  @Sendable func take(_ news: PollEngine.Progress) {
    let (done, total, waiter) = state.withLock { state in
      switch news {
      case .unchanged(let slot): Self.add(Collected(outcome: .unchanged), slot, &state)
      case .recorded(let records):
        for record in records {
          guard let outcome = record.outcome else { continue }
          let result = Collected(outcome: outcome, isWithheld: record.isWithheld, events: record.events)
          Self.add(result, record.slot, &state)
        }
      case .failed(let error): state.failure = error
      }
      let waiter = state.isComplete ? state.waiter.take() : nil
      return (state.done, state.results.count, waiter)
    }
    progress(done, total)
    waiter?.resume()
  }

  /// Returns when every tag has its result, or the store has failed.
  func finished() async -> Result<[Collected], StoreError> {
    await withCheckedContinuation { continuation in
      let isComplete = state.withLock { state in
        if !state.isComplete { state.waiter = continuation }
        return state.isComplete
      }
      if isComplete { continuation.resume() }
    }
    return state.withLock { state in
      if let failure = state.failure { return .failure(failure) }
      return .success(state.results.compactMap { $0 })
    }
  }

  private static func add(_ result: Collected, _ slot: Int, _ state: inout State) {
    if state.results[slot] == nil { state.done += 1 }
    let earlier = state.results[slot]?.events ?? []
    state.results[slot] = result
    state.results[slot]?.events = earlier + result.events
  }
}
