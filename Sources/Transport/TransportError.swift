/// Why there is no response.
package struct TransportError: Error, Sendable, Hashable {
  /// Stable codes.
  package enum Code: String, Sendable, CaseIterable {
    case dns, connect, tls, timeout, stalled, network
    /// The server wants a certificate of the client and was shown none, or refuses the one it was shown.
    case clientCertificate = "client_certificate"
    /// The proxy wants a user name and password, or others.
    case proxyAuth = "proxy_auth"
    /// The proxy does not connect to the host, or cannot be used at all.
    case proxyRefused = "proxy_refused"
    case bodyTooLarge = "body_too_large"
    case headersTooLarge = "headers_too_large"
    /// To plain HTTP, to another scheme, or to a URL with a user name.
    case redirectRefused = "redirect_refused"
    case tooManyRedirects = "too_many_redirects"
    case addressRefused = "address_refused"
    case plainHTTPRefused = "plain_http_refused"
    case badURL = "bad_url"
    /// A header to be sent holds line breaks or other control characters.
    case badHeader = "bad_header"
    case cancelled
    /// What came is no HTTP response.
    case protocolError = "protocol_error"
    /// The body is coded in a way that cannot be undone here, or is not what its `Content-Encoding` says.
    case contentCoding = "content_coding"
    /// The system's libcurl lacks something that the request needs.
    case unsupported
  }

  package let code: Code
  /// What happened, with which host. This, `reason` and `advice` are a line of printable ASCII each and hold neither
  /// user names, queries nor header values.
  package let what: String
  /// libcurl's words for it.
  package let reason: String?
  /// What to do.
  package let advice: String?
  /// The URL at fault, without user name, query and fragment.
  package let url: String
  /// Whether it happened after a redirect.
  package let redirected: Bool

  package init(
    _ code: Code, _ what: String, reason: String? = nil, advice: String? = nil, url: String, redirected: Bool = false
  ) {
    self.code = code
    self.what = Self.oneLine(what)
    self.reason = reason.map(Self.oneLine)
    self.advice = advice.map(Self.oneLine)
    self.url = Self.oneLine(url)
    self.redirected = redirected
  }

  /// All of it in one line, `<what>; <advice> (<reason>)`.
  package var message: String {
    what + (advice.map { "; \($0)" } ?? "") + (reason.map { " (\($0))" } ?? "")
  }

  /// Servers and certificates have a say in libcurl's texts.
  private static func oneLine(_ text: String) -> String {
    let bytes = text.utf8.prefix(400).map { (0x20..<0x7f).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: bytes, as: UTF8.self)
  }
}
