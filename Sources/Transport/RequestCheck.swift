import Addresses

/// What is checked before a request, or the next hop of one, may reach libcurl.
enum RequestCheck {
  /// - Parameter redirected: whether the URL is somebody else's wish.
  @discardableResult
  static func check(_ request: HTTPRequest, redirected: Bool = false) throws(TransportError) -> Origin {
    func failure(_ code: TransportError.Code, _ what: String, advice: String? = nil) -> TransportError {
      TransportError(code, what, advice: advice, url: redactedURL(request.url), redirected: redirected)
    }
    guard let url = CurlURL(request.url), let origin = Origin(url) else {
      throw failure(.badURL, "the URL is not an absolute https or http URL")
    }
    if url.hasUserInfo {
      throw failure(.badURL, "the URL for \(origin.host) holds a user name or password", advice: "remove it")
    }
    if origin.scheme == "http" && !request.allowPlainHTTP {
      throw failure(
        .plainHTTPRefused, "plain HTTP to \(origin.host) is refused", advice: "use https or allow http for this host")
    }
    if !request.addresses.allows(host: origin.host) {
      let (refusal, advice) = request.addresses.refusal(of: IPAddress(origin.host))
      throw failure(.addressRefused, "\(origin.host):\(origin.port) is \(refusal)", advice: advice)
    }
    return origin
  }
}
