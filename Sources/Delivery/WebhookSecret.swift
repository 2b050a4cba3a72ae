import FoundationEssentials
import Hashing
import ImageModel

/// A symmetric key of Standard Webhooks: `whsec_` and base64 of 24 to 64 bytes. Source: Standard Webhooks 1.0.0,
/// "Signature scheme".
struct WebhookSecret: Sendable, Hashable {
  enum Problem: Error, Hashable {
    case prefix, base64
    case length(Int)

    /// Free of the secret.
    var reason: String {
      switch self {
      case .prefix: "it does not begin with whsec_"
      case .base64: "what follows whsec_ is not base64"
      case .length(let count): "the key has \(count) bytes, and 24 to 64 are wanted"
      }
    }
  }

  private static let prefix = "whsec_"
  private let key: [UInt8]

  init(_ text: String) throws(Problem) {
    guard text.hasPrefix(Self.prefix) else { throw .prefix }
    guard let key = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))) else { throw .base64 }
    guard (24...64).contains(key.count) else { throw .length(key.count) }
    self.key = Array(key)
  }

  /// One element of `webhook-signature`.
  ///
  /// - Parameter timestamp: as `webhook-timestamp` gives it.
  func signature(id: String, timestamp: String, body: [UInt8]) -> String {
    "v1," + Data(Hash.hmacSHA256(key: key, Array("\(id).\(timestamp).".utf8) + body)).base64EncodedString()
  }
}
