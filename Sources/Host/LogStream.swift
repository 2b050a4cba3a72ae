import Glibc
import Synchronization

/// Standard error, which must not hold the daemon up: polls are logged in passing by whoever makes them. Of a reader
/// that takes nothing for a second (a full pipe, a terminal that is stopped) lines are left out and counted.
package final class LogStream: Sendable {
  package static let standardError = LogStream(STDERR_FILENO)

  private static let patienceMilliseconds: Int32 = 1_000

  private let descriptor: Int32
  /// How many lines were left out since the last one that was written.
  private let lost = Mutex(0)

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// - Parameters:
  ///   - line: with its end. It is written at once or not at all, so that lines of several threads do not mix.
  ///   - remark: the line to be written before it when so many were left out.
  package func write(_ line: String, after remark: (_ lost: Int) -> String) {
    lost.withLock { lost in
      guard hasRoom(within: lost == 0 ? Self.patienceMilliseconds : 0) else {
        lost += 1
        return
      }
      let text = lost == 0 ? line : remark(lost) + line
      lost = 0
      // What cannot be written, for a disk that is full or a reader that is gone, is lost.
      _ = Array(text.utf8).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
  }

  /// A pipe that has any has it for `PIPE_BUF` bytes, which is more than a line.
  private func hasRoom(within milliseconds: Int32) -> Bool {
    var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    var count = poll(&state, 1, milliseconds)
    while count < 0, errno == EINTR { count = poll(&state, 1, milliseconds) }
    return count != 0
  }
}

/// Whether the journal reads a stream of this process. Source: systemd.exec(5), `JOURNAL_STREAM`.
package enum JournalStream {
  /// What `JOURNAL_STREAM` names is the journal's socket; a stream that was sent elsewhere since is not it.
  package static func isAt(_ descriptor: Int32, environment: [String: String]) -> Bool {
    guard let parts = environment["JOURNAL_STREAM"]?.split(separator: ":"), parts.count == 2,
      let device = UInt64(parts[0]), let node = UInt64(parts[1])
    else { return false }
    var info = stat()
    return fstat(descriptor, &info) == 0 && info.st_dev == device && info.st_ino == node
  }
}
