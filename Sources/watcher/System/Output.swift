import Daemon
import Glibc
import ImageModel

/// The reader of standard output has gone; nothing is left to say.
struct OutputClosed: Error {}

/// Standard output and standard error.
enum Output {
  /// Writes all of it to standard output.
  ///
  /// - Throws: `OutputClosed` when nobody reads it any more, `CommandError` when it cannot be written.
  static func write(_ bytes: [UInt8]) throws {
    let failure = write(bytes, to: STDOUT_FILENO)
    guard failure != 0 else { return }
    if failure == EPIPE { throw OutputClosed() }
    throw unwritable(failure)
  }

  static func unwritable(_ failure: Int32) -> CommandError {
    CommandError(
      .inputOutput, "cannot write standard output (\(SystemFailure(number: failure))): send it somewhere else")
  }

  static func error(_ message: String) { say("watcher: error: \(message)") }

  static func warning(_ message: String) { say("watcher: warning: \(message)") }

  /// A line on standard error. One that cannot be written is lost.
  static func say(_ line: String) {
    _ = write(Array("\(line)\n".utf8), to: STDERR_FILENO)
  }

  /// - Returns: the errno of the failure, 0 if all was written.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count >= 0 {
          rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
          // A pipe that its other end made non-blocking.
          var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = poll(&ready, 1, -1)
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
  }
}
