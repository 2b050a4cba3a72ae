import CCurl
import Dispatch
import Host
import Synchronization

/// Hands mails to servers by SMTP, each on a connection and a thread of its own: for the answer to `QUIT` libcurl waits
/// without giving the thread back (`smtp_disconnect`), and on the loop of `HTTPClient` every request would wait for it.
/// No proxy is used.
package final class MailClient: Sendable {
  private let files = TLSStore(ClientSettings())

  package init() {}

  /// Returns when the server has taken the mail for all recipients. Cancelling the task gives it up, and whether it
  /// arrived is not known then.
  package func send(_ request: MailRequest) async throws(MailFailure) {
    let transfer: MailTransfer
    do throws(TLSFilesFailure) {
      transfer = MailTransfer(request, try await files.material(for: request.tls).get())
    } catch {
      throw MailFailure(.tls, error.message, advice: error.advice, tlsProblem: .ownFile)
    }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { transfer.start($0) }
    } onCancel: {
      transfer.cancel()
    }
    try result.get()
  }
}

/// One mail on its way.
private final class MailTransfer: Sendable {
  typealias Result = Swift.Result<Void, MailFailure>

  private struct State {
    /// Of who waits for the result, which is the first that comes.
    var continuation: CheckedContinuation<Result, Never>?
    var isCancelled = false
    /// The thread waits on it.
    var sleeper: Sleeper?
  }

  /// libcurl lets any thread wake a multi handle; the state's lock sees to it that it still exists.
  private struct Sleeper: @unchecked Sendable {
    let multi: UnsafeMutableRawPointer
  }

  private static let waitMilliseconds: Int32 = 60_000

  private let request: MailRequest
  private let material: TLSMaterial
  private let state = Mutex(State())

  init(_ request: MailRequest, _ material: TLSMaterial) { (self.request, self.material) = (request, material) }

  func start(_ continuation: CheckedContinuation<Result, Never>) {
    let isCancelled = state.withLock { state in
      state.continuation = continuation
      return state.isCancelled
    }
    if isCancelled { return end(.failure(.cancelled)) }
    guard HTTPClient.isCurlReady, let thread = LoopThread({ self.end(self.perform()) }) else {
      return end(.failure(MailFailure(.connection, "the system has no thread for a mail", advice: "try again later")))
    }
    thread.detach()
  }

  func cancel() {
    state.withLock { state in
      state.isCancelled = true
      if let sleeper = state.sleeper { curl_multi_wakeup(sleeper.multi) }
    }
    // Where libcurl waits by itself it asks whether to go on each second, and the mail is given up then.
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Self.endSeconds)) {
      self.end(.failure(.cancelled))
    }
  }

  private static let endSeconds = 2

  private func end(_ result: Result) { state.withLock { $0.continuation.take() }?.resume(returning: result) }

  /// When it returns nothing of libcurl's and OpenSSL's is in use any more: the process may end at once.
  private func perform() -> Result {
    guard let multi = curl_multi_init() else {
      return .failure(MailFailure(.connection, "libcurl has no memory for a multi handle"))
    }
    defer { curl_multi_cleanup(multi) }
    do throws(CurlOptionFailure) {
      let handle = try MailHandle(request, material) { self.state.withLock(\.isCancelled) }
      return perform(handle, on: multi)
    } catch {
      return .failure(MailFailure(.connection, "libcurl cannot send mail", reason: "\(error)"))
    }
  }

  private func perform(_ handle: MailHandle, on multi: UnsafeMutableRawPointer) -> Result {
    curl_multi_add_handle(multi, handle.pointer)
    defer {
      handle.stopReading()
      curl_multi_remove_handle(multi, handle.pointer)
    }
    let sleeper = Sleeper(multi: multi)
    state.withLock { $0.sleeper = sleeper }
    defer { state.withLock { $0.sleeper = nil } }
    var running: Int32 = 0
    while !state.withLock(\.isCancelled) {
      curl_multi_perform(multi, &running)
      var left: Int32 = 0
      if let message = curl_multi_info_read(multi, &left) {
        return handle.failure(message.pointee.data.result).map { .failure($0) } ?? .success(())
      }
      curl_multi_poll(multi, nil, 0, Self.waitMilliseconds, nil)
    }
    return .failure(.cancelled)
  }
}
