import Addresses
package import Messages

/// How events are sent as mails. Source: docs/configuration.md.
package struct EmailSettings: Sendable, Hashable {
  /// Mails of single events would fill a mailbox.
  package static let groupSeconds = 60

  /// `smtp://host:port` or `smtps://host:port`.
  package var server = ""
  package var from = ""
  package var to: [String] = []
  /// `nil` for the summary.
  package var subject: TextTemplate?
  package var username: String?
  package var passwordFile: SecretFile?
  /// Authorities that are trusted beside the system's.
  package var caFile: SecretFile?
  package var timeoutSeconds = 60
  package var allowHTTP = false
  /// Where mails lead to.
  package var publicURL: String?
  /// Seconds before each attempt; `nil` for `RetrySchedule.standard` (`Delivery`).
  package var retryScheduleSeconds: [Int]?

  /// By the keys that name them.
  package var files: [String: SecretFile] {
    ["password_file": passwordFile, "ca_file": caFile].compactMapValues { $0 }
  }

  package init() {}

  /// Whether a server that begins without TLS has to offer it.
  package var needsTLS: Bool { caFile != nil || !allowHTTP && !isOnLoopback }

  /// Whether mails, and the password, can be read on the way.
  package var isOpenToOthers: Bool {
    if case .valid(_, isPlain: true) = MailServer.check(server) { !needsTLS && !isOnLoopback } else { false }
  }

  private var isOnLoopback: Bool {
    if case .valid(.loopback, _) = MailServer.check(server) { true } else { false }
  }
}
