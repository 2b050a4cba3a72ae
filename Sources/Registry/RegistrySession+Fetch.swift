import Documents
import Hashing
import ImageModel
import Synchronization
import Transport

extension RegistrySession {
  /// A request for a manifest, index or not.
  ///
  /// - Parameters:
  ///   - reference: a tag or a digest.
  ///   - template: all but the URL; what asks for legacy kinds as well, or not.
  func manifestRequest(_ reference: String, of template: HTTPRequest) -> HTTPRequest {
    var request = template
    request.url = "\(host.prefix)\(path)/manifests/\(reference)\(host.query)"
    return request
  }

  func getManifest(_ reference: String) async throws(CheckFailure) -> Reply {
    try await send(manifestRequest(reference, of: host.manifestRequest))
  }

  /// Says that there is none, or none of the kinds that were asked for.
  private static let notThere = [404, 406, 410, 415]

  /// Gets a manifest, and asks once more for the kinds of old where it seems not to be there: some registries say so of
  /// a kind that was not asked for, and the tag would be called deleted. HEAD first, which is no pull. Where that has
  /// no answer (429, 503), nothing is known, least of all that the tag is gone.
  /// Source: distribution `registry/handlers/manifests.go`; Azure/acr#764; docker2aci#254.
  func getManifestOfAnyKind(_ reference: String) async throws(CheckFailure) -> Reply {
    let reply = try await getManifest(reference)
    guard Self.notThere.contains(reply.response.status),
      [.tagMissing, .unsupportedDocument].contains(failure(reply).code)
    else { return reply }
    var request = manifestRequest(reference, of: host.legacyRequest)
    request.method = .head
    let head = try await send(request)
    if Self.notThere.contains(head.response.status) { return reply }
    if HeadVerdict(status: head.response.status, digest: nil) == .failed { throw failure(head) }
    trace?("it may be there as a kind of document that was not asked for")
    request.method = .get
    return try await send(request)
  }

  /// The document that a descriptor names, verified by size and digest.
  func fetch(_ descriptor: Descriptor) async throws(CheckFailure) -> [UInt8] {
    var request = descriptor.isManifest ? host.manifestRequest : host.blobRequest
    guard descriptor.size <= request.bodyLimit else {
      throw CheckFailure(
        .tooLarge, "\(descriptor.name) is said to have \(descriptor.size) bytes, more than \(request.bodyLimit)",
        remedy: "it has to be pushed smaller")
    }
    if descriptor.isManifest, isOutOfPulls {
      throw CheckFailure(.pullLimited, "\(host.name) has no pulls left", remedy: "wait, or log in for a higher limit")
    }
    request.url =
      "\(host.prefix)\(path)/\(descriptor.isManifest ? "manifests" : "blobs")/\(descriptor.digest)\(host.query)"
    let reply = try await send(request)
    guard reply.response.status == 200 else { throw failure(reply, .part(descriptor.name)) }
    let bytes = reply.response.body
    guard Hash.matches(bytes, descriptor.digest) else {
      throw CheckFailure(
        .digestMismatch, "the \(bytes.count) bytes sent for \(descriptor.name) have another digest",
        remedy: CheckFailure.maybeTampering)
    }
    guard bytes.count == descriptor.size else {
      throw CheckFailure(
        badDocument: "\(descriptor.name) has \(bytes.count) bytes and is said to have \(descriptor.size)")
    }
    return bytes
  }

  /// What an answer means that is not the document asked for.
  func failure(_ reply: Reply, _ subject: Answer.Subject = .tag) -> CheckFailure {
    let response = reply.response
    var answer = Answer(
      status: response.status, subject: subject,
      body: ErrorBody(response.body, hiding: reply.authorization?.secrets ?? []),
      retryAfterSeconds: response.retryAfterSeconds(clock), login: host.outcome(of: reply.login), wasSeen: wasSeen)
    guard let other = otherOrigin(of: response) else {
      answer.domain = host.domain
      let failure = answer.failure(host: response.proxyThatAnswers ?? host.name)
      if failure.code == .pullLimited, let seconds = answer.retryAfterSeconds { restPulls(forSeconds: seconds) }
      return failure
    }
    answer.login = .notSentThere
    answer.redirectedFrom = host.name
    answer.mayShowCertificate = false
    return answer.failure(host: response.proxyThatAnswers ?? other)
  }

  /// Whether the registry has no pull to give now, as it has said.
  var isOutOfPulls: Bool {
    meter.budget?.isSpent == true
      || host.state.withLock { $0.wantsNoPull(of: meter.account, at: clock.now()) }
  }

  private func restPulls(forSeconds seconds: Int) {
    let end = clock.now() + Int64(min(seconds, Limits.registryRetryAfterSeconds)) * 1_000
    host.state.withLock { $0.restPulls(of: meter.account, until: end) }
  }

  /// Host and port of whoever answered in the registry's place, after a redirect.
  private func otherOrigin(of response: HTTPResponse) -> String? {
    guard response.wasRedirected, let url = WebURL(response.url), !url.hasSameOrigin(as: host.base) else { return nil }
    return url.hostAndPort
  }
}

extension HTTPResponse {
  /// A proxy that answers itself, wanting to be logged in to.
  var proxyThatAnswers: String? { status == 407 ? proxy.map { "the proxy \($0)" } : nil }
}
