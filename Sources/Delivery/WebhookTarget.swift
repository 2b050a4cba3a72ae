import Transport

/// Where a webhook sink posts to, and how.
public struct WebhookTarget: Sendable {
  /// Without user name and fragment; whatever else is in it may be secret.
  public var url: String
  /// Files with the secrets to sign with: the current one, and during a rotation the one before.
  public var secretFiles: [String] = []
  public var headers: [String: String] = [:]
  /// Files with the values of headers.
  public var headerFiles: [String: String] = [:]
  public var contentType = "application/cloudevents+json; charset=utf-8"
  public var timeoutSeconds = 15
  public var allowHTTP = false
  public var addresses = AddressPolicy.denyLinkLocal
  /// Requests under way at a time, all of different tags.
  public var maxInFlight = 4
  public var schedule = RetrySchedule.standard

  public init(url: String) { self.url = url }
}
