package import Credentials
package import Transport

/// How one registry may be spoken to: what the configuration says about its domain.
package struct RegistryAccess: Sendable {
  /// The registry speaks plain HTTP; a token server may then, too.
  package var usesPlainHTTP: Bool
  /// `https://host[:port][/prefix]` that is asked in the registry's place.
  package var endpoint: String?
  /// `nil`: what is found by itself (`Logins`).
  package var credentials: CredentialSource?
  package var repositories: WatchedRepositories?
  package var tls: TLSSettings
  /// `host` or `host:port` of token servers that the credentials may go to, beyond those of `RealmPolicy`.
  package var trustedRealms: [String]
  /// Without it credentials go over plain HTTP to loopback only.
  package var allowPlainCredentials: Bool
  /// `nil`: unlimited.
  package var requestsPerSecond: Double?
  /// How much of the registry's limit on pulls is kept for changes, in percent.
  package var pullReserve: Int
  /// Told what its responses say about the time.
  package var agreedTime: AgreedTime?

  package init(
    usesPlainHTTP: Bool = false, endpoint: String? = nil, credentials: CredentialSource? = nil,
    repositories: WatchedRepositories? = nil, tls: TLSSettings = TLSSettings(),
    trustedRealms: [String] = [], allowPlainCredentials: Bool = false, requestsPerSecond: Double? = nil,
    pullReserve: Int = 20,
    agreedTime: AgreedTime? = nil
  ) {
    self.usesPlainHTTP = usesPlainHTTP
    self.endpoint = endpoint
    self.credentials = credentials
    self.repositories = repositories
    self.tls = tls
    self.trustedRealms = trustedRealms
    self.allowPlainCredentials = allowPlainCredentials
    self.requestsPerSecond = requestsPerSecond
    self.pullReserve = pullReserve
    self.agreedTime = agreedTime
  }
}
