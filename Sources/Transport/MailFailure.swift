import ImageModel

/// Why a mail was not taken by its server, or is not known to be.
package struct MailFailure: Error, Hashable, Sendable {
  /// How far it came.
  package enum Stage: Hashable, Sendable {
    /// No connection, or none with TLS.
    case connection, tls
    /// The server's first words.
    case greeting
    case login, sender
    case recipient(String)
    /// The mail itself.
    case content
    case cancelled
  }

  package let stage: Stage
  /// What the server answered, 400 … 599, if it did.
  package let code: Int?
  /// What happened, with which server, in one line without secrets.
  package let what: String
  /// The server's words or libcurl's.
  package let reason: String?
  package let advice: String?
  /// Of stage `tls`.
  package let tlsProblem: TLSProblem?

  static let cancelled = MailFailure(.cancelled, "cancelled")

  init(
    _ stage: Stage, code: Int? = nil, _ what: String, reason: String? = nil, advice: String? = nil,
    tlsProblem: TLSProblem? = nil
  ) {
    (self.stage, self.code, self.tlsProblem) = (stage, code, tlsProblem)
    self.what = what.safe()
    self.reason = reason.map { $0.safe() }
    self.advice = advice
  }
}
