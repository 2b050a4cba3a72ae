import Glibc

/// The thread a loop runs on.
struct LoopThread: Sendable {
  private let handle: pthread_t

  /// Starts a thread for a loop that it makes there itself; `nil` when the system has no thread to give. If
  /// there can be no loop the inbox is closed.
  init?(inbox: Inbox, settings: ClientSettings) {
    let box = Unmanaged.passRetained(Start(inbox: inbox, settings: settings))
    var handle = pthread_t()
    let code = pthread_create(
      &handle, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      box.release()
      return nil
    }
    self.handle = handle
  }

  /// Waits for the end; once only.
  func join() { pthread_join(handle, nil) }

  private final class Start: Sendable {
    let inbox: Inbox
    let settings: ClientSettings

    init(inbox: Inbox, settings: ClientSettings) {
      self.inbox = inbox
      self.settings = settings
    }

    func run() {
      // OpenSSL writes to sockets without MSG_NOSIGNAL, and the process's signals are handled elsewhere.
      var all = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_BLOCK, &all, nil)
      guard let loop = CurlLoop(inbox: inbox, settings: settings) else {
        return inbox.closeForGood().forEach { $0.fail(.unsupported, "libcurl has no memory for a multi handle") }
      }
      loop.run()
    }
  }
}
