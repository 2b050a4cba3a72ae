/// Why a check of a tag gave no observation. Recorded with the tag, shown by `status` and `check`, and never
/// taken for "unchanged".
package struct CheckFailure: Error, Hashable, Sendable {
  /// Stable codes; they appear in JSON and in the database.
  package enum Code: String, Sendable, CaseIterable {
    case dns, connect, tls, timeout, network
    /// A limit of `Limits` was passed.
    case tooLarge = "too_large"
    /// The registry is at a link-local or metadata address, where no request goes.
    case addressRefused = "address_refused"
    case redirectRefused = "redirect_refused"
    /// The registry's token server is not one that credentials may go to.
    case realmRefused = "realm_refused"
    case authUnsupported = "auth_unsupported"
    case badCredentials = "bad_credentials"
    /// A file with credentials or certificates cannot be read.
    case credentialsUnreadable = "credentials_unreadable"
    /// 401 after a fresh token: private or not there; a registry does not say which.
    case unauthorizedOrMissing = "unauthorized_or_missing"
    case denied
    /// 404 MANIFEST_UNKNOWN on a GET: a credible sign that the tag is gone.
    case tagMissing = "tag_missing"
    case repositoryMissing = "repository_missing"
    /// 404 without a registry's own error body: a proxy or an outage.
    case notFound = "not_found"
    case rateLimited = "rate_limited"
    /// The limit on pulls is spent; what is no pull is answered.
    case pullLimited = "pull_limited"
    case server
    case badRequest = "bad_request"
    case badResponse = "bad_response"
    case digestMismatch = "digest_mismatch"
    case badDocument = "bad_document"
    /// A document of a kind that is not known.
    case unsupportedDocument = "unsupported_document"
  }

  package let code: Code
  /// What happened, free of secrets. Names the registry, token server or document concerned and leaves the tag
  /// to whoever shows it. Made safe to show and cut to `Limits.failureMessageCharacters`: it may quote a registry.
  package let what: String
  /// What to do, made as safe; `nil` where nobody can say, or where `what` holds it already.
  package let remedy: String?
  /// How long the registry asked to be left alone, in seconds; already clamped.
  package let retryAfterSeconds: Int?

  /// - Parameter what: what happened, or a whole `message` that was stored.
  package init(_ code: Code, _ what: String, remedy: String? = nil, retryAfterSeconds: Int? = nil) {
    self.code = code
    self.what = what.safe(limit: Limits.failureMessageCharacters)
    self.remedy = remedy?.safe(limit: Limits.failureMessageCharacters)
    self.retryAfterSeconds = retryAfterSeconds
  }

  /// `<what>: <remedy>` in one line: what is stored and shown beside the tag.
  package var message: String {
    guard let remedy else { return what }
    return "\(what): \(remedy)".safe(limit: Limits.failureMessageCharacters)
  }

  /// Whether trying again soon is pointless until somebody changes something.
  package var isPermanent: Bool {
    switch code {
    case .realmRefused, .redirectRefused, .authUnsupported, .badCredentials, .credentialsUnreadable, .denied,
      .badRequest, .unsupportedDocument:
      true
    default: false
    }
  }
}
