import Addresses
import Credentials
import ImageModel
import Synchronization
import Transport

/// Fetching tokens. Source: distribution `docs/content/spec/auth/token.md`, `docs/content/spec/auth/oauth.md`.
extension RegistrySession {
  /// How many repositories a token is asked for at once. One of Docker Hub has some 170 bytes for each, and servers
  /// take headers of 8 KiB in all.
  static let sharedCount = 20

  /// A token for pulling from this repository, whatever scope the registry named: a hostile one could ask for
  /// more than pulling, or for another repository.
  ///
  /// - Parameters:
  ///   - login: what there is to log in with.
  ///   - refused: a token that does not help; any other that is at hand does.
  func exchange(
    _ challenge: BearerChallenge, _ login: Logins.Answer, refused: Grant? = nil
  ) async throws(CheckFailure) -> Grant {
    let decision = try admit(challenge.realm)
    let login = try allowed(login, at: challenge.realm, decision)
    do throws(CheckFailure) {
      return try await exchange(challenge, decision, login, refused)
    } catch {
      guard error.code == .badCredentials, case .found(let found) = login, let renewed = try await renewed(found)
      else { throw error }
      return try await exchange(challenge, decision, .found(renewed), refused)
    }
  }

  private func exchange(
    _ challenge: BearerChallenge, _ decision: RealmPolicy.Decision, _ login: Logins.Answer, _ refused: Grant?
  ) async throws(CheckFailure) -> Grant {
    let key = TokenKey(challenge: challenge, paths: await paths(challenge.realm, login, decision), login: login)
    let now = clock.now()
    let task = host.state.withLock { state in
      if let running = state.exchanges[key] { return running }
      if let grant = state.grant(for: path, at: now), grant.key == key, grant != refused {
        return Task { .success(grant) }
      }
      // Not part of the caller's task: others may wait for the same token when the caller is cancelled.
      let task = Task { [self] in
        let result = await result(of: key, decision: decision)
        host.state.withLock { state in
          state.exchanges[key] = nil
          if case .success(let grant) = result { state.keep(grant, at: grant.obtained) }
        }
        return result
      }
      state.exchanges[key] = task
      return task
    }
    guard let result = await task.valueOrGivenUp else {
      throw CheckFailure(
        .network, "given up before the token server \(challenge.realm.origin) answered", remedy: "try again later")
    }
    let grant = try result.get()
    // Whoever began it may have had to ask for a repository of its own alone.
    return grant.key.paths.contains(path) ? grant : try await exchange(challenge, decision, login, refused)
  }

  /// The repositories that a token is asked for: this one, and its neighbours in the watchlist, so that a registry with
  /// many repositories needs few exchanges. Only where the token server is one that learns nothing new by that, and
  /// where a log-in is known to be right: what is refused must not look like a wrong password.
  private func paths(_ realm: WebURL, _ login: Logins.Answer, _ decision: RealmPolicy.Decision) async -> [String] {
    guard decision == .own || decision == .trusted, host.pathPrefix.isEmpty,
      let group = host.access.repositories?.group(of: path, in: host.domain, count: Self.sharedCount)
    else { return [path] }
    if let login = login.foundLogin, !(await host.gate.isAccepted(.init(origin: realm.origin, login: login))) {
      return [path]
    }
    let now = clock.now()
    guard host.state.withLock({ $0.mayShare(path, at: now) }) else { return [path] }
    var paths: [String] = []
    for other in group where other == path || host.state.withLock({ $0.mayShare(other, at: now) }) {
      let isAlike = if other == path { true } else { await has(login, for: other) }
      if isAlike { paths.append(other) }
    }
    return paths
  }

  /// Whether another repository of this registry has the same log-in, or none as well.
  private func has(_ login: Logins.Answer, for path: String) async -> Bool {
    login == (try? await host.logins.login(for: query(for: path), configured: host.access.credentials))
  }

  /// - Parameter target: where a redirect of the token server leads.
  func realmRefused(_ realm: String, _ reason: RealmPolicy.Reason, to target: String? = nil) -> CheckFailure {
    CheckFailure(
      .realmRefused,
      "\(host.name) names the token server \(realm.safe(limit: 100)), \(reason.clause)"
        + (target.map { " (\($0))" } ?? ""),
      remedy: reason.remedy)
  }

  private func admit(_ realm: WebURL) throws(CheckFailure) -> RealmPolicy.Decision {
    let decision = host.realms.decide(realm)
    trace?("token server \(realm.origin): \(decision.words)")
    if case .refused(let reason) = decision {
      throw realmRefused(realm.origin, reason)
    }
    return decision
  }

