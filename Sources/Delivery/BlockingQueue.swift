import Dispatch
import Synchronization

/// Runs calls that may block for ever on a queue of their own, one at a time, away from the threads that all
/// tasks share.
final class BlockingQueue: Sendable {
  private struct Calls {
    var count = 0
    /// Those that have not begun.
    var waiting: Set<Int> = []
    var running: Int?
    /// Nobody waits for the one that runs.
    var isAbandoned = false
  }

  private let queue: DispatchQueue
  private let calls = Mutex(Calls())

  init(label: String) { queue = DispatchQueue(label: label) }

  enum Outcome<Value: Sendable>: Sendable {
    case finished(Value)
    /// The task was cancelled first; a call that had begun goes on by itself and its value is dropped.
    case abandoned
    /// An abandoned call is still running: nothing was started, so that nothing piles up behind it.
    case busy
  }

  /// Waits for the calls before it.
  func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Outcome<Value> {
    let entered: Int? = calls.withLock { calls in
      guard !calls.isAbandoned else { return nil }
      calls.count += 1
      calls.waiting.insert(calls.count)
      return calls.count
    }
    guard let call = entered else { return .busy }
    let answer = Answer<Outcome<Value>>()
    queue.async { [self] in
      guard begin(call) else { return }
      let value = work()
      calls.withLock { calls in
        calls.running = nil
        calls.isAbandoned = false
      }
      answer.give(.finished(value))
    }
    return await withTaskCancellationHandler {
      await answer.value()
    } onCancel: {
      abandon(call)
      answer.give(.abandoned)
    }
  }

  /// - Returns: `false` for a call that was abandoned before.
  private func begin(_ call: Int) -> Bool {
    calls.withLock { calls in
      guard calls.waiting.remove(call) != nil else { return false }
      calls.running = call
      return true
    }
  }

  private func abandon(_ call: Int) {
    calls.withLock { calls in
      calls.waiting.remove(call)
      if calls.running == call { calls.isAbandoned = true }
    }
  }

  /// Starts short work behind whatever runs now, without waiting.
  func enqueue(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }
}

/// A value that one task waits for; the first one given counts.
private final class Answer<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Value, Never>)
    case given(Value)
  }

  private let state = Mutex(State.open)

  func give(_ value: Value) {
    let waiter: CheckedContinuation<Value, Never>? = state.withLock { state in
      switch state {
      case .given: return nil
      case .open:
        state = .given(value)
        return nil
      case .awaited(let continuation):
        state = .given(value)
        return continuation
      }
    }
    waiter?.resume(returning: value)
  }

  /// Waits once.
  func value() async -> Value {
    await withCheckedContinuation { continuation in
      let given: Value? = state.withLock { state in
        if case .given(let value) = state { return value }
        state = .awaited(continuation)
        return nil
      }
      if let given { continuation.resume(returning: given) }
    }
  }
}
