import Glibc

/// A thread that libcurl runs on.
struct LoopThread: Sendable {
  private let handle: pthread_t

  /// `nil` when the system has no thread to give.
  init?(_ run: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Start(run))
    var handle = pthread_t()
    let code = pthread_create(
      &handle, nil,
      { argument in
        guard let argument else { return nil }
        // OpenSSL writes to sockets without MSG_NOSIGNAL, and the process's signals are handled elsewhere.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      box.release()
      return nil
    }
    self.handle = handle
  }

  /// Waits for the end. Either this or `detach()`, and once only.
  func join() { pthread_join(handle, nil) }

  /// Nobody waits for the end.
  func detach() { pthread_detach(handle) }

  private final class Start: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
