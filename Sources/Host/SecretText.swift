import ImageModel
import Synchronization

/// A file with one secret in it, read again when it has changed, so that a rotation needs no restart.
package final class SecretText: Sendable {
  package typealias Failure = BoundedFile.Failure

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
    let revision = try BoundedFile.Revision(path).description
    if let known = cached.withLock({ $0 }), known.revision == revision { return known }
    let value = Value(text: try contents(), revision: revision)
    cached.withLock { $0 = value }
    return value
  }

  private func contents() throws(Failure) -> String {
    var text = try BoundedFile.read(path, limit: Limits.secretBytes)[...]
    if text.last == UInt8(ascii: "\n") { text.removeLast() }
    if text.last == UInt8(ascii: "\r") { text.removeLast() }
    guard !text.isEmpty else { throw Failure(reason: "it is empty") }
    guard let secret = String(validating: text, as: UTF8.self) else { throw Failure(reason: "it is not UTF-8 text") }
    return secret
  }
}
