import Hashing
import ImageModel

/// What a request brings to show that it is from somebody who knows the secret.
package struct HintCredentials: Sendable {
  /// `Authorization`.
  var authorization: String?
  /// `X-Watcher-Token`.
  var token: String?
  /// `X-Hub-Signature-256`.
  var signature: String?
  /// `X-Gitlab-Token`.
  var gitlabToken: String?
  /// `X-JFrog-Event-Auth`.
  var jfrogToken: String?
  /// The last part of the path.
  var inPath: String?

  package init(inPath: String?, header: (String) -> String?) {
    authorization = header("Authorization")
    token = header("X-Watcher-Token")
    signature = header("X-Hub-Signature-256")
    gitlabToken = header("X-Gitlab-Token")
    jfrogToken = header("X-JFrog-Event-Auth")
    self.inPath = inPath
  }
}

/// What whoever sends hints has to know.
package enum HintSecret {
  private static let bytes = 16

  /// Why a text is none; `nil` where it is one.
  package static func fault(_ text: String) -> String? {
    if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) { return "it holds more than one line" }
    return text.utf8.count < bytes ? "it can be guessed: it has fewer than \(bytes) bytes" : nil
  }
}

extension HintSource {
  /// Whether something that this source can bring shows that it knows the secret. Comparing takes as long whatever is
  /// brought.
  package func admits(_ credentials: HintCredentials, body: [UInt8], secret: String) -> Bool {
    let secret = Array(secret.utf8)
    guard !secret.isEmpty else { return false }
    var shown = [credentials.token, credentials.inPath, Self.bearer(credentials.authorization)]
    switch self {
    case .gitlab: shown.append(credentials.gitlabToken)
    case .harbor: shown.append(credentials.authorization)
    case .artifactory: shown.append(credentials.jfrogToken)
    case .github:
      // Source: docs.github.com `webhooks/using-webhooks/validating-webhook-deliveries`.
      let signature = "sha256=" + Digest(.sha256, bytes: Hash.hmacSHA256(key: secret, body)).hex
      if let sent = credentials.signature, Hash.isSame(Array(sent.utf8), as: Array(signature.utf8)) { return true }
    default: break
    }
    return shown.contains { $0.map { Hash.isSame(Array($0.utf8), as: secret) } ?? false }
  }

  private static func bearer(_ authorization: String?) -> String? {
    guard let authorization, authorization.prefix(7).lowercased() == "bearer " else { return nil }
    return String(authorization.dropFirst(7))
  }
}
