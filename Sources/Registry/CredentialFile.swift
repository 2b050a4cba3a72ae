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
    case .basic(_, let file), .token(let file), .unseen(let file, _): secret = SecretText(path: file)
    }
  }

  /// Costs one `stat` while the file stays as it is.
  func read() throws(CheckFailure) -> Credentials {
    if case .unseen(let name, let remedy) = source {
      throw CheckFailure(
        .credentialsUnreadable,
        "the credential (\(name)) for \(domain) cannot be looked for: CREDENTIALS_DIRECTORY is not set",
        remedy: remedy)
    }
    do throws(SecretText.Failure) {
      return try credentials()
    } catch {
      throw CheckFailure(
        .credentialsUnreadable,
        "the credentials file \(secret.path.safe()) for \(domain) cannot be used (\(error.reason))",
        remedy: "correct it")
    }
  }

  fileprivate func credentials() throws(SecretText.Failure) -> Credentials {
    if case .unseen = source { throw SecretText.Failure(reason: "CREDENTIALS_DIRECTORY is not set") }
    let value = try secret.read()
    switch source {
    case .basic(let username, _):
      // A password has no control characters. Source: RFC 7617 section 2.
      guard !value.text.contains(where: \.isNewline) else {
        throw SecretText.Failure(reason: "it has more than one line")
      }
      return .basic(username: username, password: value.text, revision: value.revision)
    case .token, .unseen:
      guard value.text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
        throw SecretText.Failure(reason: "it holds more than one token")
      }
      return .bearer(value.text, revision: value.revision)
    }
  }
}

extension CredentialSource {
  /// Why its file gives no credentials as it is now, without its name; `nil` if it does.
  package var fault: String? {
    do throws(SecretText.Failure) {
      _ = try CredentialFile(self, domain: "").credentials()
      return nil
    } catch {
      return error.reason
    }
  }
}
