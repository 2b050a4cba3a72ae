import CCurl
import Synchronization

typealias TransferResult = Result<HTTPResponse, TransportError>

/// What callers hand to the loop's thread, and the only thing they share with it.
final class Inbox: Sendable {
  struct Submission: Sendable {
    let id: UInt64
    let request: SharedRequest
    let origin: Origin
    let material: TLSStore.Found
    let continuation: CheckedContinuation<TransferResult, Never>

    func fail(_ code: TransportError.Code, _ what: String) {
      continuation.resume(returning: .failure(TransportError(code, what, url: redactedURL(request.value.url))))
    }
  }

  struct Batch {
    var submissions: [Submission] = []
    var cancellations: [UInt64] = []
    var isClosed = false
  }

  private struct State {
    var batch = Batch()
    /// The loop is about to wait, or waits, on this handle, and nobody has woken it yet.
    var sleeper: Sleeper?
  }

  /// libcurl lets any thread wake a multi handle; the state's lock sees to it that it still exists.
  private struct Sleeper: @unchecked Sendable {
    let multi: UnsafeMutableRawPointer
  }

  private let state = Mutex(State())

  /// False after `close()`.
  func submit(_ submission: Submission) -> Bool {
    state.withLock { state in
      guard !state.batch.isClosed else { return false }
      state.batch.submissions.append(submission)
      Self.wake(&state)
      return true
    }
  }

  func cancel(_ id: UInt64) {
    state.withLock { state in
      guard !state.batch.isClosed else { return }
      state.batch.cancellations.append(id)
      Self.wake(&state)
    }
  }

  func close() {
    state.withLock { state in
      state.batch.isClosed = true
      Self.wake(&state)
    }
  }

  /// Closes and gives back what nobody will take any more.
  func closeForGood() -> [Submission] {
    state.withLock { state in
      defer { state.batch = Batch(isClosed: true) }
      return state.batch.submissions
    }
  }

  /// Everything that has come since the last call. With nothing there the caller is taken to wait on `multi`
  /// next, and the next message will wake it.
  func take(orSleepOn multi: UnsafeMutableRawPointer) -> Batch? {
    let sleeper = Sleeper(multi: multi)
    return state.withLock { state in
      let batch = state.batch
      if batch.submissions.isEmpty && batch.cancellations.isEmpty && !batch.isClosed {
        state.sleeper = sleeper
        return nil
      }
      state.sleeper = nil
      state.batch = Batch(isClosed: batch.isClosed)
      return batch
    }
  }

  /// One wake-up is enough for everything that comes before the loop looks again.
  private static func wake(_ state: inout State) {
    guard let sleeper = state.sleeper.take() else { return }
    curl_multi_wakeup(sleeper.multi)
  }
}
