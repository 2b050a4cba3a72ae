import FoundationEssentials

/// A secret as it is sent.
struct Credentials: Hashable, Sendable {
  /// The value of `Authorization`.
  let authorization: String
  /// Whether it is a bearer token for the registry itself and no token server is asked.
  let isBearer: Bool
  /// Differs when user or secret do, and says nothing about the secret.
  let identity: String
  /// What must not appear in any message.
  let secret: String

  static func basic(username: String, password: String, revision: String) -> Credentials {
    let pair = Data("\(username):\(password)".utf8).base64EncodedString()
    return Credentials(
      authorization: "Basic " + pair, isBearer: false, identity: "\(username) \(revision)", secret: password)
  }

  static func bearer(_ token: String, revision: String) -> Credentials {
    Credentials(authorization: "Bearer " + token, isBearer: true, identity: revision, secret: token)
  }
}
