import Addresses
import Credentials
import ImageModel
import Synchronization
import Transport

/// All that is known of one registry: where it is, how it may be spoken to, and what it has shown of itself.
/// Made once per domain; a poll takes its lock once.
final class RegistryHost: Sendable {
  /// The domain as references name it.
  let domain: String
  /// Where its API is.
  let base: WebURL
  /// It is on this machine.
  let isLoopback: Bool
  let access: RegistryAccess
  let logins: Logins
  let gate: LoginGate
  let realms: RealmPolicy
  /// `https://registry.example.com/v2/`.
  let prefix: String
  /// Before the paths of repositories, where the endpoint has the registry's among others: `hub-cache/`.
  let pathPrefix: String
  /// `?ns=docker.io`, for an endpoint that may stand for several registries; else empty.
  /// Source: distribution-spec, Registry Proxying.
  let query: String
  /// Requests for manifests and for blobs, lacking only the URL and the authorisation.
  let manifestRequest: HTTPRequest
  /// Asks for legacy kinds of manifests as well.
  let legacyRequest: HTTPRequest
  let blobRequest: HTTPRequest
  let state: Mutex<HostState>

  /// - Parameter base: overrides where the domain's API is.
  init(
    domain: String, base override: String?, access: RegistryAccess, logins: Logins, gate: LoginGate = LoginGate(),
    userAgent: String
  ) throws(CheckFailure) {
    let scheme = access.usesPlainHTTP ? "http" : "https"
    // Docker Hub's API is not where its name points.
    let host = domain == "docker.io" ? "registry-1.docker.io" : domain
    let endpoint = override == nil ? access.endpoint : nil
    guard let base = WebURL(override ?? endpoint ?? "\(scheme)://\(host)") else {
      throw CheckFailure(
        .badRequest, "\(domain.safe()) is no host that can be reached", remedy: "check the reference")
    }
    self.domain = domain
    self.base = base
    isLoopback = HostKind(base.host) == .loopback
    self.access = access
    self.logins = logins
    self.gate = gate
    // Who stands in a registry's place has not its token servers.
    realms = RealmPolicy(
      domain: endpoint == nil ? domain : base.hostAndPort, registry: base, trustedRealms: access.trustedRealms)
    (prefix, pathPrefix) = Self.prefixes(of: base)
    let isElsewhere = endpoint != nil && base.origin != WebURL("\(scheme)://\(host)")?.origin
    query = isElsewhere ? "?ns=" + domain.replacing("[", with: "%5B").replacing("]", with: "%5D") : ""
    var request = HTTPRequest(
      .get, url: "", bodyLimit: Limits.manifestBytes, redirects: Limits.redirects, tls: access.tls,
      allowPlainHTTP: !base.isSecure)
    request.setLimits()
    let agent = (name: "User-Agent", value: userAgent)
    request.headers = [("Accept", MediaType.manifestTypes.map(\.description).joined(separator: ", ")), agent]
    manifestRequest = request
    let all = MediaType.manifestTypes + MediaType.legacyTypes
    request.headers = [("Accept", all.map(\.description).joined(separator: ", ")), agent]
    legacyRequest = request
    request.headers = [agent]
    request.bodyLimit = Limits.configBlobBytes
    blobRequest = request
    state = Mutex(HostState(requestsPerSecond: access.requestsPerSecond))
  }

  /// Where the API begins, and what comes before each path in it. `https://cache.example/v2/hub` has both.
  private static func prefixes(of base: WebURL) -> (api: String, path: String) {
    let parts = base.target.split(separator: "/")
    guard let version = parts.firstIndex(of: "v2") else {
      return ("\(base.origin)/" + (parts + ["v2"]).map { "\($0)/" }.joined(), "")
    }
    func joined(_ parts: ArraySlice<Substring>) -> String { parts.map { "\($0)/" }.joined() }
    return ("\(base.origin)/" + joined(parts[...version]), joined(parts[(version + 1)...]))
  }

  /// For messages: host and port.
  var name: String { base.authority }

  /// For whom log-ins are looked up: who stands in a registry's place has some of its own.
  var loginDomain: String { access.endpoint == nil ? domain : base.authority }

