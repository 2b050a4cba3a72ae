/// How events are posted to a URL. Source: docs/configuration.md.
public struct WebhookSettings: Sendable, Hashable {
  public enum Network: String, Sendable, CaseIterable {
    /// Any address but link-local ones.
    case any
    /// Public addresses only.
    case `public`
  }

  /// `https://…`, or `http://…` where `allowHTTP` is set; without userinfo and fragment.
  public var url: String
  public var secretFile: SecretFile?
  public var secretPreviousFile: SecretFile?
  public var headers: [String: String] = [:]
  public var headerFiles: [String: SecretFile] = [:]
  /// `nil`: `application/cloudevents+json; charset=utf-8`.
  public var contentType: String?
  public var timeoutSeconds = 15
  public var allowHTTP = false
  public var network = Network.any
  public var maxInFlight = 4
  /// Seconds before each attempt; `nil`: the ten attempts of docs/webhooks.md.
  public var retryScheduleSeconds: [Int]?

  public init(url: String) { self.url = url }
}
