import Addresses

/// How events are posted to a URL. Source: docs/configuration.md.
package struct WebhookSettings: Sendable, Hashable {
  package enum Network: String, Sendable, CaseIterable {
    /// Any address but link-local ones.
    case any
    /// Public addresses only.
    case `public`
  }

  /// `https://…`, or `http://…` where `allowHTTP` is set; without userinfo and fragment.
  package var url: String
  package var secretFile: SecretFile?
  package var secretPreviousFile: SecretFile?
  /// Authorities that are trusted beside the system's.
  package var caFile: SecretFile?
  package var headers: [String: String] = [:]
  package var headerFiles: [String: SecretFile] = [:]
  /// `nil` for that of `WebhookTarget` (`Delivery`).
  package var contentType: String?
  package var timeoutSeconds = 15
  package var allowHTTP = false
  package var network = Network.any
  package var maxInFlight = 4
  /// Seconds before each attempt; `nil` for `RetrySchedule.standard` (`Delivery`).
  package var retryScheduleSeconds: [Int]?

  package init(url: String) { self.url = url }

  /// Whether what is sent can be read on the way: it is not encrypted, and leaves this machine.
  package var isOpenToOthers: Bool {
    WebhookURL.check(url) == .valid(isPlain: true) && WebhookURL.kind(url) != .loopback
  }
}