  /// Whether a secret may go to a server: over TLS, to this machine, or where the configuration says so.
  func maySendCredentials(to url: WebURL) -> Bool {
    url.isSecure || HostKind(url.host) == .loopback || access.allowPlainCredentials
  }
}

extension RegistryHost {
  /// What a log-in is called, after `the`.
  func words(for found: FoundLogin) -> String {
    access.credentials == nil ? "log-in from \(found.origin.safe())" : "configured credentials"
  }

  /// What became of what there is to log in with, where the registry or its token server lets nobody in.
  func outcome(of login: Logins.Answer) -> Answer.Login {
    switch login {
    case .found(let found): .refused(words(for: found))
    case .unusable(let reason): .unusable(reason: reason)
    case .none: access.credentials == nil ? .none : .notAskedFor
    }
  }
}

/// What a registry has shown of itself, and its turn in the queue.
struct HostState: Sendable {
  /// How long a finding about HEAD holds.
  static let findingMilliseconds: Int64 = 24 * 3_600_000
  /// Tokens kept; they live for minutes, so expired ones are what makes room.
  private static let grantLimit = 4_096

  /// By account.
  private var pacers: [String: RequestPacer] = [:]
  private let requestsPerSecond: Double?
  /// Where the log-in comes from that was looked up last, of whatever repository; `nil` for none.
  var loginOrigin: String?
  /// What the registry asked for last, so that the next request need not be refused first.
  var challenge: BearerChallenge?
  var wantsBasic = false
  /// What it said last of its limit on pulls, and when.
  var budget: (said: PullBudget, at: BootTime)?
  /// Until when it wants no more pulls, by account.
  private var pullRests: [String: BootTime] = [:]
  private var heads: [String: HeadFinding] = [:]
  /// Token exchanges under way, shared by everyone who wants the same token.
  var exchanges: [TokenKey: Task<Result<Grant, CheckFailure>, Never>] = [:]
  private var grants: [String: Grant] = [:]
  /// Repositories for which a token of several was refused.
  private var alone: Set<String> = []
  /// No token is asked for that is good for several repositories until then.
  private var unsharedUntil = BootTime.distantPast
  /// By the authorisation that they are sent with; empty for none.
  private var glanceKinds: [String: GlanceKind] = [:]
  /// Refresh tokens that token servers have given in the place of those of a log-in.
  private var refreshTokens: [Login: String] = [:]

  /// What HEAD has come to for a repository; see `HeadVerdict`.
  private struct HeadFinding {
    var failures: Int
    /// It is not tried before.
    var until = BootTime.distantPast
  }

  init(requestsPerSecond: Double?) { self.requestsPerSecond = requestsPerSecond }

  /// Takes the next turn of an account, and returns the milliseconds until it comes.
  mutating func reserve(for account: String, at now: BootTime) -> Int64 {
    guard let requestsPerSecond else { return 0 }
    if pacers.count >= 64, pacers[account] == nil { pacers = [:] }
    return pacers[account, default: RequestPacer(requestsPerSecond: requestsPerSecond)].reserve(at: now)
  }

  /// A pull was refused, and none is wanted for so long.
  mutating func restPulls(of account: String, until end: BootTime) {
    if pullRests.count >= 64, pullRests[account] == nil { pullRests = [:] }
    pullRests[account] = end
  }

  func wantsNoPull(of account: String, at now: BootTime) -> Bool { pullRests[account].map { $0 > now } ?? false }

  /// When pulls are wanted again of all accounts; `nil` where they are.
  func pullRest(at now: BootTime) -> BootTime? { pullRests.values.filter { $0 > now }.max() }

  func isHeadUsable(for path: String, at now: BootTime) -> Bool { heads[path].map { $0.until <= now } ?? true }

  /// One answer may be an accident; the second in a row is how the registry is.
  ///
  /// - Returns: whether HEAD is left out from now on.
  mutating func headFailed(for path: String, at now: BootTime) -> Bool {
    if heads.count >= Self.grantLimit { heads = [:] }
    let failures = (heads[path]?.failures ?? 0) + 1
    heads[path] = HeadFinding(failures: failures, until: failures < 2 ? .distantPast : now + Self.findingMilliseconds)
    return failures >= 2
  }

