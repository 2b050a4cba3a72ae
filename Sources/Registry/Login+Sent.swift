import Credentials
import FoundationEssentials

extension Login {
  /// The value of `Authorization` for a server that takes the log-in as it is; `nil` for one that only a token server
  /// takes.
  var authorization: String? {
    switch self {
    case .basic(let password): password.authorization
    case .bearer(let token): "Bearer " + token
    case .identity(_, let password): password?.authorization
    }
  }

  /// What must not appear in any message.
  var secrets: [String] {
    let bare =
      switch self {
      case .basic(let password): [password.password]
      case .bearer(let token): [token]
      case .identity(let token, let password): [token] + (password.map { [$0.password] } ?? [])
      }
    return bare + (authorization.map { [$0] } ?? [])
  }

  /// Whose it is, as far as it says so.
  var account: String { if case .basic(let password) = self { password.username } else { "token" } }

  /// Whether it is a bearer token for the registry itself, and no token server is asked.
  var isBearer: Bool { if case .bearer = self { true } else { false } }
}

extension Login.Password {
  fileprivate var authorization: String {
    "Basic " + Data("\(username):\(password)".utf8).base64EncodedString()
  }
}

extension Logins.Answer {
  /// `nil` where none was found.
  var foundLogin: Login? { if case .found(let found) = self { found.login } else { nil } }
}
