import Credentials
import ImageModel
import Synchronization
import Transport

/// Requests to one repository of one registry, with whatever authorisation the registry asks for.
struct RegistrySession: Sendable {
  let http: HTTPClient
  let host: RegistryHost
  /// Repository path, `library/amazonlinux`.
  let path: String
  let clock: RegistryClock
  let trace: (@Sendable (String) -> Void)?
  let meter: RequestMeter
  /// What is asked for was there before, so that no remedy says to check its name.
  var wasSeen = false

  /// An answer and what it was asked with.
  struct Reply: Sendable {
    let response: HTTPResponse
    let authorization: Authorization?
    /// What there is to log in with, as far as that was asked for.
    var login: Logins.Answer
  }

  /// With what a request went out.
  enum Authorization: Sendable {
    /// A log-in as it is: Basic, or a bearer token that the registry itself takes.
    case login(FoundLogin)
    /// A token; whether it was at hand or fetched for this request.
    case token(Grant, isFresh: Bool)

    var value: String? {
      switch self {
      case .login(let found): found.login.authorization
      case .token(let grant, _): grant.authorization
      }
    }

    /// What must not appear in any message.
    var secrets: [String] {
      switch self {
      case .login(let found): found.login.secrets
      case .token(let grant, _): [grant.authorization]
      }
    }

    var login: Logins.Answer {
      switch self {
      case .login(let found): .found(found)
      case .token(let grant, _): grant.key.login
      }
    }
  }

  /// How long a new token may be refused by servers whose clocks are behind its `nbf`
  /// (docker/hub-feedback#647), and how long to wait then.
  private static let settlingMilliseconds: Int64 = 5_000
  private static let settleWaitMilliseconds: Int64 = 2_000

  /// Sends a request and answers challenges: at most five requests and three token exchanges.
  ///
  /// - Parameters:
  ///   - request: lacks the authorisation.
  ///   - first: its answer where it was sent already, with the authorisation that was valid.
  /// - Returns: an answer of any status. 401 means that everything has been tried.
  func send(_ request: HTTPRequest, first: FirstAnswer? = nil) async throws(CheckFailure) -> Reply {
    var first = first
    var authorization = if let first { first.authorization } else { try await authorizeAhead() }
    var mayExchange = true
    var maySettle = true
    var mayRenew = true
    while true {
      let response = try await answer(to: request, authorization, isLast: !mayExchange, first: first.take()?.result)
      var reply = Reply(response: response, authorization: authorization, login: authorization?.login ?? .none)
      traceWarnings(of: reply)
      switch (response.status, authorization) {
      case (401, .login(let found)) where isRefusal(response, of: found.login, isLast: !mayExchange):
        guard mayRenew, let renewed = try await renewed(found) else { throw refusal(of: found) }
        mayRenew = false
        authorization = .login(renewed)
      case (403, .login(let found)) where mayRenew && !response.wasRedirected:
        // ECR says so of a password that has expired (elastic/elastic-ci-stack-for-aws#178).
        mayRenew = false
        guard let renewed = try await renewed(found) else { return reply }
        authorization = .login(renewed)
      case (400, .token(let grant, isFresh: true)) where grant.isShared,
        (401, .token(let grant, isFresh: true)) where grant.isShared,
        (403, .token(let grant, _)) where grant.isShared, (404, .token(let grant, _)) where grant.isShared,
        (413, .token(let grant, _)) where grant.isShared, (431, .token(let grant, _)) where grant.isShared:
        // Not granted for this repository, or too long a token for it.
        host.state.withLock {
          $0.stopSharing(path, refused: grant, isForAll: ![401, 403, 404].contains(response.status), at: clock.now())
        }
        authorization = .token(try await exchange(grant.key.challenge, lookUp(), refused: grant), isFresh: true)
      case (401, .token(let grant, isFresh: true)) where !mayExchange || challenge(of: response) == grant.key.challenge:
        let error = AuthChallenge.parse(response.headers.all("WWW-Authenticate")).compactMap { $0["error"] }.first
        let age = clock.now() - grant.obtained
        guard maySettle, error == "invalid_token", age < Self.settlingMilliseconds else {
          host.state.withLock { $0.drop(grant, for: path) }
          return reply
        }
        maySettle = false
        await clock.sleep(Self.settleWaitMilliseconds)
      case (401, _) where mayExchange:
        mayExchange = false
        guard let answer = try await answerChallenge(of: &reply) else { return reply }
        authorization = answer
      case (400, .token(let grant, isFresh: false)) where mayExchange:
        // ECR Public refuses an expired token so, without a challenge (containers-roadmap#2835).
        mayExchange = false
        authorization = .token(try await exchange(grant.key.challenge, lookUp(), refused: grant), isFresh: true)
      default:
        return reply
      }
    }
  }

