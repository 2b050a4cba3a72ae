import ImageModel

/// An answer of a registry that is not the document asked for, ready to be judged.
struct Answer: Sendable {
  /// What was asked for.
  enum Subject: Sendable {
    case tag
    /// A digest that a person named.
    case digest
    /// The tags of a repository.
    case list
    /// A document that another document or answer named: `the manifest 0a48c1b2d3e4`.
    case part(String)
  }

  /// What became of the credentials that the configuration has for the registry.
  enum Login: Hashable, Sendable {
    /// There are none.
    case none
    /// The registry took the request without them.
    case notAskedFor
    /// They were sent, or a token got with them was. They are called so.
    case refused(String)
    /// There should be one, and this is why there is none.
    case unusable(reason: String)
    /// Whoever answers gets none: a redirect led there.
    case notSentThere
  }

  var status: Int
  var subject = Subject.tag
  /// Empty for HEAD, whose answers have no body.
  var body: ErrorBody = .none
  var retryAfterSeconds: Int?
  var login = Login.none
  /// The tag was there before: its name is right.
  var wasSeen = false
  /// Who redirected to whoever answers, another origin than its own.
  var redirectedFrom: String?
  /// The key under `registries` of whoever answers; `nil` where that is not the registry itself.
  var domain: String?
  /// Whether a client certificate goes to whoever answers, if there is one.
  var mayShowCertificate = true

  /// What the answer means. Source: distribution-spec, error codes; distribution
  /// `registry/api/errcode`; the places named beside the rows.
  ///
  /// - Parameter host: who answered, for the message.
  func failure(host: String) -> CheckFailure {
    let verdict = verdict
    var what = what(host: host)
    // A rate limit holds for every tag of the registry.
    if case .part(let name) = subject, verdict.code != .rateLimited { what += " for \(name)" }
    if let redirectedFrom { what += " (\(redirectedFrom) redirects there)" }
    return CheckFailure(
      verdict.code, what, remedy: verdict.remedy, retryAfterSeconds: verdict.isTransient ? retryAfterSeconds : nil)
  }

