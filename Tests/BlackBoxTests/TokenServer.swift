import Foundation
import TestSupport
import Testing

/// A token server for `docker-registry`: its tokens are signed by `openssl`, and good for what was asked for.
/// Source: distribution `docs/content/spec/auth/jwt.md`, `token.md` and `oauth.md`.
final class TokenServer: Sendable {
  static let service = "registry"
  static let issuer = "watcher-tests"
  /// What whoever asks for `offline_token` with a password is given.
  static let refreshToken = "refresh-canary-77ab"

  private let signer: TokenSigner
  private let server: LoopbackServer

  init() throws {
    let signer = try TokenSigner()
    self.signer = signer
    server = try LoopbackServer { Self.answer($0, signer) }
  }

  /// `127.0.0.1:port`.
  var authority: String { server.authority }
  var realm: String { "\(server.origin)/token" }
  var certificate: String { signer.certificate }
  var requests: [ReceivedRequest] { server.requests }

  func stop() { server.stop() }

  func token(for actions: [String: [String]]) throws -> String { try signer.token(actions) }

  private static func answer(_ request: ReceivedRequest, _ signer: TokenSigner) -> ScriptedResponse {
    let (user, password, _) = DockerRegistry.user
    let basic = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    let isKnown =
      request.method == "POST"
      ? request.form("grant_type") == "refresh_token" && request.form("refresh_token") == refreshToken
      : request.header("Authorization") == basic
    let scopes = request.form("scope")?.split(separator: " ").map(String.init) ?? request.queries("scope")
    guard isKnown, let token = try? signer.token(actions(scopes)) else { return ScriptedResponse(401) }
    var reply = ["access_token": token, "token": token]
    if request.query("offline_token") == "true" { reply["refresh_token"] = refreshToken }
    let body = (try? JSONSerialization.data(withJSONObject: reply)) ?? Data()
    return ScriptedResponse(200, headers: [("Content-Type", "application/json")], body: Array(body))
  }

  /// Of `repository:team/app:pull`.
  private static func actions(_ scopes: [String]) -> [String: [String]] {
    Dictionary(
      scopes.compactMap { scope in
        let parts = scope.split(separator: ":")
        return parts.count == 3 ? (String(parts[1]), parts[2].split(separator: ",").map(String.init)) : nil
      }, uniquingKeysWith: { $1 })
  }
}

/// A key and its certificate, in a folder that goes with it.
private final class TokenSigner: Sendable {
  private let folder: TemporaryDirectory
  private let encodedCertificate: String
  var certificate: String { "\(folder.path)/cert.pem" }

  init() throws {
    folder = try TemporaryDirectory()
    let (key, certificate) = ("\(folder.path)/key.pem", "\(folder.path)/cert.pem")
    try Self.openssl(
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=tests", "-keyout", key, "-out", certificate])
    encodedCertificate = WatcherBinary.text(certificate).split(separator: "\n").filter { !$0.hasPrefix("-----") }
      .joined()
  }

  /// - Parameter actions: by repository.
  func token(_ actions: [String: [String]]) throws -> String {
    let now = Int(Date().timeIntervalSince1970)
    let claims: [String: Any] = [
      "iss": TokenServer.issuer, "aud": TokenServer.service, "sub": "ann", "jti": UUID().uuidString,
      "nbf": now - 10, "iat": now - 10, "exp": now + 300,
      "access": actions.map { ["type": "repository", "name": $0.key, "actions": $0.value] },
    ]
    let head: [String: Any] = ["typ": "JWT", "alg": "RS256", "x5c": [encodedCertificate]]
    let text = try [head, claims].map { try Self.encode(JSONSerialization.data(withJSONObject: $0)) }
      .joined(separator: ".")
    let file = "\(folder.path)/\(UUID().uuidString)"
    try text.write(toFile: file, atomically: false, encoding: .utf8)
    try Self.openssl(["dgst", "-sha256", "-sign", "\(folder.path)/key.pem", "-out", "\(file).signed", file])
    return try "\(text).\(Self.encode(Data(contentsOf: URL(fileURLWithPath: "\(file).signed"))))"
  }

  /// Base64 for URLs. Source: RFC 7515 section 2.
  private static func encode(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  private static func openssl(_ arguments: [String]) throws {
    try #require(try Child("openssl", arguments).finish() == 0, "openssl \(arguments[0]) failed")
  }
}
