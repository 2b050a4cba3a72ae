import Addresses

/// Who may be asked for a token, and with what. A registry names its token server itself (`realm`), so a
/// hostile one may point at a thief or into the private network.
///
/// Source: CVE-2020-15157; google/go-containerregistry `transport/bearer.go` and issue #2258;
/// docs/configuration.md, `trusted_realms`.
struct RealmPolicy: Sendable {
  enum Decision: Hashable, Sendable {
    /// The registry's own origin: everything that is said to the registry may be said there.
    case own
    /// Credentials may go there; it is another server.
    case trusted
    /// Nothing secret may go there.
    case anonymousOnly
    case refused(Reason)

    /// For the trace.
    var words: String {
      switch self {
      case .own: "the registry's own"
      case .trusted: "it may have credentials"
      case .anonymousOnly: "it is asked without credentials"
      case .refused(let reason): "not asked, for \(reason.rawValue)"
      }
    }
  }

  /// Why a token server is not asked.
  enum Reason: String, Hashable, Sendable {
    case notAURL = "it is not a plain http or https URL"
    case downgrade = "it is plain HTTP"
    case address = "it is an address that no public token server has"
    case linkLocal = "it is a link-local or metadata address"
    case untrusted = "credentials may not go there"
    case plainCredentials = "credentials would go over plain HTTP"
    case leaves = "it redirects to another server"
    case loops = "it redirects too often"

    /// What to say of the token server.
    var clause: String {
      switch self {
      case .leaves: "which redirects to another server"
      case .loops: "which redirects too often"
      default: "which is not asked (\(rawValue))"
      }
    }

    var remedy: String {
      switch self {
      case .address, .untrusted: "add it to trusted_realms if it is right"
      case .plainCredentials: "set allow_plain_credentials if that is meant"
      case .notAURL, .downgrade, .linkLocal, .leaves, .loops: "whoever runs the registry has to correct it"
      }
    }
  }

  /// Token servers outside the domain of their registry, by the domain of the image reference.
  static let known: [String: String] = [
    "docker.io": "auth.docker.io",
    "registry.gitlab.com": "gitlab.com",
    "registry.redhat.io": "sso.redhat.com",
    "registry.connect.redhat.com": "sso.redhat.com",
  ]

  /// The registry's domain as references name it.
  let domain: String
  /// Where its API is.
  let registry: WebURL
  let trustedRealms: [String]

  func decide(_ realm: WebURL) -> Decision {
    if realm.hasSameOrigin(as: registry) { return .own }
    if !realm.isSecure && registry.isSecure { return .refused(.downgrade) }
    let kind = HostKind(realm.host)
    if kind == .linkLocalOrMetadata { return .refused(.linkLocal) }
    if trustedRealms.contains(where: { Self.names($0, realm) }) { return .trusted }
    if let reason = refusal(of: kind, from: HostKind(registry.host)) { return .refused(reason) }
    guard realm.isSecure else {
      // A registry on plain HTTP gives no proof of who it is, so nothing but its own origin is believed with
      // credentials. Its neighbours may be asked for an anonymous token: nothing secret is at stake.
      let isNeighbour =
        realm.host == registry.host || [.loopback, .belowLocalhost, .privateAddress].contains(kind)
      return isNeighbour ? .anonymousOnly : .refused(.downgrade)
    }
    let isNear = kind == .name && realm.host == registry.host || RegistrableDomain.isShared(realm.host, registry.host)
    if isNear || realm.port == 443 && realm.host == Self.known[domain] { return .trusted }
    return .anonymousOnly
  }

  /// Addresses lead where names do not: to the machine itself, into its network, to cloud metadata.
  private func refusal(of realm: HostKind, from registry: HostKind) -> Reason? {
    switch realm {
    case .name, .publicAddress: nil
    case .loopback, .belowLocalhost: [.loopback, .belowLocalhost].contains(registry) ? nil : .address
    case .privateAddress: [.loopback, .belowLocalhost, .privateAddress].contains(registry) ? nil : .address
    case .linkLocalOrMetadata, .specialAddress, .disguised: .address
    }
  }

  /// Whether an entry of `trusted_realms`, `host` or `host:port`, means the realm. Without a port the scheme's
  /// own is meant.
  private static func names(_ entry: String, _ realm: WebURL) -> Bool {
    guard let (host, port) = WebURL.split(entry[...]) else { return false }
    return host == realm.host && realm.port == port ?? (realm.isSecure ? 443 : 80)
  }
}
