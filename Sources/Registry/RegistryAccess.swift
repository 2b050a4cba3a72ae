package import Transport

/// How one registry may be spoken to: what the configuration says about its domain.
package struct RegistryAccess: Sendable {
  /// The registry speaks plain HTTP; a token server may then, too.
  package var usesPlainHTTP: Bool
  package var credentials: CredentialSource?
  package var tls: TLSSettings
  /// `host` or `host:port` of token servers that the credentials may go to, beyond those of `RealmPolicy`.
  package var trustedRealms: [String]
  /// Without it credentials go over plain HTTP to loopback only.
  package var allowPlainCredentials: Bool
  /// `nil`: unlimited.
  package var requestsPerSecond: Double?
  /// Told what its responses say about the time.
  package var agreedTime: AgreedTime?

  package init(
    usesPlainHTTP: Bool = false, credentials: CredentialSource? = nil, tls: TLSSettings = TLSSettings(),
    trustedRealms: [String] = [], allowPlainCredentials: Bool = false, requestsPerSecond: Double? = nil,
    agreedTime: AgreedTime? = nil
  ) {
    self.usesPlainHTTP = usesPlainHTTP
    self.credentials = credentials
    self.tls = tls
    self.trustedRealms = trustedRealms
    self.allowPlainCredentials = allowPlainCredentials
    self.requestsPerSecond = requestsPerSecond
    self.agreedTime = agreedTime
  }
}

/// Where the secret for a registry is read. The file is read again when its modification time changes; one
/// trailing newline is not part of the secret.
package enum CredentialSource: Hashable, Sendable {
  /// A user name and the file with the password or access token.
  case basic(username: String, passwordFile: String)
  /// The file with a bearer token that the registry itself accepts; no token server is asked.
  case token(file: String)
  /// A credential that the service manager did not pass: its name, and what to do.
  case unseen(credential: String, remedy: String)
}
