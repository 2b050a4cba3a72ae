import ImageModel
import Transport

extension TagLookup {
  /// HEAD says that the tag has not moved. Its document is fetched by tag all the same, which alone can show that HEAD
  /// comes from a broken cache, and found to be what it was, or not.
  ///
  /// - Parameters:
  ///   - head: the answer to HEAD.
  ///   - text: the digest in it.
  /// - Returns: `nil` where nothing could be found out, which is no failure: HEAD has answered.
  func verify(_ head: HTTPResponse, named text: String) async throws(CheckFailure) -> Result? {
    guard let named = try? Digest(text), PullBudget(head.headers).hasRoom else {
      session.trace?("not verified now: the registry's limit on pulls leaves no room for it")
      return nil
    }
    guard let first = await sent() else { return nil }
    if let top = try verified(first, contentType: head.namedType ?? first.namedType, named) {
      session.trace?("verified: GET by tag sends what HEAD names")
      return .found(top, headDigest: named)
    }
    let other = try SentDocument(first.body, contentType: first.namedType)
    // It may have moved in between, which is no lie.
    if let now = await digest(), now != named, other.matches(now) {
      return .found(try top(other, first, digest: now), headDigest: now)
    }
    return try await judge(named: named, other)
  }

  /// The document, if it is the one that HEAD names; judged by HEAD's type, as always.
  private func verified(
    _ response: HTTPResponse, contentType: String?, _ named: Digest
  ) throws(CheckFailure) -> Top? {
    do {
      let sent = try SentDocument(response.body, contentType: contentType)
      return sent.matches(named) ? try top(sent, response, digest: named) : nil
    } catch {
      // Of another document HEAD's type says nothing.
      guard try SentDocument(response.body, contentType: response.namedType).matches(named) else { return nil }
      throw error
    }
  }

  /// HEAD and GET contradict each other: both are asked once more, past caches.
  private func judge(named: Digest, _ other: SentDocument) async throws(CheckFailure) -> Result? {
    guard let response = await sent(pastCaches: true) else { return nil }
    let sent = try SentDocument(response.body, contentType: response.namedType)
    if sent.matches(named) {
      var top = try top(sent, response, digest: named)
      top.remark =
        "GET by tag sent \(other.sha256.short) out of a cache that is behind; HEAD is right with \(named.short)"
      return .found(top, headDigest: named)
    }
    let claimed = await digest(pastCaches: true)
    let digest = claimed.flatMap { sent.matches($0) ? $0 : nil } ?? sent.sha256
    var top = try top(sent, response, digest: digest)
    top.remark =
      "HEAD names \(named.short) and GET by tag sends \(digest.short): HEAD is behind, and the tag is looked at once a "
      + "day; look at the cache before the registry"
    // HEAD is compared with itself from now on.
    return .found(top, headDigest: named)
  }

  /// What GET by tag sends; `nil` for anything but a document.
  private func sent(pastCaches: Bool = false) async -> HTTPResponse? {
    let reply = try? await session.send(request(pastCaches: pastCaches))
    guard let response = reply?.response, response.status == 200 else { return nil }
    return response
  }

  private func digest(pastCaches: Bool = false) async -> Digest? {
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
