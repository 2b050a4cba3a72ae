/// What is checked before a request, or the next hop of one, may reach libcurl.
enum RequestCheck {
  @discardableResult
  static func check(_ request: HTTPRequest) throws(TransportError) -> Origin {
    guard let url = CurlURL(request.url), let origin = Origin(url) else {
      throw failure(.badURL, "the URL is not an absolute https or http URL", request)
    }
    if url.hasUserInfo {
      throw failure(.badURL, "the URL for \(origin.host) holds a user name or password; remove it", request)
    }
    if origin.scheme == "http" && !request.allowPlainHTTP {
      throw failure(
        .plainHTTPRefused, "plain HTTP to \(origin.host) is refused; use https or allow http for this host", request)
    }
    if request.addresses != .any && !request.addresses.allows(host: origin.host) {
      throw failure(
        .addressRefused, "\(origin.host) is \(request.addresses.refusal), which this request may not reach", request)
    }
    return origin
  }

  private static func failure(
    _ code: TransportError.Code, _ message: String, _ request: HTTPRequest
  ) -> TransportError {
    TransportError(code, message, url: redactedURL(request.url))
  }
}

extension AddressPolicy {
  /// What an address is that this policy refuses.
  var refusal: String { self == .publicOnly ? "not a public address" : "a link-local or metadata address" }
}
