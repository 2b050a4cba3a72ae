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
    let waiter: Waiter

    /// The request as it stands alone.
    var asked: SharedRequest {
      guard case .glance(let glance) = waiter else { return request }
      var value = request.value
      value.url = glance.url
      return SharedRequest(value)
    }
  }

  /// Who waits for what comes of a request.
  enum Waiter: Sendable {
    case task(CheckedContinuation<TransferResult, Never>)
    case glance(Glance)
  }

  struct Batch {
    var submissions: [Submission] = []
    var glances: [GlanceRun] = []
    var cancellations: [UInt64] = []
    /// All glances of these.
    var cancelledDesks: [GlanceDesk] = []
    var isClosed = false

    var isEmpty: Bool {
      submissions.isEmpty && glances.isEmpty && cancellations.isEmpty && cancelledDesks.isEmpty && !isClosed
    }
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

  /// False after `close()`.
  func submit(_ run: GlanceRun) -> Bool {
    state.withLock { state in
      guard !state.batch.isClosed else { return false }
      state.batch.glances.append(run)
      Self.wake(&state)
      return true
    }
  }

  func cancel(_ desk: GlanceDesk) {
    state.withLock { state in
      guard !state.batch.isClosed else { return }
      state.batch.cancelledDesks.append(desk)
      Self.wake(&state)
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
  func closeForGood() -> Batch {
    state.withLock { state in
      defer { state.batch = Batch(isClosed: true) }
      return state.batch
    }
  }

  /// Everything that has come since the last call. With nothing there the caller is taken to wait on `multi`
  /// next, and the next message will wake it.
  func take(orSleepOn multi: UnsafeMutableRawPointer) -> Batch? {
    let sleeper = Sleeper(multi: multi)
    return state.withLock { state in
      let batch = state.batch
      if batch.isEmpty {
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