  /// One answer of the registry. A log-in is sent when it may be, see `LoginGate`.
  private func answer(
    to request: HTTPRequest, _ authorization: Authorization?, isLast: Bool, first: FirstAnswer.Result?
  ) async throws(CheckFailure) -> HTTPResponse {
    meter.isFor(authorization?.login.foundLogin)
    guard case .login(let found) = authorization else {
      return try await transfer(request, authorization: authorization?.value, first: first)
    }
    let login = found.login
    let key = LoginGate.Key(origin: host.base.origin, login: login)
    return try await host.gate.attempt(key, now: clock.now) { () throws(CheckFailure) in
      let response = try await transfer(request, authorization: login.authorization)
      let isRefused = response.status == 401 && isRefusal(response, of: login, isLast: isLast)
      return (response, isRefused ? .refused(refusal(of: found)) : response.status < 400 ? .accepted : .unknown)
    }
  }

  /// Whether 401 is about the log-in itself, and does not ask for a token in its place.
  private func isRefusal(_ response: HTTPResponse, of login: Login, isLast: Bool) -> Bool {
    !response.wasRedirected && (login.isBearer || isLast || challenge(of: response) == nil)
  }

  private func refusal(of found: FoundLogin) -> CheckFailure {
    CheckFailure(
      .badCredentials, "\(host.name) refuses the \(host.words(for: found))",
      remedy: host.access.credentials == nil ? "log in again" : "correct the file or the user name")
  }

  /// One transfer, at this host's turn.
  ///
  /// - Parameters:
  ///   - isTokenServer: whether the URL's host was named by the registry.
  ///   - first: what came of it where it was made already.
  func transfer(
    _ request: HTTPRequest, authorization: String?, isTokenServer: Bool = false, first: FirstAnswer.Result? = nil
  ) async throws(CheckFailure) -> HTTPResponse {
    var request = request
    request.authorization = authorization
    if first == nil { await turn() }
    if Task.isCancelled {
      throw CheckFailure(.network, "given up before \(host.name) was asked", remedy: "try again later")
    }
    meter.count()
    do {
      let response = if let first { try first.get() } else { try await http.send(request) }
      if !isTokenServer { note(PullBudget(response.headers)) }
      if !isTokenServer { host.access.agreedTime?.observe(response, of: host, wall: clock.wall) }
      trace?("\(request.line) -> \(response.line(to: request))")
      return response
    } catch {
      trace?("\(request.line) -> \(error.code.rawValue): \(error.message)")
      throw CheckFailure(
        error, registry: host.name, domain: host.domain, caFile: host.access.tls.caFile, isTokenServer: isTokenServer)
    }
  }

  private func turn() async {
    let account = meter.account
    let wait = host.state.withLock { $0.reserve(for: account, at: clock.now()) }
    if wait > 0 { await clock.sleep(wait) }
  }

  /// What a registry wants people to know; nothing is done about it. Source: distribution-spec, Warnings.
  private func traceWarnings(of reply: Reply) {
    guard let trace else { return }
    let secrets = (reply.authorization?.secrets ?? []).compactMap { $0.split(separator: " ").last.map(String.init) }
    for warning in reply.response.headers.all("Warning").prefix(3) where warning.hasPrefix("299 ") {
      guard !secrets.contains(where: warning.repeats) else { continue }
      trace("\(host.name) warns: \(warning.safe(limit: 200))")
    }
  }

  private func note(_ budget: PullBudget) {
    meter.note(budget)
    guard budget.isLimited else { return }
    host.state.withLock { $0.budget = (budget, clock.now()) }
    let left = budget.remaining.map { "\($0)" } ?? "?"
    trace?(
      "pulls left: \(left) of \(budget.limit.map { "\($0)" } ?? "?")" + (budget.source.map { ", for \($0)" } ?? ""))
  }

  /// What the registry is known to want, so that it need not refuse first.
  private func authorizeAhead() async throws(CheckFailure) -> Authorization? {
    if case .token = host.access.credentials, let found = try forRegistry(await lookUp()) { return .login(found) }
    let now = clock.now()
    let known = host.state.withLock { ($0.grant(for: path, at: now), $0.wantsBasic, $0.challenge) }
    let (grant, wantsBasic, challenge) = known
    if let grant { return .token(grant, isFresh: false) }
    guard wantsBasic || challenge != nil else { return nil }
    let login = try await lookUp()
    if let found = try forRegistry(login, isBasicWanted: wantsBasic) { return .login(found) }
    guard let challenge else { return nil }
    do throws(CheckFailure) {
      return .token(try await exchange(challenge, login), isFresh: true)
    } catch {
      // The registry may have moved to another token server: next time it is asked anew.
      host.state.withLock { $0.challenge = nil }
      throw error
    }
  }

