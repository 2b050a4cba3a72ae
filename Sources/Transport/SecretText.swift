import CCurl  // In a release build it is whose headers' `timespec` the compiler sees.
import Glibc
import ImageModel
import Synchronization

/// A file with one secret in it, read again when it has changed, so that a rotation needs no restart.
package final class SecretText: Sendable {
  package struct Failure: Error, Hashable, Sendable {
    /// Why, without the file's name: `No such file or directory`.
    package let reason: String
  }

  /// A secret, and what tells this state of the file from others.
  package struct Value: Hashable, Sendable {
    package let text: String
    package let revision: String
  }

  package let path: String
  private let cached = Mutex<Value?>(nil)

  package init(path: String) { self.path = path }

  /// The file's text without the line end it may have. Costs one `stat` while the file stays as it is.
  package func read() throws(Failure) -> Value {
    var status = stat()
    guard stat(path, &status) == 0 else { throw Self.systemFailure() }
    let revision = "\(status.st_ino).\(status.st_size).\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    if let known = cached.withLock({ $0 }), known.revision == revision { return known }
    let value = Value(text: try contents(), revision: revision)
    cached.withLock { $0 = value }
    return value
  }

  private func contents() throws(Failure) -> String {
    // Opening a pipe nobody writes to would wait for ever without O_NONBLOCK.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw Self.systemFailure() }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: Limits.secretBytes + 1)
    var length = 0
    while length < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        Glibc.read(file, $0.baseAddress.map { $0 + length }, $0.count - length)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Self.systemFailure() }
      if count == 0 { break }
      length += count
    }
    guard length <= Limits.secretBytes else { throw Failure(reason: "it is longer than \(Limits.secretBytes) bytes") }
    var text = bytes[..<length]
    if text.last == UInt8(ascii: "\n") { text.removeLast() }
    if text.last == UInt8(ascii: "\r") { text.removeLast() }
    guard !text.isEmpty else { throw Failure(reason: "it is empty") }
    guard let secret = String(validating: text, as: UTF8.self) else { throw Failure(reason: "it is not UTF-8 text") }
    return secret
  }

  private static func systemFailure() -> Failure { Failure(reason: String(cString: strerror(errno))) }
}
