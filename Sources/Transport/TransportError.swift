/// Why there is no response.
public struct TransportError: Error, Sendable, Hashable {
  /// Stable codes.
  public enum Code: String, Sendable, CaseIterable {
    case dns, connect, tls, timeout, stalled, network
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

  public let code: Code
  /// What happened, with which host and what to do, in one line of printable ASCII. Holds neither user
  /// names, queries nor header values.
  public let message: String
  /// The URL at fault, without user name, query and fragment.
  public let url: String
  /// Whether it happened after a redirect.
  public let redirected: Bool

  public init(_ code: Code, _ message: String, url: String, redirected: Bool = false) {
    self.code = code
    self.message = Self.oneLine(message, limit: 400)
    self.url = Self.oneLine(url, limit: 400)
    self.redirected = redirected
  }

  /// Servers and certificates have a say in libcurl's texts.
  private static func oneLine(_ text: String, limit: Int) -> String {
    let bytes = text.utf8.prefix(limit).map { (0x20..<0x7f).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: bytes, as: UTF8.self)
  }
}
