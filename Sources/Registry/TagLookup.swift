import Documents
import Hashing
import ImageModel
import Synchronization
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
    case moved(MovedTag)
  }

  /// The document of a tag with its kind told.
  struct Top: Sendable {
    let document: Document
    let content: TopDocument
    let isStored: Bool
    /// When the registry named it for the tag, by the registry clock.
    let namedAt: BootTime
    /// What was odd about finding it.
    var remark: String?
  }

  let session: RegistrySession
  let tag: TagReference
  let stored: @Sendable (Digest) async throws -> Document?
  /// What a glance was answered that is not as it was.
  var first: FirstAnswer?

  private var host: RegistryHost { session.host }

  func run(known: KnownTag) async throws(CheckFailure) -> Result {
    let now = session.clock.now()
    guard host.state.withLock({ $0.isHeadUsable(for: session.path, at: now) }) else {
      return .found(try await sentByTag(), headDigest: nil)
    }
    var request = session.manifestRequest(tag.tag, of: host.manifestRequest)
    request.method = .head
    let head = try await session.send(request, first: first)
    let response = head.response
    if known.isAsBefore(response) {
      host.state.withLock { $0.headWorks(for: session.path) }
      return .unchanged
    }
    switch HeadVerdict(status: response.status, digest: response.headers.first("Docker-Content-Digest")) {
    case .digest(let text):
      host.state.withLock { $0.headWorks(for: session.path) }
      let budget = PullBudget(response.headers)
      if text == known.headDigest?.description {
        if known.mustVerify, let result = try await verify(response, known) { return result }
        guard known.mustWalk, !isKept(budget), !session.isOutOfPulls else { return .unchanged }
        if known.isNamedOtherwise {
          // What HEAD names was found not to be the tag's document, and it says the same as then.
          if let top = try await recorded(known) { return .found(top, headDigest: known.headDigest) }
          return .found(try await sentByTag(refused: known.headDigest), headDigest: known.headDigest)
        }
      }
      guard let digest = try? Digest(text) else { return .found(try await sentByTag(), headDigest: nil) }
      let named = Named(
        digest: digest, contentType: response.headers.first("Content-Type"), at: session.clock.now())
      if (known.headDigest == nil && isKept(budget)) || session.isOutOfPulls, !(await isStored(digest)) {
        session.trace?("\(host.name) leaves no room for a pull: details are pending")
        return .moved(named.moved)
      }
      do throws(CheckFailure) {
        return .found(try await fetch(named), headDigest: digest)
      } catch {
        guard error.code == .pullLimited else { throw error }
        return .moved(named.moved)
      }
    case .noDigest, .askByGet:
      host.state.withLock { $0.headWorks(for: session.path) }
      return .found(try await sentByTag(), headDigest: nil)
    case .unusable:
      let top = try await sentByTag()
      let isLeftOut = host.state.withLock { $0.headFailed(for: session.path, at: now) }
      session.trace?(
        "\(host.name) does not serve HEAD" + (isLeftOut ? " of \(session.path); GET is used for a day" : ""))
      return .found(top, headDigest: nil)
    case .failed:
      throw session.failure(head)
    }
  }

  /// The document that the tag is recorded with; `nil` where it is not stored.
  func recorded(_ known: KnownTag) async throws(CheckFailure) -> Top? {
    guard let digest = known.states.first, let document = try? await stored(digest), document.mediaType.isTop
    else { return nil }
    return try Top(
      SentDocument(document), document.bytes, digest: digest, isStored: true, namedAt: session.clock.now())
  }

  /// Whether what is left of pulls is kept for changes.
  private func isKept(_ budget: PullBudget) -> Bool {
    guard budget.isLow(reserve: host.access.pullReserve) else { return false }
    session.trace?("\(host.name) has few pulls left (\(budget.remaining ?? 0)): they are kept for changes")
    return true
  }

  private func isStored(_ digest: Digest) async -> Bool { (try? await stored(digest)) != nil }

  // MARK: Fetching

  /// What HEAD said of the tag: a descriptor of the document.
  private struct Named {
    let digest: Digest
    let contentType: String?
    /// By the registry clock.
    let at: BootTime

    var moved: MovedTag {
      MovedTag(digest: digest, mediaType: MediaType(contentType ?? "application/octet-stream"))
    }

    /// Whether it says what the document is. If so, that counts and not what comes with the document itself, so that
    /// the same is thought of it whether it has to be fetched or not.
    var isTyped: Bool { contentType.map { MediaType($0).isSpecific } ?? false }
  }

  /// The document of the digest that HEAD has just named: a stored one, or fetched by it.
  private func fetch(_ named: Named) async throws(CheckFailure) -> Top {
    let digest = named.digest
    if named.isTyped, let document = try? await stored(digest), document.mediaType.isTop {
      session.trace?("\(digest) is stored already")
      let sent = try SentDocument(document.bytes, contentType: named.contentType)
      return try Top(sent, document.bytes, digest: digest, isStored: true, namedAt: named.at)
    }
    let reply = try await session.getManifest(digest.description)
    switch reply.response.status {
    case 200:
      let type = named.isTyped ? named.contentType : reply.response.headers.first("Content-Type")
      return try Self.verified(reply.response, contentType: type, digest: digest, namedAt: named.at)
    case 400, 403, 404, 405, 410, 500:
      // Deleted since, or never there under that name; or nothing is served by digest at all.
      session.trace?("\(digest) cannot be had by its digest; GET by tag is used")
      return try await sentByTag(refused: digest)
    default:
      throw session.failure(reply)
    }
  }

  /// The document of the tag as it is now. Its digest is the one that came with it, if that is right, for by that it
  /// can be had; else it is computed.
  ///
  /// - Parameter refused: a digest by which nothing can be had.
  private func sentByTag(refused: Digest? = nil) async throws(CheckFailure) -> Top {
    let reply = try await session.getManifestOfAnyKind(tag.tag)
    guard reply.response.status == 200 else { throw session.failure(reply) }
    let response = reply.response
    let sent = try SentDocument(response.body, contentType: response.headers.first("Content-Type"))
    var digest: Digest?
    if let claimed = response.headers.first("Docker-Content-Digest").flatMap({ try? Digest($0) }) {
      if sent.matches(claimed) { digest = claimed } else { session.trace?("the document sent is not \(claimed)") }
    }
    if digest == nil || digest == refused { digest = sent.sha256 }
    return try Top(
      sent, response.body, digest: digest ?? sent.sha256, isStored: false, namedAt: session.clock.now())
  }

  /// Reads a response that must have this digest.
  ///
  /// - Parameter contentType: what the document was said to be.
  static func verified(
    _ response: HTTPResponse, contentType: String?, digest: Digest, namedAt: BootTime
  ) throws(CheckFailure) -> Top {
    let sent = try SentDocument(response.body, contentType: contentType)
    guard sent.matches(digest) else {
      throw CheckFailure(
        .digestMismatch, "what was sent for the digest \(digest.short) has another digest",
        remedy: CheckFailure.maybeTampering)
    }
    return try Top(sent, response.body, digest: digest, isStored: false, namedAt: namedAt)
  }
}

extension TagLookup.Top {
  /// - Parameter digest: what the document was verified by, in the algorithm of whoever named it.
  init(
    _ sent: SentDocument, _ bytes: [UInt8], digest: Digest, isStored: Bool, namedAt: BootTime
  ) throws(CheckFailure) {
    let (content, type) = try sent.read()
    self.init(
      document: Document(digest: digest, mediaType: type, bytes: bytes), content: content, isStored: isStored,
      namedAt: namedAt)
  }
}

extension KnownTag {
  /// Nothing is wanted of the tag but to hear whether it stands where it stood.
  package var mayBeGlanced: Bool { headDigest != nil && !mustWalk && !mustVerify }

  fileprivate func isAsBefore(_ response: HTTPResponse) -> Bool {
    guard mayBeGlanced, var text = headDigest?.description else { return false }
    return text.withUTF8 {
      HeadVerdict.isUnchanged(status: response.status, response.headers, digest: UnsafeRawBufferPointer($0))
    }
  }
}
