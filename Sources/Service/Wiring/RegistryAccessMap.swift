import Addresses
import Config
import Credentials
import History
import Host
import ImageModel
import Polling
import Registry
import Transport

/// Turns what the configuration says about a registry into what the protocol needs.
struct RegistryAccessMap: Sendable {
  /// Requests a second to a registry where the configuration does not say.
  private static let defaultRequestsPerSecond = 2.0

  /// Requests at once to a registry where the configuration does not say: many to oneself, few to others.
  private static let defaultConcurrency = (loopback: 64, other: 4)

  static func limits(of domain: String, _ settings: RegistrySettings?) -> RegistryLimits {
    let isLoopback = HostKind(authority: domain) == .loopback
    return RegistryLimits(
      concurrency: settings?.maxConcurrency ?? (isLoopback ? defaultConcurrency.loopback : defaultConcurrency.other),
      requestsPerSecond: settings?.requestsPerSecond ?? (isLoopback ? nil : defaultRequestsPerSecond))
  }

  let settings: [String: RegistrySettings]
  let environment: [String: String]
  var agreedTime: AgreedTime?
  var repositories: WatchedRepositories?

  func access(_ domain: String) -> RegistryAccess {
    let settings = settings[domain] ?? RegistrySettings()
    let isLoopback = HostKind(authority: domain) == .loopback
    return RegistryAccess(
      usesPlainHTTP: settings.scheme.map { $0 == .http } ?? isLoopback,
      endpoint: settings.endpoint,
      credentials: credentials(settings),
      repositories: repositories,
      tls: tls(settings, domain),
      trustedRealms: settings.trustedRealms,
      allowPlainCredentials: settings.allowPlainCredentials,
      requestsPerSecond: Self.limits(of: domain, settings).requestsPerSecond, pullReserve: settings.pullReserve ?? 20,
      agreedTime: agreedTime)
  }

  /// Files that the configuration names stand in the place of all that is found elsewhere.
  private func tls(_ settings: RegistrySettings, _ domain: String) -> TLSSettings {
    let isNamed = settings.caFile != nil || settings.clientCertFile != nil
    return TLSSettings(
      caFile: path(settings.caFile), clientCertFile: path(settings.clientCertFile),
      clientKeyFile: path(settings.clientKeyFile),
      folders: isNamed ? [] : CertificateFolders(environment: environment).paths(for: settings.asked(of: domain)),
      skipVerify: settings.insecureSkipVerify)
  }

  private func credentials(_ settings: RegistrySettings) -> CredentialSource? {
    if case .credential(let id)? = settings.passwordFile ?? settings.tokenFile, path(.credential(id)) == nil {
      return .unseen(credential: id, remedy: SecretFile.directoryHint)
    }
    if let username = settings.username, let file = path(settings.passwordFile) {
      return .basic(username: username, passwordFile: file)
    }
    if let name = settings.credentialHelper { return .helper(name: name) }
    return path(settings.tokenFile).map { .token(file: $0) }
  }

  private func path(_ file: SecretFile?) -> String? { file?.resolve(environment: environment) }
}

extension [WatchEntry] {
  /// Whether none of them is elsewhere.
  var isOnLoopback: Bool { domains.allSatisfy { HostKind(authority: $0) == .loopback } }
}

extension WatchConfig {
  /// The repositories that are watched with these entries, some of them more than once.
  func repositoryNames(with entries: [WatchEntry]) -> [(domain: String, path: String)] {
    entries.map { ($0.tag.domain, $0.tag.path) }
      + repositories.map { ($0.repository.domain, $0.repository.path) }
  }

  /// Whether nothing is watched elsewhere.
  ///
  /// - Parameter entries: the tags, which may be kept apart from the configuration.
  func isOnLoopback(with entries: [WatchEntry]) -> Bool {
    entries.isOnLoopback && repositories.allSatisfy { HostKind(authority: $0.repository.domain) == .loopback }
  }
}

extension HTTPClient {
  /// Lets through as many requests at once as a configuration may ask for; the plan holds them to each registry's.
  ///
  /// - Parameter tell: gets what files and directories for TLS do not answer.
  static func forRegistries(
    _ proxy: ProxySettings?, tell: @escaping @Sendable (String) -> Void = { _ in }
  ) -> HTTPClient {
    HTTPClient(maxConnectionsPerHost: 256, undoesCodings: true, proxy: proxy, tell: tell)
  }
}

extension WatchConfig {
  /// What requests go through; `nil` for what the environment says.
  func proxySettings(_ environment: [String: String]) -> ProxySettings? {
    proxy.map { proxy in
      ProxySettings(
        url: proxy.url, username: proxy.username,
        passwordFile: proxy.passwordFile.map { $0.resolve(environment: environment) ?? $0.unresolved },
        exceptions: proxy.exceptions)
    }
  }

  /// What `status` says of registries beside their tags.
  var registryNotes: [RegistryStatus] {
    registries.map { name, settings in
      RegistryStatus(name: name, endpoint: settings.endpoint, isUnverified: settings.insecureSkipVerify)
    }
  }
}

extension SecretFile {
  /// A path at which nothing is, for the message that nothing is there.
  fileprivate var unresolved: String {
    switch self {
    case .path(let path): path
    case .credential(let id): "$CREDENTIALS_DIRECTORY/\(id)"
    }
  }
}

extension Logins {
  /// Those of registries of which a configuration says none.
  ///
  /// - Parameter tell: gets what is wrong with a file, once for each state of it.
  init(_ setting: LoginSetting, environment: [String: String], tell: @escaping @Sendable (String) -> Void) {
    let places: [AuthPlace] =
      switch setting {
      case .found: AuthPlace.found(environment: environment)
      case .file(.path(let path)): [.file(path)]
      case .file(let file): [.credential(file.resolve(environment: environment) ?? file.unresolved)]
      case .none: []
      }
    self.init(places, helpers: Self.helperEnvironment(environment), now: { .now() }, tell: tell)
  }

  /// What helpers find their own by; `nil` where none is run: the service runs none unless a drop-in says so, for they
  /// are programs of others.
  static func helperEnvironment(_ environment: [String: String]) -> [String: String]? {
    let setting = environment["WATCHER_CREDENTIAL_HELPERS"] ?? "on"
    // Whatever else it is set to is meant to keep them from running.
    return setting.isEmpty || setting == "on" ? environment : nil
  }
}

extension RegistryClient {
  /// A client for the registries of a configuration.
  ///
  /// - Parameter tell: gets what is wrong with files with log-ins.
  static func configured(
    _ config: WatchConfig, http: HTTPClient, environment: [String: String], agreedTime: AgreedTime? = nil,
    repositories: WatchedRepositories? = nil, gate: LoginGate = LoginGate(), trace: (@Sendable (String) -> Void)? = nil,
    tell: @escaping @Sendable (String) -> Void
  ) -> RegistryClient {
    let map = RegistryAccessMap(
      settings: config.registries, environment: environment, agreedTime: agreedTime, repositories: repositories)
    return RegistryClient(
      http: http, userAgent: ProductInfo.userAgent, access: map.access,
      logins: Logins(config.logins, environment: environment, tell: tell), gate: gate, trace: trace)
  }
}
