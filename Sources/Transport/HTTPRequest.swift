/// One HTTP request with every limit that holds for it.
package struct HTTPRequest: Sendable {
  package enum Method: Sendable, Hashable {
    case get, head, post, put

    /// Whether it sends a body, though it may be empty.
    var hasBody: Bool { self == .post || self == .put }
  }

  package var method: Method
  /// An absolute `https` or `http` URL without user name and password.
  package var url: String
  /// The path of a Unix socket that is connected to, whatever the URL's host is.
  package var unixSocket: String?
  /// Sent in this order. After a redirect to another origin only `Accept` and `User-Agent` are kept.
  package var headers: [(name: String, value: String)]
  /// The value of `Authorization`. Dropped for good at the first redirect to another scheme, host or port.
  package var authorization: String?
  /// The body of a POST or PUT.
  package var body: [UInt8]?

  /// The longest body of a 2xx response, in bytes.
  package var bodyLimit: Int
  /// Whether a longer body is cut off there instead of being an error, for replies of which only the start
  /// matters.
  package var cutsBody = false
  /// Where the body of any other response is cut off, in bytes; never an error.
  package var errorBodyLimit = 64 * 1_024
  /// All response headers together, those of interim responses and trailers included, in bytes.
  package var headerLimit = 64 * 1_024
  package var connectSeconds = 10
  /// From its turn (see `HTTPClient`) to the end, redirects included.
  package var totalSeconds = 60
  /// A transfer slower than `stallBytesPerSecond` for this long is given up; so is waiting for an answer.
  package var stallSeconds = 20
  package var stallBytesPerSecond = 100

  /// How many redirects are followed, for GET and HEAD only and with the method kept. With 0, and for others,
  /// a redirect is an ordinary response.
  package var redirects: Int
  package var tls: TLSSettings
  /// Whether `http` URLs may be used. A redirect from `https` to `http` is refused in any case.
  package var allowPlainHTTP: Bool
  package var addresses: AddressPolicy

  package init(
    _ method: Method = .get, url: String, headers: [(name: String, value: String)] = [],
    authorization: String? = nil, body: [UInt8]? = nil, bodyLimit: Int, redirects: Int = 5,
    tls: TLSSettings = TLSSettings(), allowPlainHTTP: Bool = false, addresses: AddressPolicy = .denyLinkLocal
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.authorization = authorization
    self.body = body
    self.bodyLimit = bodyLimit
    self.redirects = redirects
    self.tls = tls
    self.allowPlainHTTP = allowPlainHTTP
    self.addresses = addresses
  }
}
