import Addresses
import ImageModel
import Synchronization
import Transport

/// Fetching tokens. Source: distribution `docs/content/spec/auth/token.md`.
extension RegistrySession {
  /// A token for pulling from this repository, whatever scope the registry named: a hostile one could ask for
  /// more than pulling, or for another repository.
  ///
  /// - Parameter refused: a token that does not help; any other that is at hand does.
  func exchange(
    _ challenge: BearerChallenge, refused: Grant? = nil
  ) async throws(CheckFailure) -> Grant {
    let decision = try admit(challenge.realm)
    let credentials = try credentials(for: challenge.realm, decision: decision)
    let key = TokenKey(
      challenge: challenge, scope: "repository:\(path):pull", identity: credentials?.identity ?? "")
    let now = clock.now()
    let task = host.state.withLock { state in
      if let running = state.exchanges[key] { return running }
      if let grant = state.grant(for: path, at: now), grant.key == key, grant != refused {
        return Task { .success(grant) }
      }
      // Not part of the caller's task: others may wait for the same token when the caller is cancelled.
      let task = Task { [self] in
        let result = await result(of: key, decision: decision, credentials: credentials)
        host.state.withLock { state in
          state.exchanges[key] = nil
          if case .success(let grant) = result { state.keep(grant, for: path, at: grant.obtained) }
        }
        return result
      }
      state.exchanges[key] = task
      return task
    }
    return try await task.value.get()
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

  private func credentials(
    for realm: WebURL, decision: RealmPolicy.Decision
  ) throws(CheckFailure) -> Credentials? {
    guard let file = host.credentials, case .basic = host.access.credentials else { return nil }
    guard decision != .anonymousOnly else {
      throw realmRefused(realm.origin, .untrusted)
    }
    guard host.maySendCredentials(to: realm) else {
      throw realmRefused(realm.origin, .plainCredentials)
    }
    return try file.read()
  }

  private func result(
    of key: TokenKey, decision: RealmPolicy.Decision, credentials: Credentials?
  ) async -> Result<Grant, CheckFailure> {
    do throws(CheckFailure) {
      let response = try await askForToken(key, decision: decision, credentials: credentials)
      let now = clock.now()
      guard response.status == 200 else {
        throw tokenFailure(
          response, realm: key.challenge.realm, isOwn: decision == .own, credentials: credentials)
      }
      guard let reply = TokenReply(response.body, date: response.headers.first("Date")) else {
        throw CheckFailure(
          .badResponse, "the token server \(key.challenge.realm.origin) sent no usable token",
          remedy: "try again later")
      }
      let user = credentials == nil ? "anonymous" : "with credentials"
      trace?("token for \(key.scope), \(user), good for \(reply.usableMilliseconds / 1_000) s")
      return .success(
        Grant(
          authorization: "Bearer " + reply.token, key: key, obtained: now, expires: now + reply.usableMilliseconds))
    } catch {
      return .failure(error)
    }
  }

  /// Follows redirects by hand, within the token server's own origin.
  private func askForToken(
    _ key: TokenKey, decision: RealmPolicy.Decision, credentials: Credentials?
  ) async throws(CheckFailure) -> HTTPResponse {
    let realm = key.challenge.realm
    guard var url = WebURL(realm.tokenURL(service: key.challenge.service, scope: key.scope)) else {
      throw realmRefused(realm.origin, .notAURL)
    }
    for _ in 0...Limits.redirects {
      let request = tokenRequest(url, decision: decision)
      let response = try await transfer(
        request, authorization: credentials?.authorization, isTokenServer: true)
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
    case .trusted: request.tls = TLSSettings(caFile: host.access.tls.caFile)
    case .anonymousOnly, .refused:
      request.tls = TLSSettings()
      // A literal address has been judged; a name may lead anywhere.
      let kind = HostKind(url.host)
      if kind == .name || kind == .publicAddress { request.addresses = .publicOnly }
    }
    return request
  }

  private func tokenFailure(
    _ response: HTTPResponse, realm: WebURL, isOwn: Bool, credentials: Credentials?
  ) -> CheckFailure {
    let answer = Answer(
      status: response.status,
      body: ErrorBody(response.body, hiding: credentials.map { [$0.secret, $0.authorization] } ?? []),
      retryAfterSeconds: response.retryAfterSeconds(clock), login: credentials == nil ? .none : .refused,
      mayShowCertificate: isOwn)
    let server = response.proxyThatAnswers ?? "the token server \(realm.origin)"
    let what = answer.what(host: server)
    switch response.status {
    case 400 where answer.body.certificate != nil: return answer.failure(host: server)
    case 400 where credentials != nil, 401 where credentials != nil, 403 where credentials != nil:
      return CheckFailure(.badCredentials, what, remedy: "it refuses the configured credentials; correct them")
    case 401, 403:
      return CheckFailure(.unauthorizedOrMissing, what, remedy: answer.login.remedyIfMissing(wasSeen: wasSeen))
    case 407, 429, 500...:
      return answer.failure(host: server)
    default:
      return CheckFailure(
        .badResponse, what, remedy: "not an answer a token server gives; a proxy may be in the way")
    }
  }
}

extension WebURL {
  /// The URL of a token request. Parameters that the realm brings along are kept, but none that would widen
  /// what is asked for.
  func tokenURL(service: String?, scope: String) -> String {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var query = parts.count < 2 ? [] : parts[1].split(separator: "&").map(String.init)
    query.removeAll { ["scope", "service", "offline_token"].contains($0.prefix { $0 != "=" }.lowercased()) }
    if let service { query.append("service=" + Self.encode(service)) }
    query.append("scope=" + Self.encode(scope))
    return origin + parts[0] + "?" + query.joined(separator: "&")
  }

  private static func encode(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d...0x2f, 0x3a, 0x5f, 0x7e: out.unicodeScalars.append(.init(byte))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        out += "%" + (hex.utf8.count < 2 ? "0" : "") + hex
      }
    }
    return out
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