  /// What of it a token server may be sent.
  private func allowed(
    _ login: Logins.Answer, at realm: WebURL, _ decision: RealmPolicy.Decision
  ) throws(CheckFailure) -> Logins.Answer {
    guard case .found(let found) = login else { return login }
    // It is for the registry itself.
    if found.login.isBearer { return .none }
    let reason: RealmPolicy.Reason
    if decision == .anonymousOnly {
      reason = .untrusted
    } else if !host.maySendCredentials(to: realm) {
      reason = .plainCredentials
    } else {
      return login
    }
    guard host.access.credentials == nil else { throw realmRefused(realm.origin, reason) }
    // Nobody has said that there has to be one here: what is public stays to be seen.
    let why =
      "the \(host.words(for: found)) is kept from the token server \(realm.origin) (\(reason.rawValue)); "
      + reason.remedy
    trace?("log-in for \(host.loginDomain): not used, for \(why)")
    host.state.withLock { $0.loginOrigin = nil }
    return .unusable(reason: why)
  }

  private func result(of key: TokenKey, decision: RealmPolicy.Decision) async -> Result<Grant, CheckFailure> {
    do throws(CheckFailure) {
      return .success(try await grant(key, decision))
    } catch {
      guard key.paths.count > 1, Self.maySayNoToSeveral(error) else { return .failure(error) }
      trace?("no token for \(key.paths.count) repositories at once: asked for one")
      host.state.withLock { $0.stopSharing(path, refused: nil, isForAll: true, at: clock.now()) }
      let alone = TokenKey(challenge: key.challenge, paths: [path], login: key.login)
      do throws(CheckFailure) { return .success(try await grant(alone, decision)) } catch { return .failure(error) }
    }
  }

  /// Whether it may be the number of repositories that the token server does not like.
  private static func maySayNoToSeveral(_ failure: CheckFailure) -> Bool {
    switch failure.code {
    case .badCredentials, .unauthorizedOrMissing, .badResponse, .badRequest, .denied, .tooLarge: true
    default: false
    }
  }

  private func grant(_ key: TokenKey, _ decision: RealmPolicy.Decision) async throws(CheckFailure) -> Grant {
    meter.isFor(key.login.foundLogin)
    guard case .found(let found) = key.login else {
      return try await answer(to: .get(nil), key, decision).result.get()
    }
    let gated = LoginGate.Key(origin: key.challenge.realm.origin, login: found.login)
    return try await host.gate.attempt(gated, now: clock.now) { () throws(CheckFailure) in
      let (result, status) = try await answer(with: found, key, decision)
      switch result {
      case .success: return (result, .accepted)
      case .failure(let failure):
        // 403 may be about the repository, and any no to several about their number.
        let isRefused = failure.code == .badCredentials && status != 403 && key.paths.count == 1
        return (result, isRefused ? .refused(failure) : .unknown)
      }
    }.get()
  }

  private typealias TokenAnswer = (result: Result<Grant, CheckFailure>, status: Int)

  /// With a log-in, in the way that it is for; where the token server does not know that, in the other.
  private func answer(
    with found: FoundLogin, _ key: TokenKey, _ decision: RealmPolicy.Decision
  ) async throws(CheckFailure) -> TokenAnswer {
    let login = found.login
    guard case .identity(let first, let password) = login else {
      return try await answer(to: .get(login.authorization), key, decision)
    }
    var token = host.state.withLock { $0.refreshToken(of: login, first) }
    var response = try await ask(key, decision, .post(refreshToken: token))
    if [400, 401].contains(response.status), token != first {
      // One that was given in return may have ended before the log-in itself.
      host.state.withLock { $0.forgetRefreshToken(of: login) }
      token = first
      response = try await ask(key, decision, .post(refreshToken: token))
    }
    // Google's answers 404, Artifactory's 401, Azure's 400. Source: containerd `core/remotes/docker/authorizer.go`.
    guard [400, 401, 404, 405].contains(response.status) else { return answer(response, key, decision, sent: token) }
    if password != nil {
      trace?("the token server \(key.challenge.realm.origin) takes no refresh token: asked with the password")
      return try await answer(to: .get(login.authorization), key, decision)
    }
    guard [404, 405].contains(response.status) else { return answer(response, key, decision, sent: token) }
    let failure = CheckFailure(
      .authUnsupported,
      "the token server \(key.challenge.realm.origin) takes no refresh token, as in the \(host.words(for: found))",
      remedy: "log in with a user name and a password or access token")
    return (.failure(failure), response.status)
  }

  private func answer(
    to way: TokenWay, _ key: TokenKey, _ decision: RealmPolicy.Decision
  ) async throws(CheckFailure) -> TokenAnswer {
    answer(try await ask(key, decision, way), key, decision)
  }

