import ImageModel
import Transport

/// How a token is asked for.
enum TokenWay: Sendable {
  /// With this `Authorization`, or without any.
  case get(String?)
  /// For a refresh token. Source: distribution `docs/content/spec/auth/oauth.md`.
  case post(refreshToken: String)

  var authorization: String? { if case .get(let value) = self { value } else { nil } }

  func url(of key: TokenKey) -> String {
    switch self {
    case .get: key.challenge.realm.tokenURL(service: key.challenge.service, scopes: key.scopes)
    case .post: key.challenge.realm.text
    }
  }

  func request(_ request: HTTPRequest, _ key: TokenKey) -> HTTPRequest {
    guard case .post(let token) = self else { return request }
    var request = request
    request.method = .post
    var fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "watcher")]
    if let service = key.challenge.service { fields.append(("service", service)) }
    fields.append(("scope", key.scopes.joined(separator: " ")))
    let form = fields.map { "\($0)=\(WebURL.encode($1))" }.joined(separator: "&")
    request.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
    request.body = Array(form.utf8)
    return request
  }
}

extension WebURL {
  /// The URL of a token request. Parameters that the realm brings along are kept, but none that would widen
  /// what is asked for.
  func tokenURL(service: String?, scopes: [String]) -> String {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var query = parts.count < 2 ? [] : parts[1].split(separator: "&").map(String.init)
    query.removeAll { ["scope", "service", "offline_token"].contains($0.prefix { $0 != "=" }.lowercased()) }
    if let service { query.append("service=" + Self.encode(service)) }
    query += scopes.map { "scope=" + Self.encode($0) }
    return origin + parts[0] + "?" + query.joined(separator: "&")
  }

  /// For a query or a form.
  fileprivate static func encode(_ text: String) -> String { text.percentEncoded(keeping: "/:") }
}
