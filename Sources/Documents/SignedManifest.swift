import FoundationEssentials
import ImageModel
import StrictJSON

/// Schema 1 manifests are signed within themselves: `signatures` is put into the JSON before its last brace, and each
/// signature's protected header says how to get back what was signed. The digest is over that, not over the bytes sent,
/// which a registry signs anew for each answer.
///
/// Source: distribution `manifest-v2-1.md`, Signed Manifests; docker/libtrust `jsonsign.go`, `ParsePrettySignature`;
/// distribution#1445.
enum SignedManifest {
  /// What the signatures are over: the first `formatLength` bytes and then `formatTail`. That is also all that may be
  /// read of the document: nothing vouches for the rest. The signatures themselves are not verified, for nobody knows
  /// their keys; the digest is what counts.
  ///
  /// - Parameter name: of the document, for messages.
  static func payload(_ bytes: [UInt8], _ json: JSONValue, name: String) throws(CheckFailure) -> [UInt8] {
    let signatures = json["signatures"]?.array ?? []
    guard !signatures.isEmpty else { throw unreadable(name, "there is none in signatures") }
    var format: Format?
    for signature in signatures {
      let next = try Format(signature, name: name)
      guard format == nil || format == next else { throw unreadable(name, "they contradict each other") }
      format = next
    }
    guard let format, format.length <= bytes.count else { throw unreadable(name, "formatLength is not within it") }
    return bytes[..<format.length] + format.tail
  }

  private struct Format: Equatable {
    let length: Int
    let tail: [UInt8]

    init(_ signature: JSONValue, name: String) throws(CheckFailure) {
      guard let text = signature["protected"]?.string, let header = SignedManifest.bytes(base64URL: text),
        let json = try? StrictJSON.parse(header, limits: .manifest)
      else { throw unreadable(name, "its protected header is none") }
      guard let length = json["formatLength"]?.integer.flatMap({ Int(exactly: $0) }), length >= 0 else {
        throw unreadable(name, "formatLength is no length")
      }
      guard let tail = json["formatTail"]?.string.flatMap(SignedManifest.bytes(base64URL:)) else {
        throw unreadable(name, "formatTail is not base64url")
      }
      self.length = length
      self.tail = tail
    }
  }

  private static func unreadable(_ name: String, _ why: String) -> CheckFailure {
    CheckFailure(badDocument: "\(name) is a schema 1 manifest whose signatures cannot be read: \(why)")
  }

  /// Base64 in the alphabet for URLs, the padding left out or not (RFC 7515, section 2).
  private static func bytes(base64URL text: String) -> [UInt8]? {
    var text = text.replacing("-", with: "+").replacing("_", with: "/")
    while !text.utf8.count.isMultiple(of: 4) { text += "=" }
    return Data(base64Encoded: text).map { [UInt8]($0) }
  }
}
