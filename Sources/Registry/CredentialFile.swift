import ImageModel
import Transport

/// The file with a registry's secret, read again when it has changed.
final class CredentialFile: Sendable {
  private let source: CredentialSource
  private let domain: String
  private let secret: SecretText

  init(_ source: CredentialSource, domain: String) {
    self.source = source
    self.domain = domain
    switch source {
    case .basic(_, let file), .token(let file): secret = SecretText(path: file)
    }
  }

  /// Costs one `stat` while the file stays as it is.
  func read() throws(CheckFailure) -> Credentials {
    let value: SecretText.Value
    do throws(SecretText.Failure) {
      value = try secret.read()
    } catch {
      throw failure(error.reason)
    }
    switch source {
    case .basic(let username, _):
      return .basic(username: username, password: value.text, revision: value.revision)
    case .token:
      guard value.text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
        throw failure("it holds more than one token")
      }
      return .bearer(value.text, revision: value.revision)
    }
  }

  private func failure(_ reason: String) -> CheckFailure {
    CheckFailure(
      .credentialsUnreadable, "the credentials file \(secret.path.safe()) for \(domain) cannot be used (\(reason))",
      remedy: "correct it")
  }
}
