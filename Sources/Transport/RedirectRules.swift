/// Redirects, decided by hand: libcurl's own following has leaked credentials before (CVE-2018-1000007,
/// CVE-2022-27774, CVE-2022-27776) and cannot be told to keep HEAD and refuse a downgrade.
enum RedirectRules {
  private static let statuses: Set<Int> = [301, 302, 303, 307, 308]
  /// What another origin may see of the request's headers.
  private static let harmlessHeaders: Set<String> = ["accept", "user-agent"]

  /// Whether a response with this status leads on, if it has a `Location`, and is not the answer itself.
  static func leadsOn(status: Int, request: HTTPRequest) -> Bool {
    request.redirects > 0 && !request.method.hasBody && statuses.contains(status)
  }

  /// The request to make for `location`: the same method, and for another origin without anything that
  /// belongs to the first.
  ///
  /// - Parameters:
  ///   - hop: counts from 1.
  ///   - cameFromPublic: whether the redirecting server has a public address; such a server cannot send us
  ///     into a private network.
  static func next(
    _ request: HTTPRequest, location: String, hop: Int, cameFromPublic: Bool
  ) throws(TransportError) -> HTTPRequest {
    guard let url = CurlURL(request.url), let from = Origin(url) else {
      throw TransportError(.badURL, "the URL cannot be read", url: redactedURL(request.url))
    }
    func refused(_ reason: String) -> TransportError {
      TransportError(
        .redirectRefused, "\(from.host) redirects \(reason)", advice: "not followed", url: redactedURL(request.url),
        redirected: hop > 1)
    }
    if hop > request.redirects {
      throw TransportError(
        .tooManyRedirects, "more than \(request.redirects) redirects, the last from \(from.host)",
        url: redactedURL(request.url), redirected: true)
    }
    guard url.resolve(location), let to = Origin(url), let text = url.text else {
      throw refused("to something that is no https or http URL")
    }
    if url.hasUserInfo { throw refused("to a URL with a user name or password") }
    if from.scheme == "https" && to.scheme == "http" { throw refused("from https to plain http on \(to.host)") }

    var next = request
    next.url = text
    guard to != from else { return next }
    next.authorization = nil
    next.headers.removeAll { !harmlessHeaders.contains($0.name.lowercased()) }
    next.tls = request.tls.forOtherOrigin
    if cameFromPublic { next.addresses = .publicOnly }
    return next
  }
}