  mutating func headWorks(for path: String) { if !heads.isEmpty { heads[path] = nil } }

  /// The token for a repository, while it is good.
  func grant(for path: String, at now: BootTime) -> Grant? {
    guard !grants.isEmpty, let grant = grants[path], grant.expires > now else { return nil }
    return grant
  }

  /// Keeps a token for all the repositories that it was asked for.
  mutating func keep(_ grant: Grant, at now: BootTime) {
    if grants.count + grant.key.paths.count > Self.grantLimit { grants = grants.filter { $0.value.expires > now } }
    if grants.count + grant.key.paths.count > Self.grantLimit { grants = [:] }
    for path in grant.key.paths { grants[path] = grant }
  }

  /// Whether a token for a repository may be asked for together with that for others.
  func mayShare(_ path: String, at now: BootTime) -> Bool { unsharedUntil <= now && !alone.contains(path) }

  /// - Parameter isForAll: whether that is so of any repository.
  mutating func stopSharing(_ path: String, refused: Grant?, isForAll: Bool, at now: BootTime) {
    if isForAll { unsharedUntil = now + Self.findingMilliseconds } else { alone.insert(path) }
    if alone.count > Self.grantLimit { alone = [path] }
    if let refused { drop(refused, for: path) }
  }

  /// Kept, so that handles which were set to it need not be set anew. `nil` for requests that must not be made.
  mutating func glanceKind(_ request: HTTPRequest, prefix: String, _ grant: Grant?) -> GlanceKind? {
    let authorization = grant?.authorization ?? ""
    if let kind = glanceKinds[authorization] { return kind }
    if glanceKinds.count >= 64 { glanceKinds = [:] }
    var request = request
    request.url = prefix
    request.authorization = grant?.authorization
    let kind = try? GlanceKind(request, note: grant) { HeadVerdict.isUnchanged(status: $0, $1, digest: $2) }
    glanceKinds[authorization] = kind
    return kind
  }

  /// The refresh token to use for a log-in that has one.
  func refreshToken(of login: Login, _ first: String) -> String { refreshTokens[login] ?? first }

  mutating func forgetRefreshToken(of login: Login) { refreshTokens[login] = nil }

  mutating func keep(refreshToken: String?, of login: Login) {
    guard let refreshToken else { return }
    if refreshTokens.count >= 64 { refreshTokens = [:] }
    refreshTokens[login] = refreshToken
  }

  /// Forgets a token that was refused, unless it has been replaced meanwhile.
  mutating func drop(_ grant: Grant, for path: String) {
    if grants[path] == grant { grants[path] = nil }
  }
}

/// What a registry wants to see a token of.
struct BearerChallenge: Hashable, Sendable {
  let realm: WebURL
  let service: String?
}

/// A bearer token in use.
struct Grant: Hashable, Sendable {
  /// The value of `Authorization`.
  let authorization: String
  let key: TokenKey
  let obtained: BootTime
  let expires: BootTime

  /// Whether it was asked for several repositories.
  var isShared: Bool { key.paths.count > 1 }
}

/// What makes two exchanges the same one. They never cross registries: each host keeps its own.
struct TokenKey: Hashable, Sendable {
  let challenge: BearerChallenge
  /// The repositories to pull from.
  let paths: [String]
  /// What there is to log in with; where none was found anybody may have the token.
  let login: Logins.Answer

  var scopes: [String] { paths.map { "repository:\($0):pull" } }
}

extension HTTPRequest {
  /// The limits that hold for every request to registries and token servers.
  mutating func setLimits() {
    headerLimit = Limits.responseHeaderBytes
    errorBodyLimit = Limits.errorBodyBytes
    connectSeconds = Limits.connectSeconds
    totalSeconds = Limits.requestSeconds
    stallSeconds = Limits.stallSeconds
    stallBytesPerSecond = Limits.stallBytesPerSecond
  }
}
