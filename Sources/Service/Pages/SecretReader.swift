import Host
import Synchronization

/// The secret in a file that a reload may change; read again when the file has changed.
final class SecretReader: Sendable {
  private let fault: @Sendable (String) -> String?
  private let current = Mutex<SecretText?>(nil)

  /// - Parameter fault: why a text is no such secret; `nil` where it is one.
  init(fault: @escaping @Sendable (String) -> String?) { self.fault = fault }

  /// - Parameter path: `nil` where the service manager has said of no directory that it is there.
  func callAsFunction(_ path: String?) throws(SecretText.Failure) -> String {
    guard let path else { throw SecretText.Failure(reason: "CREDENTIALS_DIRECTORY is not set") }
    let secret = current.withLock { current in
      let secret = current?.path == path ? current ?? SecretText(path: path) : SecretText(path: path)
      current = secret
      return secret
    }
    let text = try secret.read().text
    if let fault = fault(text) { throw SecretText.Failure(reason: fault) }
    return text
  }
}
