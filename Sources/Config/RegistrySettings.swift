/// What the configuration says about one registry. `nil` where it says nothing.
public struct RegistrySettings: Sendable, Hashable {
  public enum Scheme: String, Sendable, CaseIterable {
    case https, http
  }

  public var scheme: Scheme?
  /// Never without `passwordFile`.
  public var username: String?
  public var passwordFile: SecretFile?
  public var tokenFile: SecretFile?
  /// The suffix of `docker-credential-<suffix>`; not available yet.
  public var credentialHelper: String?
  public var caFile: SecretFile?
  public var clientCertFile: SecretFile?
  public var clientKeyFile: SecretFile?
  public var insecureSkipVerify = false
  /// More than 0, at most 100,000.
  public var requestsPerSecond: Double?
  /// 1 to 256.
  public var maxConcurrency: Int?
  /// Hosts, `host` or `host:port` in lower case, that credentials may go to for a token.
  public var trustedRealms: [String] = []
  public var allowPlainCredentials = false

  public init() {}
}
