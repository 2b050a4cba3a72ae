import Dispatch
import Synchronization

/// Runs calls that may block for ever on a queue of their own, one at a time, away from the threads that all
/// tasks share.
final class BlockingQueue: Sendable {
  private let queue: DispatchQueue
  /// Whether a call is running, though perhaps nobody waits for it any more.
  private let isBusy = Mutex(false)

  init(label: String) { queue = DispatchQueue(label: label) }

  enum Outcome<Value: Sendable>: Sendable {
    case finished(Value)
    /// The task was cancelled first; the call goes on by itself and its value is dropped.
    case abandoned
    /// An abandoned call is still running: nothing was started, so that nothing piles up behind it.
    case busy
  }

  func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Outcome<Value> {
    let isMine = isBusy.withLock { busy in
      defer { busy = true }
      return !busy
    }
    guard isMine else { return .busy }
    let answer = Answer<Outcome<Value>>()
    queue.async { [self] in
      let value = work()
      isBusy.withLock { $0 = false }
      answer.give(.finished(value))
    }
    return await withTaskCancellationHandler {
      await answer.value()
    } onCancel: {
      answer.give(.abandoned)
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
