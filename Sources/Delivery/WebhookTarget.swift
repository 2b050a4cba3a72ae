package import Transport

/// Where a webhook sink posts to, and how.
package struct WebhookTarget: Sendable {
  package static let usualContentType = "application/cloudevents+json; charset=utf-8"

  /// Without user name and fragment; whatever else is in it may be secret.
  package var url: String
  /// Files with the secrets to sign with: the current one, and during a rotation the one before.
  package var secretFiles: [String] = []
  package var headers: [String: String] = [:]
  /// Files with the values of headers.
  package var headerFiles: [String: String] = [:]
  /// PEM file with authorities to trust in addition to the system's.
  package var caFile: String?
  package var contentType = Self.usualContentType
  package var timeoutSeconds: Int
  package var allowHTTP: Bool
  package var addresses: AddressPolicy
  /// Requests under way at a time, all of different tags.
  package var maxInFlight: Int
  package var schedule = RetrySchedule.standard

  package init(url: String, timeoutSeconds: Int, allowHTTP: Bool, addresses: AddressPolicy, maxInFlight: Int) {
    self.url = url
    self.timeoutSeconds = timeoutSeconds
    self.allowHTTP = allowHTTP
    self.addresses = addresses
    self.maxInFlight = maxInFlight
  }
}
