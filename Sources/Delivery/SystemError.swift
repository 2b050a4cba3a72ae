import Glibc
import ImageModel

/// A system call that failed, and on what.
struct SystemError: Error, CustomStringConvertible {
  let call: String
  let subject: String
  let code: Int32

  /// `cannot open /var/log/watcher/events.jsonl: Permission denied`.
  var description: String { "cannot \(call) \(subject.safe()): \(String(cString: strerror(code)))" }
}
