/// The proxy that the configuration names, for registries and webhooks alike. Source: docs/configuration.md, proxy.
package struct ProxyChoice: Sendable, Hashable {
  /// Scheme, host and port; no user name or password.
  package var url: String
  /// Never without `passwordFile`.
  package var username: String?
  package var passwordFile: SecretFile?
  /// Hosts, domains and address blocks, or `*` alone.
  package var exceptions: [String]
}
