import Addresses
package import Messages

/// How events are posted to a URL. Source: docs/configuration.md.
package struct WebhookSettings: Sendable, Hashable {
  package enum Network: String, Sendable, CaseIterable {
    /// Any address but link-local ones.
    case any
    /// Public addresses only.
    case `public`
  }

  /// `https://…`, or `http://…` where `allowHTTP` is set; without userinfo and fragment. `nil` where a file has it.
  package var url: String?
  package var urlFile: SecretFile?
  package var content = MessageContent.document
  /// Where no format decides that.
  package var method = MessageRequest.Method.post
  /// What a format's service knows the sender by.
  package var tokenFile: SecretFile?
  package var secretFile: SecretFile?
  package var secretPreviousFile: SecretFile?
  /// Authorities that are trusted beside the system's.
  package var caFile: SecretFile?
  package var clientCertFile: SecretFile?
  package var clientKeyFile: SecretFile?
  package var headers: [String: String] = [:]
  package var headerFiles: [String: SecretFile] = [:]
  /// `nil` for that of what is sent.
  package var contentType: String?
  package var timeoutSeconds = 15
  package var allowHTTP = false
  package var network = Network.any
  package var maxInFlight = 4
  /// Where messages lead to.
  package var publicURL: String?
  /// Seconds before each attempt; `nil` for `RetrySchedule.standard` (`Delivery`).
  package var retryScheduleSeconds: [Int]?

  /// By the keys that name them; not those of headers.
  package var files: [String: SecretFile] {
    [
      "url_file": urlFile, "token_file": tokenFile, "secret_file": secretFile,
      "secret_previous_file": secretPreviousFile, "ca_file": caFile, "client_cert_file": clientCertFile,
      "client_key_file": clientKeyFile,
    ].compactMapValues { $0 }
  }

  package init(url: String?) { self.url = url }

  /// Whether what is sent can be read on the way: it is not encrypted, and leaves this machine. Not known of a URL that
  /// is in a file.
  package var isOpenToOthers: Bool {
    guard let url else { return false }
    return WebhookURL.check(url) == .valid(isPlain: true) && WebhookURL.kind(url) != .loopback
  }

  /// Why what a file holds is no URL to post to; `nil` where it is one.
  package func mistake(inURL text: String) -> String? {
    switch WebhookURL.check(text) {
    case .valid(isPlain: true) where !allowHTTP: "its URL is not encrypted"
    case .valid where WebhookURL.unknownPlace(text) != nil: "only {{id}} is put into its URL"
    case .valid where WebhookURL.kind(text) == .linkLocalOrMetadata:
      "nothing is ever sent to its URL, a link-local or metadata address"
    case .valid: content.format?.mistake(inURL: text)
    case .userinfo: "its URL has a user name or password"
    case .fragment: "its URL has a fragment"
    case .characters: "its URL is not visible ASCII on one line"
    case .scheme: "it does not begin with https://"
    case .host: "its URL has no valid host"
    }
  }
}
