package import Credentials
package import ImageModel
import Synchronization
package import Transport

/// Asks registries what tags point to. Source: opencontainers/distribution-spec `spec.md`.
package final class RegistryClient: Sendable {
  let http: HTTPClient
  private let userAgent: String
  private let access: @Sendable (String) -> RegistryAccess
  private let logins: Logins
  private let endpoint: @Sendable (String) -> String?
  let trace: (@Sendable (String) -> Void)?
  let clock: RegistryClock
  private let gate: LoginGate
  private let hosts = Mutex<[String: RegistryHost]>([:])

  /// - Parameters:
  ///   - userAgent: `name/version (+url)`; registry operators look up clients by it.
  ///   - access: what the configuration says about a domain. Asked once per domain: after a reload make a
  ///     new client.
  ///   - logins: those of the user, for domains of which `access` names none.
  ///   - gate: what became of log-ins, which is to outlive a client that a reload replaces.
  ///   - endpoint: the base URL of a domain's API where it is not at the domain itself: the seam for a
  ///     mirror, and for tests that serve `docker.io` on loopback. `http://127.0.0.1:5000`.
  ///   - trace: gets a line per request and decision, without secrets.
  package convenience init(
    http: HTTPClient, userAgent: String, access: @escaping @Sendable (String) -> RegistryAccess,
    logins: Logins = .none, gate: LoginGate = LoginGate(),
    endpoint: @escaping @Sendable (String) -> String? = { _ in nil },
    trace: (@Sendable (String) -> Void)? = nil
  ) {
    self.init(
      http: http, userAgent: userAgent, access: access, logins: logins, gate: gate, endpoint: endpoint, trace: trace,
      clock: .system)
  }

  init(
    http: HTTPClient, userAgent: String, access: @escaping @Sendable (String) -> RegistryAccess,
    logins: Logins = .none, gate: LoginGate = LoginGate(), endpoint: @escaping @Sendable (String) -> String?,
    trace: (@Sendable (String) -> Void)?, clock: RegistryClock
  ) {
    self.http = http
    self.userAgent = userAgent
    self.access = access
    self.logins = logins
    self.gate = gate
    self.endpoint = endpoint
    self.trace = trace
    self.clock = clock
  }

  /// Looks at a tag: one HEAD while it stands still, and what is new of it when it moved.
  ///
  /// - Parameters:
  ///   - known: what earlier observations left.
  ///   - selection: the watched platforms; a tag without an index is observed whole.
  ///   - stored: a document recorded earlier. A failing store counts as an empty one.
  ///   - meter: counts what it costs.
  ///   - first: the answer of a glance, which is gone on from.
  /// - Throws: why nothing can be said; never because config blobs are missing, which leaves details unknown.
  package func observe(
    _ tag: TagReference, known: KnownTag, selection: PlatformSelection,
    stored: @escaping @Sendable (Digest) async throws -> Document?, meter: RequestMeter = RequestMeter(),
    first: FirstAnswer? = nil
  ) async throws(CheckFailure) -> Observation {
    let session = try session(domain: tag.domain, path: tag.path, wasSeen: known.wasSeen, meter: meter)
    switch try await TagLookup(session: session, tag: tag, stored: stored, first: first).run(known: known) {
    case .unchanged: return .unchanged
    case .moved(let moved): return .moved(moved, documents: [])
    case .found(let top, let headDigest):
      var builder = SnapshotBuilder(session: session, selection: selection, stored: stored)
      do throws(CheckFailure) {
        let snapshot = try await builder.snapshot(of: top)
        return .found(snapshot, head: headDigest, age: .milliseconds(clock.now() - top.namedAt))
      } catch {
        guard error.code == .pullLimited, let headDigest, headDigest != known.headDigest else { throw error }
        return .moved(
          MovedTag(digest: headDigest, mediaType: top.document.mediaType), documents: builder.documents)
      }
    }
  }

  /// Resolves a reference from nothing. One with a digest is resolved by it, whatever its tag.
  ///
  /// - Parameter wasSeen: it was there once, which decides the remedy if it is not there now.
  package func resolve(
    _ reference: ImageReference, selection: PlatformSelection, wasSeen: Bool = false
  ) async throws(CheckFailure) -> Resolution {
    let session = try session(domain: reference.domain, path: reference.path, wasSeen: wasSeen)
    let top = try await top(of: reference, session: session)
    var builder = SnapshotBuilder(session: session, selection: selection, stored: { _ in nil })
    let snapshot = try await builder.snapshot(of: top)
    return Resolution(snapshot: snapshot, top: top.document)
  }

  /// Whether a registry's API answers at all; it need not let anybody in.
  package func isAnswering(_ domain: String) async -> Bool {
    guard let session = try? session(domain: domain, path: "") else { return false }
    var request = session.host.blobRequest
    request.url = session.host.prefix
    request.bodyLimit = Limits.errorBodyBytes
    request.cutsBody = true
    let response = try? await session.transfer(request, authorization: nil)
    return response?.status == 200 || response?.status == 401
  }

  /// What registries have shown of themselves, of those that were asked.
  ///
  /// - Parameter wall: the time of a moment of the registry clock.
  package func reports(wall: (BootTime) -> Timestamp) -> [RegistryReport] {
    let now = clock.now()
    return hosts.withLock { Array($0.values) }.map { host in
      let (origin, budget, rest) = host.state.withLock { ($0.loginOrigin, $0.budget, $0.pullRest(at: now)) }
      var report = RegistryReport(name: host.domain, credentials: origin)
      // What is older than its window says nothing any more.
      if let (said, time) = budget, now - time <= Int64(said.windowSeconds ?? 86_400) * 1_000 {
        (report.limit, report.remaining) = (said.limit, said.remaining)
        let isUsed = said.limit.map { said.remaining ?? 0 < $0 } ?? false
        if isUsed { report.resets = said.windowSeconds.map { wall(time + Int64($0) * 1_000) } }
      }
      if let rest { (report.remaining, report.resets) = (0, wall(rest)) }
      return report
    }
  }

  private func top(of reference: ImageReference, session: RegistrySession) async throws(CheckFailure) -> TagLookup.Top {
    guard let digest = reference.digest else {
      let tag = TagReference(domain: reference.domain, path: reference.path, tag: reference.tag ?? "latest")
      let lookup = TagLookup(session: session, tag: tag, stored: { _ in nil })
      switch try await lookup.run(known: KnownTag(mustWalk: true)) {
      case .found(let top, _): return top
      case .unchanged, .moved:
        throw CheckFailure(
          .pullLimited, "\(session.host.name) has no pulls left to spend on this", remedy: "wait, or log in")
      }
    }
    let reply = try await session.getManifestOfAnyKind(digest.description)
    guard reply.response.status == 200 else { throw session.failure(reply, .digest) }
    return try TagLookup.verified(
      reply.response, contentType: reply.response.headers.first("Content-Type"), digest: digest, namedAt: clock.now())
  }

  func session(
    domain: String, path: String, wasSeen: Bool = false, meter: RequestMeter = RequestMeter()
  ) throws(CheckFailure) -> RegistrySession {
    let host = try host(of: domain)
    return RegistrySession(
      http: http, host: host, path: host.pathPrefix + path, clock: clock, trace: trace, meter: meter, wasSeen: wasSeen)
  }

  func host(of domain: String) throws(CheckFailure) -> RegistryHost {
    if let known = hosts.withLock({ $0[domain] }) { return known }
    // Made outside the lock: `access` is foreign code. Of two made at once the first one stays.
    let made = try RegistryHost(
      domain: domain, base: endpoint(domain), access: access(domain), logins: logins, gate: gate,
      userAgent: userAgent)
    return hosts.withLock { hosts in
      if let known = hosts[domain] { return known }
      hosts[domain] = made
      return made
    }
  }
}