  /// What to send after a 401; `nil` where nothing can be sent.
  private func answerChallenge(of reply: inout Reply) async throws(CheckFailure) -> Authorization? {
    let challenges = AuthChallenge.parse(reply.response.headers.all("WWW-Authenticate"))
    guard !reply.response.wasRedirected else { return nil }
    if let bearer = challenges.first(where: { $0.scheme == "bearer" && $0["realm"] != nil }) {
      guard let challenge = BearerChallenge(bearer) else {
        throw realmRefused(bearer["realm"] ?? "", .notAURL)
      }
      let login = try await lookUp()
      if let found = try forRegistry(login, isBasicWanted: false) {
        host.state.withLock { $0.challenge = challenge }
        return .login(found)
      }
      var refused: Grant?
      if case .token(let grant, _) = reply.authorization { refused = grant }
      let grant = try await exchange(challenge, login, refused: refused)
      host.state.withLock { state in
        state.challenge = challenge
        state.wantsBasic = false
      }
      return .token(grant, isFresh: true)
    }
    if challenges.contains(where: { $0.scheme == "basic" }) {
      reply.login = try await lookUp()
      guard let found = try forRegistry(reply.login) else { return nil }
      host.state.withLock { $0.wantsBasic = true }
      return .login(found)
    }
    guard let scheme = challenges.first?.scheme else { return nil }
    throw CheckFailure(
      .authUnsupported,
      "\(host.name) asks for \(scheme.safe(limit: 40)) authorisation (realm missing or scheme unknown)",
      remedy: "only Basic and Bearer can be answered")
  }

  private func challenge(of response: HTTPResponse) -> BearerChallenge? {
    AuthChallenge.parse(response.headers.all("WWW-Authenticate")).first { $0.scheme == "bearer" }
      .flatMap { BearerChallenge($0) }
  }

  // MARK: Log-ins

  /// What there is to log in with for this repository.
  private func lookUp() async throws(CheckFailure) -> Logins.Answer {
    let answer = try await host.logins.login(for: query, configured: host.access.credentials)
    let (origin, words): (String?, String) =
      switch answer {
      case .found(let found): (found.origin, "from \(found.origin.safe())")
      case .none: (nil, "none")
      case .unusable(let reason): (nil, "none, for \(reason)")
      }
    trace?("log-in for \(host.loginDomain): \(words)")
    host.state.withLock { $0.loginOrigin = origin }
    return answer
  }

  /// Another log-in in the place of one that was refused, if a helper has one now.
  func renewed(_ refused: FoundLogin) async throws(CheckFailure) -> FoundLogin? {
    let found = try await host.logins.renewed(refused.login, for: query, configured: host.access.credentials)
    if found != nil { trace?("log-in for \(host.loginDomain): refused, and another one now") }
    return found
  }

  private var query: LoginQuery { query(for: path) }

  func query(for path: String) -> LoginQuery { LoginQuery(domain: host.loginDomain, path: path) }

  /// A log-in that the registry itself takes.
  ///
  /// - Parameter isBasicWanted: otherwise only a bearer token will do: a password is for the token server then.
  private func forRegistry(
    _ login: Logins.Answer, isBasicWanted: Bool = true
  ) throws(CheckFailure) -> FoundLogin? {
    guard case .found(let found) = login, found.login.isBearer || isBasicWanted else { return nil }
    guard found.login.authorization != nil else {
      throw CheckFailure(
        .authUnsupported,
        "\(host.name) asks for a user name and a password, and there is only a refresh token in the "
          + host.words(for: found),
        remedy: "log in with a user name and a password or access token")
    }
    guard host.maySendCredentials(to: host.base) else {
      throw CheckFailure(
        .authUnsupported, "\(host.name) asks for credentials over plain HTTP",
        remedy: "use https, or set allow_plain_credentials")
    }
    return found
  }
}

extension BearerChallenge {
  init?(_ challenge: AuthChallenge) {
    guard let realm = challenge["realm"].flatMap({ WebURL($0) }) else { return nil }
    self.realm = realm
    service = challenge["service"].flatMap { $0.isEmpty ? nil : String($0.prefix(256)) }
  }
}

extension HTTPRequest {
  /// `HEAD https://…`, for the trace.
  fileprivate var line: String {
    let name = method == .head ? "HEAD" : method == .get ? "GET" : "POST"
    return "\(name) \(url)" + (authorization == nil ? "" : " (Authorization: ***)")
  }
}

extension HTTPResponse {
  /// What came, for the trace. A redirect's URL may hold a signature: only its origin is written.
  fileprivate func line(to request: HTTPRequest) -> String {
    "\(status)" + (headers.first("Docker-Content-Digest").map { " \($0.safe(limit: 140))" } ?? "")
      + ", \(body.count) bytes" + (wasRedirected ? redirection(of: request) : "")
  }

  private func redirection(of request: HTTPRequest) -> String {
    guard let target = Origin(url: url) else { return ", redirected" }
    let isElsewhere = Origin(url: request.url) != target
    return ", redirected to \(target)"
      + (isElsewhere && request.authorization != nil ? " (without Authorization)" : "")
  }
}
