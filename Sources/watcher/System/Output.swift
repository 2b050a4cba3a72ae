import FoundationEssentials
import Glibc
import Host
import ImageModel
import Service

/// The reader of standard output has gone; nothing is left to say.
struct OutputClosed: Error {}

/// Standard output and standard error.
enum Output {
  /// Which characters text may have here: whatever is not JSON goes through it.
  static let charset = Charset(environment: ProcessInfo.processInfo.environment)

  /// Writes text for people to standard output.
  static func print(_ text: String) throws { try write(charset.bytes(text)) }

  /// Writes all of it to standard output.
  ///
  /// - Throws: `OutputClosed` when nobody reads it any more, `CommandError` when it cannot be written.
  static func write(_ bytes: [UInt8]) throws {
    let failure = writeAll(bytes[...], to: STDOUT_FILENO).errno
    guard failure != 0 else { return }
    if failure == EPIPE { throw OutputClosed() }
    throw unwritable(failure)
  }

  static func unwritable(_ failure: Int32) -> CommandError {
    CommandError(
      .inputOutput, "cannot write standard output (\(SystemError(code: failure))): send it somewhere else")
  }

  static func error(_ message: String) { say("watcher: error: \(message)") }

  static func warning(_ message: String) { say("watcher: warning: \(message)") }

  /// A question on standard error, whose answer stands on the same line.
  static func ask(_ question: String) {
    _ = writeAll(Array(question.utf8)[...], to: STDERR_FILENO)
  }

  /// A line on standard error. One that cannot be written is lost.
  static func say(_ line: String) {
    _ = writeAll(charset.bytes("\(line)\n")[...], to: STDERR_FILENO)
  }
}
