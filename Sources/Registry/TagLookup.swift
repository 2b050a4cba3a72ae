import Hashing
import ImageModel
import Transport

/// Finds the document a tag points to: HEAD by tag, then GET by the digest that HEAD named.
///
/// HEAD is not counted as a pull by Docker Hub; GET by digest cannot be overtaken by a push between the two
/// requests, can be verified, and unlike GET by tag it does not disturb Harbor's retention rules.
struct TagLookup: Sendable {
  enum Result: Sendable {
    case unchanged
    /// - Parameter headDigest: what HEAD named, if it named one: the value to compare the next HEAD with.
    case found(Top, headDigest: Digest?)
  }

  /// The document of a tag with its kind told.
  struct Top: Sendable {
    let document: Document
    let content: TopDocument
    let isStored: Bool
    /// When the registry named it for the tag, by the registry clock.
    let namedAt: Int64
  }

  let session: RegistrySession
  let tag: TagReference
  let stored: @Sendable (Digest) async throws -> Document?

  private var host: RegistryHost { session.host }

  func run(known: KnownTag) async throws(CheckFailure) -> Result {
    let now = session.clock.now()
    guard host.state.withLock({ $0.headUnusableUntil <= now }) else {
      return .found(try await fetchByTag(), headDigest: nil)
    }
    var request = host.manifestRequest
    request.method = .head
    request.url = manifestURL(tag.tag)
    let head = try await session.send(request)
    let verdict = HeadVerdict(
      status: head.response.status, digest: head.response.headers.first("Docker-Content-Digest"))
    switch verdict {
    case .digest(let text):
      if !known.mustWalk, text == known.headDigest?.description { return .unchanged }
      guard let digest = try? Digest(text) else { return .found(try await fetchByTag(), headDigest: nil) }
      return .found(try await fetch(learned: digest, at: session.clock.now()), headDigest: digest)
    case .noDigest, .askByGet:
      return .found(try await fetchByTag(), headDigest: nil)
    case .unusable:
      let top = try await fetchByTag()
      host.state.withLock { $0.headUnusableUntil = now + HostState.findingMilliseconds }
      session.trace?("\(host.name) does not serve HEAD; GET is used for a day")
      return .found(top, headDigest: nil)
    case .failed:
      throw session.failure(head)
    }
  }

  /// The document of the digest that HEAD named. Where there is none, HEAD is not believed.
  private func fetch(learned digest: Digest, at named: Int64) async throws(CheckFailure) -> Top {
    let now = session.clock.now()
    if host.state.withLock({ $0.headLiesUntil > now }) { return try await fetchByTag() }
    if let document = try? await stored(digest), document.mediaType.isWatchable {
      session.trace?("\(digest) is stored already")
      let content = try TopDocument.read(document.bytes, as: document.mediaType)
      return Top(document: document, content: content, isStored: true, namedAt: named)
    }
    let reply = try await get(digest.description)
    if reply.response.status == 404 {
      // Deleted since, or never there under that name.
      let top = try await fetchByTag()
      if !Hash.matches(top.document.bytes, digest) { distrustHead("it names \(digest), which is not there") }
      return top
    }
    guard reply.response.status == 200 else { throw session.failure(reply) }
    return try Self.verified(reply.response, digest: digest, namedAt: named)
  }

  /// The document of the tag as it is now; its digest is computed, whatever the header says.
  private func fetchByTag() async throws(CheckFailure) -> Top {
    let reply = try await get(tag.tag)
    guard reply.response.status == 200 else { throw session.failure(reply) }
    let response = reply.response
    if let claimed = response.headers.first("Docker-Content-Digest").flatMap({ try? Digest($0) }),
      !Hash.matches(response.body, claimed)
    {
      distrustHead("it sends a document that is not \(claimed)")
    }
    let named = session.clock.now()
    return try Self.top(response, digest: Hash.digest(.sha256, of: response.body), namedAt: named)
  }

  private func get(_ reference: String) async throws(CheckFailure) -> RegistrySession.Reply {
    var request = host.manifestRequest
    request.url = manifestURL(reference)
    return try await session.send(request)
  }

  private func manifestURL(_ reference: String) -> String {
    "\(host.prefix)\(session.path)/manifests/\(reference)"
  }

  private func distrustHead(_ reason: String) {
    let until = session.clock.now() + HostState.findingMilliseconds
    host.state.withLock { $0.headLiesUntil = until }
    session.trace?("\(host.name) is not believed about digests for a day: \(reason)")
  }

  /// Reads a response that must have this digest. The document is recorded under its SHA-256: a registry that
  /// goes over to another algorithm has not moved the tag.
  static func verified(_ response: HTTPResponse, digest: Digest, namedAt: Int64) throws(CheckFailure) -> Top {
    guard Hash.matches(response.body, digest) else {
      throw CheckFailure(
        .digestMismatch, "what was sent for the digest \(digest.short) has another digest",
        remedy: CheckFailure.maybeTampering)
    }
    let canonical = digest.algorithm == .sha256 ? digest : Hash.digest(.sha256, of: response.body)
    return try top(response, digest: canonical, namedAt: namedAt)
  }

  private static func top(_ response: HTTPResponse, digest: Digest, namedAt: Int64) throws(CheckFailure) -> Top {
    let (content, type) = try TopDocument.read(response.body, contentType: response.headers.first("Content-Type"))
    return Top(
      document: Document(digest: digest, mediaType: type, bytes: response.body), content: content, isStored: false,
      namedAt: namedAt)
  }
}
