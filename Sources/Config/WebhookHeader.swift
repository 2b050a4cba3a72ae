/// Which headers a webhook sink may be given.
enum WebhookHeader {
  /// A token. Source: RFC 9110 section 5.6.2.
  static func isName(_ text: String) -> Bool {
    let others = "!#$%&'*+-.^_`|~".utf8
    return (1...128).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20) || others.contains($0)
      }
  }

  /// Visible ASCII and spaces between: nothing that could begin another header.
  static func isValue(_ text: String) -> Bool {
    (1...4_096).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
      && text.first != " " && text.last != " "
  }

  /// Headers that the sink or the connection owns.
  static func isReserved(_ lower: String) -> Bool {
    lower.hasPrefix("webhook-")
      || [
        "connection", "content-encoding", "content-length", "content-type", "expect", "host", "keep-alive", "te",
        "trailer", "transfer-encoding", "upgrade",
      ].contains(lower)
  }

  /// Headers whose value is a secret whatever it is.
  static func isSecret(_ lower: String) -> Bool {
    ["authorization", "cookie", "proxy-authorization", "x-api-key", "x-auth-token"].contains(lower)
  }
}
