package import Messages

/// Where an email sink sends to, and how.
package struct MailTarget: Sendable {
  /// `smtp://…` or `smtps://…`.
  package let server: String
  package let form: MailForm
  package var username: String?
  /// Beside `username`.
  package var passwordFile: String?
  /// PEM file with authorities to trust in addition to the system's.
  package var caFile: String?
  /// Whether `smtp` without TLS is refused.
  package var needsTLS = true
  package var timeoutSeconds: Int
  package var schedule = RetrySchedule.standard

  package init(server: String, form: MailForm, timeoutSeconds: Int) {
    (self.server, self.form, self.timeoutSeconds) = (server, form, timeoutSeconds)
  }
}
