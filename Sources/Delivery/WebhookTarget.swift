package import Messages
package import Transport

/// Where a webhook sink posts to, and how.
package struct WebhookTarget: Sendable {
  /// Without user name and fragment; whatever else is in it may be secret.
  package enum Address: Sendable {
    case url(String)
    /// A file that holds it; `mistake` says why a text is none to post to.
    case file(String, mistake: @Sendable (String) -> String?)
  }

  package var address: Address
  package var content = MessageContent.document
  /// Where no format decides that.
  package var method = MessageRequest.Method.post
  /// Where the pages are that messages lead to, if there are any.
  package var publicURL: String?
  /// A file with what a format's service knows the sender by.
  package var tokenFile: String?
  /// Files with the secrets to sign with: the current one, and during a rotation the one before.
  package var secretFiles: [String] = []
  package var headers: [String: String] = [:]
  /// Files with the values of headers.
  package var headerFiles: [String: String] = [:]
  /// PEM file with authorities to trust in addition to the system's.
  package var caFile: String?
  /// PEM files with the certificate to show, and its key where that is not in it.
  package var clientCertFile: String?
  package var clientKeyFile: String?
  /// `nil` for that of what is sent.
  package var contentType: String?
  package var timeoutSeconds: Int
  package var allowHTTP: Bool
  package var addresses: AddressPolicy
  /// Requests under way at a time, all of different tags.
  package var maxInFlight: Int
  package var schedule = RetrySchedule.standard

  package init(_ address: Address, timeoutSeconds: Int, allowHTTP: Bool, addresses: AddressPolicy, maxInFlight: Int) {
    self.address = address
    self.timeoutSeconds = timeoutSeconds
    self.allowHTTP = allowHTTP
    self.addresses = addresses
    self.maxInFlight = maxInFlight
  }
}
