/// Why a check of a tag gave no observation. Recorded with the tag, shown by `status` and `check`, and never
/// taken for "unchanged".
public struct CheckFailure: Error, Hashable, Sendable {
  /// Stable codes; they appear in JSON and in the database.
  public enum Code: String, Sendable, CaseIterable {
    case dns, connect, tls, timeout, network
    /// A limit of `Limits` was passed.
    case tooLarge = "too_large"
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
    case server
    case badRequest = "bad_request"
    case badResponse = "bad_response"
    case digestMismatch = "digest_mismatch"
    case badDocument = "bad_document"
    /// A document of a kind that has no image ID by design and cannot be watched (schema 1).
    case unsupportedDocument = "unsupported_document"
  }

  public let code: Code
  /// What happened, where, and what to do, in one line, free of secrets. Made safe to show and cut to
  /// `Limits.failureMessageCharacters`: it may quote a registry.
  public let message: String
  /// How long the registry asked to be left alone, in seconds; already clamped.
  public let retryAfterSeconds: Int?

  public init(_ code: Code, _ message: String, retryAfterSeconds: Int? = nil) {
    self.code = code
    self.message = message.safe(limit: Limits.failureMessageCharacters)
    self.retryAfterSeconds = retryAfterSeconds
  }

  /// Whether trying again soon is pointless until somebody changes something.
  public var isPermanent: Bool {
    switch code {
    case .realmRefused, .redirectRefused, .authUnsupported, .badCredentials, .credentialsUnreadable, .denied,
      .badRequest, .unsupportedDocument:
      true
    default: false
    }
  }
}
