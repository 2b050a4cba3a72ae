import Glibc
import Host
import Synchronization

/// One line on a terminal's standard error that says how far a long work has come; nothing anywhere else.
final class ProgressLine: Sendable {
  private static let pauseNanoseconds: Int64 = 100_000_000

  private let isShown: Bool
  private let write: @Sendable (String) -> Void
  private let clock: @Sendable () -> Int64
  /// When the line may be written next; `nil` once it is cleared.
  private let next = Mutex<Int64?>(0)

  /// - Parameter clock: nanoseconds that only rise.
  init(
    isShown: Bool = Terminal.isTerminal(STDERR_FILENO),
    write: @escaping @Sendable (String) -> Void = { _ = writeAll(Array($0.utf8)[...], to: STDERR_FILENO) },
    clock: @escaping @Sendable () -> Int64 = MonotonicClock.nanoseconds
  ) {
    self.isShown = isShown
    self.write = write
    self.clock = clock
  }

  /// Writes the line anew, at most ten times a second. From any thread.
  func show(_ done: Int, of total: Int) { show("checked \(done) of \(total)") }

  /// The same of work that has no parts.
  func show(_ text: String) {
    guard isShown else { return }
    next.withLock { next in
      let now = clock()
      guard let due = next, now >= due else { return }
      next = now + Self.pauseNanoseconds
      write("\r\u{1b}[K\(text)")
    }
  }

  /// Takes the line away, for good.
  func clear() {
    guard isShown else { return }
    next.withLock { next in
      if next != nil, next != 0 { write("\r\u{1b}[K") }
      next = nil
    }
  }
}
