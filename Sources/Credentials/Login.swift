/// A log-in for a registry. The secrets in it are printed nowhere.
package enum Login: Hashable, Sendable {
  /// A user name with a password or an access token: what `docker login` asks for.
  case basic(Password)
  /// A token that a token server changes for others (OAuth 2.0 refresh token), and what to do where it does not.
  /// Source: distribution `docs/content/spec/auth/oauth.md`.
  case identity(token: String, otherwise: Password?)
  /// A bearer token that the registry itself accepts.
  case bearer(token: String)

  package struct Password: Hashable, Sendable {
    package let username: String
    package let password: String

    package init(username: String, password: String) {
      self.username = username
      self.password = password
    }
  }
}

/// A log-in, and where it comes from.
package struct FoundLogin: Hashable, Sendable {
  package let login: Login
  /// For people: `configuration`, a file, or a helper with the file that names it.
  package let origin: String
}

/// What a log-in is wanted for.
package struct LoginQuery: Hashable, Sendable {
  /// `docker.io`, `localhost:5000`: the domain of a reference, in lower case.
  package let domain: String
  /// `library/amazonlinux`.
  package let path: String

  package init(domain: String, path: String) {
    self.domain = domain
    self.path = path
  }
}
