import ImageModel

/// An answer of a registry that is not the document asked for, ready to be judged.
struct Answer: Sendable {
  /// What was asked for.
  enum Subject: Sendable {
    /// A tag, or a digest that a person named.
    case reference
    /// A document that another document or answer named.
    case part
  }

  var status: Int
  var subject: Subject = .reference
  /// Empty for HEAD, whose answers have no body.
  var body: ErrorBody = .none
  var retryAfterSeconds: Int?
  var usedCredentials = false

  /// What the answer means. Source: distribution-spec, error codes; distribution
  /// `registry/api/errcode`; the places named beside the rows.
  ///
  /// - Parameters:
  ///   - asked: what was asked for, `docker.io/library/a:b`.
  ///   - host: who answered, for the message.
  func failure(asked: String, host: String) -> CheckFailure {
    let verdict = verdict
    let code = body.summary
    return CheckFailure(
      verdict.code, "\(asked): \(host) answered \(status)\(code): \(verdict.remedy)",
      retryAfterSeconds: verdict.isTransient ? retryAfterSeconds : nil)
  }

  struct Verdict: Hashable, Sendable {
    let code: CheckFailure.Code
    let remedy: String
    var isTransient = false
  }

  var verdict: Verdict {
    switch status {
    case 304: Verdict(code: .badResponse, remedy: "nothing was asked that 304 could answer; a proxy is in the way")
    case 300..<400: Verdict(code: .redirectRefused, remedy: "the redirect leads nowhere that may be followed")
    case 401: unauthorized
    case 403: denied
    case 404, 410: missing
    case 405: body.has("DENIED") ? denied : Verdict(code: .badResponse, remedy: "it does not serve manifests")
    case 406, 415:
      Verdict(code: .unsupportedDocument, remedy: "it has no document of a kind that can be watched")
    case 407: Verdict(code: .authUnsupported, remedy: "the proxy wants credentials; set them in its URL")
    case 413, 431: Verdict(code: .badRequest, remedy: "the request is too large for it, likely its own token")
    case 429: rateLimited
    case 451: Verdict(code: .denied, remedy: "it may not be served for legal reasons")
    case 408, 425: Verdict(code: .server, remedy: "tried again later", isTransient: true)
    case 500...: serverError
    case 400: Verdict(code: .badRequest, remedy: "the registry does not take this reference; check its spelling")
    default: Verdict(code: .badResponse, remedy: "not an answer a registry gives; a proxy may be in the way")
    }
  }

  private var unauthorized: Verdict {
    Verdict(
      code: .unauthorizedOrMissing,
      remedy: "it is private or not there, the registry does not say which; check the name"
        + (usedCredentials ? " and what the credentials may read" : " or set credentials for the registry"))
  }

  /// Policy, scope, geography, an expired login; at Artifactory also a tag that does not exist (cosign#2973).
  private var denied: Verdict {
    Verdict(
      code: .denied,
      remedy: "access is denied; check "
        + (usedCredentials ? "what the credentials may read" : "the name, or set credentials for the registry"))
  }

  private var rateLimited: Verdict {
    Verdict(code: .rateLimited, remedy: "too many requests; poll less often or set credentials", isTransient: true)
  }

  private var missing: Verdict {
    if subject == .part {
      // A push in progress, garbage collection, a lagging mirror: the tag itself is there.
      return Verdict(code: .notFound, remedy: "a part of the image is not there yet; tried again", isTransient: true)
    }
    // distribution and ACR answer so when the stored type is not on the Accept list (Azure/acr#764).
    if body.has("MANIFEST_UNKNOWN"), body.mentions("accept header") {
      return Verdict(code: .unsupportedDocument, remedy: "the tag holds a kind of document that cannot be watched")
    }
    if body.has("MANIFEST_UNKNOWN") || body.has("TAG_EXPIRED") {
      return Verdict(code: .tagMissing, remedy: "there is no such tag; check the spelling")
    }
    if body.has("NAME_UNKNOWN") || body.has("NOT_FOUND") || body.mentions("repository not found") {
      return Verdict(code: .repositoryMissing, remedy: "there is no such repository, or it is private")
    }
    return Verdict(
      code: .notFound, remedy: "not a registry's own answer; an outage or a proxy, or no registry at all",
      isTransient: true)
  }

  private var serverError: Verdict {
    // A pull-through cache wraps its upstream's refusal in 500 (distribution-library-image#146).
    if status == 500, ["denied", "unauthorized", "authentication required"].contains(where: body.mentions) {
      return unauthorized
    }
    return Verdict(code: .server, remedy: "the registry has a problem; tried again later", isTransient: true)
  }
}