  /// - Parameter token: the refresh token that was sent.
  private func answer(
    _ response: HTTPResponse, _ key: TokenKey, _ decision: RealmPolicy.Decision, sent token: String? = nil
  ) -> TokenAnswer {
    let now = clock.now()
    guard response.status == 200 else {
      let secrets = (key.login.foundLogin?.secrets ?? []) + [token].compactMap(\.self)
      let failure = tokenFailure(
        response, realm: key.challenge.realm, isOwn: decision == .own, login: key.login, hiding: secrets)
      return (.failure(failure), response.status)
    }
    guard let reply = TokenReply(response.body, date: response.headers.first("Date")) else {
      let failure = CheckFailure(
        .badResponse, "the token server \(key.challenge.realm.origin) sent no usable token",
        remedy: "try again later")
      return (.failure(failure), response.status)
    }
    if let login = key.login.foundLogin { host.state.withLock { $0.keep(refreshToken: reply.refreshToken, of: login) } }
    let user = key.login.foundLogin == nil ? "anonymous" : "with credentials"
    trace?("token for \(key.scopes.joined(separator: " ")), \(user), good for \(reply.usableMilliseconds / 1_000) s")
    let grant = Grant(
      authorization: "Bearer " + reply.token, key: key, obtained: now, expires: now + reply.usableMilliseconds)
    return (.success(grant), response.status)
  }

  /// Follows redirects by hand, within the token server's own origin.
  private func ask(
    _ key: TokenKey, _ decision: RealmPolicy.Decision, _ way: TokenWay
  ) async throws(CheckFailure) -> HTTPResponse {
    let realm = key.challenge.realm
    guard var url = WebURL(way.url(of: key)) else { throw realmRefused(realm.origin, .notAURL) }
    for _ in 0...Limits.redirects {
      let response = try await transfer(
        way.request(tokenRequest(url, decision: decision), key), authorization: way.authorization, isTokenServer: true)
      guard [301, 302, 303, 307, 308].contains(response.status), let location = response.headers.first("Location")
      else { return response }
      guard let target = WebURL(location.hasPrefix("/") ? url.origin + location : location),
        target.hasSameOrigin(as: realm)
      else { throw realmRefused(realm.origin, .leaves, to: WebURL(location)?.hostAndPort) }
      url = target
    }
    throw realmRefused(realm.origin, .loops)
  }

  private func tokenRequest(_ url: WebURL, decision: RealmPolicy.Decision) -> HTTPRequest {
    var request = host.blobRequest
    request.url = url.text
    request.bodyLimit = Limits.tokenReplyBytes
    request.redirects = 0
    request.allowPlainHTTP = !url.isSecure
    switch decision {
    case .own: break
    case .trusted: request.tls = host.access.tls.forOtherOrigin
    case .anonymousOnly, .refused:
      request.tls = TLSSettings()
      // A literal address has been judged; a name may lead anywhere.
      let kind = HostKind(url.host)
      if kind == .name || kind == .publicAddress { request.addresses = .publicOnly }
    }
    return request
  }

  private func tokenFailure(
    _ response: HTTPResponse, realm: WebURL, isOwn: Bool, login: Logins.Answer, hiding secrets: [String]
  ) -> CheckFailure {
    let answer = Answer(
      status: response.status,
      body: ErrorBody(response.body, hiding: secrets),
      retryAfterSeconds: response.retryAfterSeconds(clock),
      login: host.outcome(of: login), mayShowCertificate: isOwn)
    let server = response.proxyThatAnswers ?? "the token server \(realm.origin)"
    let what = answer.what(host: server)
    switch (response.status, login) {
    case (400, _) where answer.body.certificate != nil: return answer.failure(host: server)
    case (400, .found(let found)), (401, .found(let found)), (403, .found(let found)):
      let remedy = host.access.credentials == nil ? "log in again" : "correct them"
      return CheckFailure(.badCredentials, what, remedy: "it refuses the \(host.words(for: found)); \(remedy)")
    case (401, _), (403, _):
      return CheckFailure(.unauthorizedOrMissing, what, remedy: answer.login.remedyIfMissing(wasSeen: wasSeen))
    case (407, _), (429, _), (500..., _):
      return answer.failure(host: server)
    default:
      return CheckFailure(
        .badResponse, what, remedy: "not an answer a token server gives; a proxy may be in the way")
    }
  }
}

extension Task where Failure == Never {
  /// What it comes to; `nil` once whoever waits is cancelled, though it goes on.
  fileprivate var valueOrGivenUp: Success? {
    get async {
      let values = AsyncStream { continuation in
        _ = Task<Void, Never> {
          continuation.yield(await value)
          continuation.finish()
        }
      }
      return await values.first { _ in true }
    }
  }
}

extension HTTPResponse {
  /// `Retry-After`, measured by the server's own clock where it tells it.
  func retryAfterSeconds(_ clock: RegistryClock) -> Int? {
    guard let text = headers.first("Retry-After") else { return nil }
    let date = headers.first("Date").flatMap { HTTPDate.time($0) }
    return RetryAfter.seconds(text, now: date ?? clock.wall(), limit: Limits.registryRetryAfterSeconds)
  }
}
