import Credentials
import FoundationEssentials

extension Login {
  /// The value of `Authorization` for a server that takes the log-in as it is; `nil` for one that only a token server
  /// takes.
  var authorization: String? {
    switch self {
    case .basic(let username, let password): Self.basic(username, password)
    case .bearer(let token): "Bearer " + token
    case .identity(_, let password): password.map { Self.basic($0.username, $0.password) }
    }
  }

  /// What must not appear in any message.
  var secrets: [String] {
    let bare =
      switch self {
      case .basic(_, let password): [password]
      case .bearer(let token): [token]
      case .identity(let token, let password): [token] + (password.map { [$0.password] } ?? [])
      }
    return bare + (authorization.map { [$0] } ?? [])
  }

  /// Whose it is, as far as it says so.
  var account: String { if case .basic(let username, _) = self { username } else { "token" } }

  /// Whether it is a bearer token for the registry itself, and no token server is asked.
  var isBearer: Bool { if case .bearer = self { true } else { false } }

  private static func basic(_ username: String, _ password: String) -> String {
    "Basic " + Data("\(username):\(password)".utf8).base64EncodedString()
  }
}
