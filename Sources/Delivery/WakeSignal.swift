import Synchronization

/// A flag that one task waits for. Setting it before the wait begins is as good as during it: nothing is lost,
/// and many settings count as one.
final class WakeSignal: Sendable {
  private struct State {
    var isSet = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  /// Whether somebody waits, so that nothing is set.
  var isAwaited: Bool { state.withLock { $0.waiter != nil } }

  func set() {
    let waiter = state.withLock { state in
      defer { state.waiter = nil }
      state.isSet = state.waiter == nil
      return state.waiter
    }
    waiter?.resume()
  }

  /// Returns when the flag is set, and takes it down; also when the task is cancelled.
  func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isSet = state.withLock { state in
          if state.isSet {
            state.isSet = false
            return true
          }
          state.waiter = continuation
          return false
        }
        if isSet { continuation.resume() }
      }
    } onCancel: {
      set()
    }
  }
}
