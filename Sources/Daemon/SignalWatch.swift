import Dispatch
import Glibc
import Synchronization

/// The process's signals: the first SIGTERM or SIGINT asks for an orderly stop, a second one ends the process
/// at once, SIGHUP asks for a reload, SIGUSR1 reopens files, SIGPIPE is ignored.
final class SignalWatch: Sendable {
  // Dispatch sources may be used from any thread; the overlay on Linux does not say so.
  nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

  init(
    onStop: @escaping @Sendable () -> Void, onHangUp: @escaping @Sendable () -> Void,
    onReopen: @escaping @Sendable () -> Void
  ) {
    let queue = DispatchQueue(label: "watcher.signals")
    let isStopping = Flag()
    signal(SIGPIPE, SIG_IGN)
    sources = [SIGTERM, SIGINT, SIGHUP, SIGUSR1].map { number in
      // The default action must be off, or the process ends before the source sees the signal.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        switch number {
        case SIGHUP: onHangUp()
        case SIGUSR1: onReopen()
        default:
          if isStopping.value.exchange(true, ordering: .relaxed) { _exit(128 + number) }
          onStop()
        }
      }
      source.activate()
      return source
    }
  }

  func cancel() { for source in sources { source.cancel() } }

  private final class Flag: Sendable {
    let value = Atomic(false)
  }
}
