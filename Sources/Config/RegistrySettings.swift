/// What the configuration says about one registry. `nil` where it says nothing.
package struct RegistrySettings: Sendable, Hashable {
  package enum Scheme: String, Sendable, CaseIterable {
    case https, http
  }

  package var scheme: Scheme?
  /// What is asked in its place: `https://host[:port][/prefix]`.
  package var endpoint: String?
  /// Never without `passwordFile`.
  package var username: String?
  package var passwordFile: SecretFile?
  package var tokenFile: SecretFile?
  /// The suffix of `docker-credential-<suffix>`.
  package var credentialHelper: String?
  package var caFile: SecretFile?
  package var clientCertFile: SecretFile?
  package var clientKeyFile: SecretFile?
  package var insecureSkipVerify = false
  /// More than 0, at most 100,000.
  package var requestsPerSecond: Double?
  /// Percent.
  package var pullReserve: Int?
  /// 1 to 256.
  package var maxConcurrency: Int?
  /// Hosts, `host` or `host:port` in lower case, that credentials may go to for a token.
  package var trustedRealms: [String] = []
  package var allowPlainCredentials = false

  package init() {}

  /// `host[:port]` of whoever is asked for what `domain` has.
  package func asked(of domain: String) -> String {
    endpoint.map { String($0.split(separator: "/")[1]) } ?? domain
  }
}
