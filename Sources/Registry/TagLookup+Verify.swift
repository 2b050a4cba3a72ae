import Documents
import ImageModel
import Transport

extension TagLookup {
  /// HEAD says that the tag has not moved. Its document is fetched by tag all the same, which alone can show that HEAD
  /// comes from a broken cache, and found to be what it was, or not.
  ///
  /// - Parameters:
  ///   - head: the answer to HEAD.
  ///   - known: what is recorded, and what HEAD named then and names now.
  /// - Returns: `nil` where nothing could be found out, which is no failure: HEAD has answered.
  func verify(_ head: HTTPResponse, _ known: KnownTag) async throws(CheckFailure) -> Result? {
    let budget = PullBudget(head.headers)
    guard let named = known.headDigest, budget.hasRoom, !budget.isLow(reserve: session.host.access.pullReserve) else {
      session.trace?("not verified now: the registry's limit on pulls leaves no room for it")
      return nil
    }
    guard let first = await sent() else { return nil }
    if let sent = try document(first, contentType: head.namedType ?? first.namedType, of: named) {
      session.trace?("verified: GET by tag sends what HEAD names")
      return .found(try top(sent, first, digest: known.name(of: sent) ?? named), headDigest: named)
    }
    guard let other = readable(first) else { return nil }
    // It may have moved in between, which is no lie.
    if let now = await digest(), now != named, other.matches(now) {
      return .found(try top(other, first, digest: now), headDigest: now)
    }
    return try await judge(named: named, other, known)
  }

  /// The document, if it is the one that HEAD names; judged by HEAD's type, as always.
  private func document(
    _ response: HTTPResponse, contentType: String?, of named: Digest
  ) throws(CheckFailure) -> SentDocument? {
    do {
      let sent = try SentDocument(response.body, contentType: contentType)
      return sent.matches(named) ? sent : nil
    } catch {
      // Of another document HEAD's type says nothing.
      guard let sent = try? SentDocument(response.body, contentType: response.namedType), sent.matches(named)
      else { return nil }
      throw error
    }
  }

  /// HEAD and GET contradict each other: both are asked once more, past caches.
  private func judge(named: Digest, _ other: SentDocument, _ known: KnownTag) async throws(CheckFailure) -> Result? {
    guard let response = await sent(pastCaches: true), let sent = readable(response) else { return nil }
    if sent.matches(named) {
      var top = try top(sent, response, digest: known.name(of: sent) ?? named)
      top.remark =
        "GET by tag sent \(other.sha256.short) out of a cache that is behind; HEAD is right with \(named.short)"
      return .found(top, headDigest: named)
    }
    let claimed = await digest(pastCaches: true).flatMap { sent.matches($0) ? $0 : nil }
    let name = known.name(of: sent)
    let digest = name ?? claimed ?? sent.sha256
    let contradiction = "HEAD names \(named.short) and GET by tag sends \(digest.short)"
    // What the tag had before may come from a cache of GET; only HEAD can tell, if it agrees past caches.
    if name == nil, claimed == nil, sent.isOne(of: known.states) {
      guard var top = try await recorded(known) else { return nil }
      top.remark =
        "\(contradiction), which it had before: one of them is behind, and nothing is recorded; look at the cache "
        + "before the registry"
      return .found(top, headDigest: named)
    }
    guard var top = try? top(sent, response, digest: digest) else { return nil }
    top.remark =
      "\(contradiction): HEAD is behind, and the tag is looked at once a day; look at the cache before the registry"
    // HEAD is compared with itself from now on.
    return .found(top, headDigest: named)
  }

  /// What can be taken for a document of an image; a GET that sends anything else is one that failed.
  private func readable(_ response: HTTPResponse) -> SentDocument? {
    if let sent = try? SentDocument(response.body, contentType: response.namedType) { return sent }
    session.trace?("not verified now: GET by tag sends no document of an image")
    return nil
  }

  /// What GET by tag sends; `nil` for anything but a document.
  private func sent(pastCaches: Bool = false) async -> HTTPResponse? {
    let reply = try? await session.send(request(pastCaches: pastCaches))
    guard let response = reply?.response, response.status == 200 else { return nil }
    return response
  }

  /// What HEAD names now.
  func digest(pastCaches: Bool = false) async -> Digest? {
    var request = request(pastCaches: pastCaches)
    request.method = .head
    let reply = try? await session.send(request)
    return reply?.response.headers.first("Docker-Content-Digest").flatMap { try? Digest($0) }
  }

  private func request(pastCaches: Bool) -> HTTPRequest {
    var request = session.manifestRequest(tag.tag, of: session.host.manifestRequest)
    if pastCaches { request.headers.append(("Cache-Control", "no-cache")) }
    return request
  }

  private func top(_ sent: SentDocument, _ response: HTTPResponse, digest: Digest) throws(CheckFailure) -> Top {
    try Top(sent, response.body, digest: digest, isStored: false, namedAt: session.clock.now())
  }
}

extension HTTPResponse {
  /// The `Content-Type` where it says what the document is.
  var namedType: String? {
    headers.first("Content-Type").flatMap { MediaType($0).isSpecific ? $0 : nil }
  }
}

extension KnownTag {
  /// The name that the tag's document is recorded under, if it is this one: by that it can be had, and by what HEAD
  /// names perhaps not.
  fileprivate func name(of sent: SentDocument) -> Digest? { states.first.flatMap { sent.matches($0) ? $0 : nil } }
}