  func what(host: String) -> String { "\(host) answered \(status)\(body.summary)" }

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
    case 405: body.has("DENIED") ? denied : Verdict(code: .badResponse, remedy: "it does not serve \(wanted)")
    case 406, 415:
      Verdict(code: .unsupportedDocument, remedy: "it has no document of a kind that can be watched")
    case 407:
      Verdict(
        code: .authUnsupported,
        remedy: "it wants a user name and password; set or correct them: proxy.username and proxy.password_file, or in "
          + "the proxy's URL in the environment")
    case 413, 431: Verdict(code: .badRequest, remedy: "the request is too large for it, likely its own token")
    case 429 where body.mentions("pull rate limit"): pullLimited
    case 429: rateLimited
    case 451: Verdict(code: .denied, remedy: "it may not be served for legal reasons")
    case 408, 425: Verdict(code: .server, remedy: "try again later", isTransient: true)
    case 500...: serverError
    case 400 where body.certificate != nil: certificate
    case 400 where body.wantsTLS:
      Verdict(
        code: .connect,
        remedy: domain.map { "it speaks TLS there; set registries.\($0).scheme to \"https\"" } ?? "it speaks TLS there")
    case 400:
      Verdict(
        code: .badRequest,
        remedy: wasSeen
          ? "it took this reference before; try again later" : "it does not take this reference; check its spelling")
    default: Verdict(code: .badResponse, remedy: "not an answer a registry gives; a proxy may be in the way")
    }
  }

  private var wanted: String { if case .list = subject { "lists of tags" } else { "manifests" } }

  private var unauthorized: Verdict {
    Verdict(code: .unauthorizedOrMissing, remedy: login.remedyIfMissing(wasSeen: wasSeen))
  }

  /// Policy, scope, geography, an expired login; at Artifactory also a tag that does not exist (cosign#2973).
  private var denied: Verdict {
    Verdict(code: .denied, remedy: login.remedyIfDenied(wasSeen: wasSeen))
  }

  private var certificate: Verdict {
    let remedy =
      if !mayShowCertificate {
        redirectedFrom == nil ? "it gets none, for it is not the registry itself" : CheckFailure.badRedirect
      } else if body.certificate == .missing {
        "it asks for a client certificate; set client_cert_file and client_key_file for it"
      } else {
        "it refuses the client certificate; check client_cert_file and whom the registry trusts"
      }
    return Verdict(code: .tls, remedy: remedy)
  }

  private var isLoggedIn: Bool { if case .refused = login { true } else { false } }

  /// Source: docs.docker.com, Docker Hub usage and limits.
  private var pullLimited: Verdict {
    Verdict(
      code: .pullLimited,
      remedy: isLoggedIn ? "wait; its account has a limit on pulls" : "wait, or log in for a higher limit")
  }

  private var rateLimited: Verdict {
    Verdict(
      code: .rateLimited,
      remedy: "too many requests; poll less often" + (login == .none ? " or set credentials" : ""), isTransient: true)
  }

  private var missing: Verdict {
    if case .part = subject {
      // A push in progress, garbage collection, a lagging mirror: the tag itself is there.
      return Verdict(
        code: .notFound, remedy: "the image is not there in full, or not yet; try again later", isTransient: true)
    }
    if case .list = subject, !body.codes.isEmpty { return repositoryMissing }
    // distribution and ACR answer so when the stored type is not on the Accept list (Azure/acr#764).
    if body.has("MANIFEST_UNKNOWN"), body.mentions("accept header") {
      return Verdict(code: .unsupportedDocument, remedy: "it is a kind of document that cannot be watched")
    }
    if body.has("MANIFEST_UNKNOWN") || body.has("TAG_EXPIRED") {
      return Verdict(code: .tagMissing, remedy: remedyIfGone)
    }
    if body.has("NAME_UNKNOWN") || body.has("NOT_FOUND") || body.mentions("repository not found") {
      return repositoryMissing
    }
    return Verdict(
      code: .notFound,
      remedy: "it does not look like a registry's answer: an outage, a proxy, or no registry at all; check the host",
      isTransient: true)
  }

  private var repositoryMissing: Verdict {
    Verdict(
      code: .repositoryMissing,
      remedy: wasSeen
        ? "the repository was here and is gone or private now; ask whoever pushes to it"
        : "there is no such repository, or it is private; check the name")
  }

  private var remedyIfGone: String {
    if case .digest = subject { return "the digest was deleted or was never there; check it" }
    return wasSeen
      ? "the tag was here and is gone; ask whoever pushes it"
      : "the tag was deleted or was never there; check the spelling"
  }

  private var serverError: Verdict {
    // A pull-through cache wraps its upstream's refusal in 500 (distribution-library-image#146).
    if status == 500, ["denied", "unauthorized", "authentication required"].contains(where: body.mentions) {
      return unauthorized
    }
    return Verdict(code: .server, remedy: "the registry has a problem; try again later", isTransient: true)
  }
}

extension Answer.Login {
  private static let isElsewhere = "credentials are not sent there; \(CheckFailure.badRedirect)"

  /// What to do about a registry that does not say whether there is something that may not be read.
  ///
  /// - Parameter wasSeen: the tag was there before.
  func remedyIfMissing(wasSeen: Bool) -> String {
    let isAway = wasSeen ? "it was here and is gone or private now" : "it is private or not there"
    return switch self {
    case .none: isAway + (wasSeen ? "; " : "; check the name or ") + "set credentials for the registry"
    case .unusable(let reason): "\(isAway), and \(reason)"
    case .notAskedFor:
      isAway + ", and the configured credentials were not asked for" + (wasSeen ? "" : "; check the name")
    case .refused(let name):
      wasSeen
        ? "it was here and is gone, or no longer allowed with the \(name); check what that may read"
        : "it is not there, or not allowed with the \(name); check both"
    case .notSentThere: Self.isElsewhere
    }
  }

  /// - Parameter wasSeen: the tag was there before.
  func remedyIfDenied(wasSeen: Bool) -> String {
    let isDenied = wasSeen ? "access is denied now" : "access is denied"
    return switch self {
    case .none: isDenied + (wasSeen ? "; " : "; check the name or ") + "set credentials for the registry"
    case .unusable(let reason): "\(isDenied), and \(reason)"
    case .notAskedFor:
      isDenied + ", and the configured credentials were not asked for" + (wasSeen ? "" : "; check the name")
    case .refused(let name):
      wasSeen
        ? "it is no longer allowed with the \(name); check what that may read"
        : "it is not allowed with the \(name); check the name and what that may read"
    case .notSentThere: Self.isElsewhere
    }
  }
}
