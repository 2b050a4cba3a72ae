/// One mail to a server, with every limit that holds for it.
package struct MailRequest: Sendable {
  /// `smtp://host:port` or `smtps://host:port`.
  package let server: String
  /// Addresses without brackets and controls; it goes to all of the recipients, or to none.
  package let from: String
  package let to: [String]
  /// RFC 5322, with lines that end with CR and LF.
  package let mail: [UInt8]
  package var login: Login?
  /// Whether nothing is said to an `smtp` server but over TLS, which it has to offer (STARTTLS); otherwise over none.
  package var needsTLS = true
  package var tls = TLSSettings()
  package var addresses = AddressPolicy.denyLinkLocal
  /// From the look-up of the name to the server's word that it has the mail.
  package var totalSeconds: Int
  /// All that the server says, in bytes.
  package var replyLimit = 64 * 1_024

  package struct Login: Sendable {
    package let username: String
    package let password: String

    package init(username: String, password: String) { (self.username, self.password) = (username, password) }
  }

  package init(server: String, from: String, to: [String], mail: [UInt8], totalSeconds: Int) {
    (self.server, self.from, self.to, self.mail) = (server, from, to, mail)
    self.totalSeconds = totalSeconds
  }
}
