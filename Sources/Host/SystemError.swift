import Glibc
import ImageModel

/// A system call that failed.
package struct SystemError: Error, CustomStringConvertible {
  /// The `errno`.
  package let code: Int32
  /// What could not be done, `open /var/log/watcher/events.jsonl`; `nil` where whoever tells of it says so.
  private let action: String?

  package init(code: Int32) { (self.code, action) = (code, nil) }

  package init(call: String, subject: String, code: Int32) {
    (self.code, action) = (code, "\(call) \(subject.safe())")
  }

  /// `cannot open /var/log/watcher/events.jsonl: Permission denied`, or the reason alone.
  package var description: String {
    let reason = String(cString: strerror(code))
    return action.map { "cannot \($0): \(reason)" } ?? reason
  }
}
