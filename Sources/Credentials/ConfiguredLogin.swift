import Host
import ImageModel

/// The file with a registry's secret that the configuration names, read again when it has changed.
struct ConfiguredLogin: Sendable {
  private enum Form: Sendable {
    case password(username: String)
    case token
  }

  private let form: Form
  private let secret: SecretText

  /// - Returns: `nil` where no file has it.
  init?(_ source: CredentialSource) {
    switch source {
    case .basic(let username, let file): (form, secret) = (.password(username: username), SecretText(path: file))
    case .token(let file): (form, secret) = (.token, SecretText(path: file))
    case .helper, .unseen: return nil
    }
  }

  var path: String { secret.path }

  /// Costs one `stat` while the file stays as it is.
  func read() throws(SecretText.Failure) -> Login {
    let text = try secret.read().text
    switch form {
    case .password(let username):
      // A password has no control characters. Source: RFC 7617 section 2.
      guard !text.contains(where: \.isNewline) else { throw SecretText.Failure(reason: "it has more than one line") }
      return .basic(Login.Password(username: username, password: text))
    case .token:
      guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
        throw SecretText.Failure(reason: "it holds more than one token")
      }
      return .bearer(token: text)
    }
  }
}

extension CredentialSource {
  /// Why its file gives no log-in as it is now, without its name; `nil` if it does, or if no file has it.
  package var fault: String? {
    do throws(SecretText.Failure) {
      _ = try ConfiguredLogin(self)?.read()
      return nil
    } catch {
      return error.reason
    }
  }
}
