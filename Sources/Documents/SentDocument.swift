import Hashing
package import ImageModel
import StrictJSON

/// A document as it came, whose kind is looked at before its digest: nobody can say what the digest of an unknown kind
/// of document is of, so that one that does not match would prove nothing.
package struct SentDocument {
  /// What the digest is of and what is read: the bytes, or of a signed schema 1 manifest what was signed.
  package let content: [UInt8]
  private let isSigned: Bool
  /// What whoever sent it calls it, if that says more than that something was sent.
  private let header: MediaType?
  private let json: Result<JSONValue, CheckFailure>
  /// For messages, where the tag stands beside them.
  private static let name = "the document"

  /// - Parameter contentType: the header's value.
  /// - Throws: `unsupportedDocument` or `badResponse` for a kind that is not known; `badDocument` for what nothing and
  ///   nobody says the kind of, and for a schema 1 manifest whose signatures cannot be read.
  package init(_ bytes: [UInt8], contentType: String?) throws(CheckFailure) {
    let sent = contentType.map { MediaType($0) }
    if let sent, !sent.isReadable, bytes.first != UInt8(ascii: "{") {
      throw CheckFailure(
        .badResponse, "\(Self.name) is sent as \(sent.shown) and is no JSON", remedy: CheckFailure.maybeNoRegistry)
    }
    header = sent.flatMap { $0.isSpecific ? $0 : nil }
    json = TopDocument.parse(bytes, name: Self.name)
    let json = try? json.get()
    if let header, !header.isReadable, let own = json?.ownType, own.isReadable {
      throw Self.contradiction(header, own)
    }
    if let type = header ?? json?.ownType, !type.isReadable {
      throw CheckFailure(
        .unsupportedDocument, "\(Self.name) is \(type.shown), which cannot be watched", remedy: "name an image")
    }
    // A message of a proxy, say: of what is neither called nor shaped like a document no digest is known.
    if header == nil, let json, json.ownType == nil { _ = try TopDocument.shape(of: json, name: Self.name) }
    if let json, header?.isSchema1 == true || json.isSchema1, json.has("signatures") {
      isSigned = true
      content = try SignedManifest.payload(bytes, json, name: Self.name)
    } else {
      isSigned = false
      content = bytes
    }
  }

  private static func contradiction(_ header: MediaType, _ own: MediaType) -> CheckFailure {
    CheckFailure(wrongType: "\(name) is sent as \(header.shown) and calls itself \(own.shown)")
  }

  /// A stored one.
  package init(_ document: Document) throws(CheckFailure) {
    try self.init(document.bytes, contentType: document.mediaType.description)
  }

  package func matches(_ digest: Digest) -> Bool { Hash.matches(content, digest) }

  /// Whether it is one of these, in whichever algorithm they are named.
  package func isOne(of digests: [Digest]) -> Bool {
    let names = Set(Digest.Algorithm.allCases.map { Hash.digest($0, of: content) })
    return digests.contains(where: names.contains)
  }

  package var sha256: Digest { Hash.digest(.sha256, of: content) }

  /// Reads it.
  ///
  /// Index or manifest is decided by `Content-Type` and the body's own `mediaType`, which must agree; where one is
  /// silent the other decides, where both are, the shape. A document that could be read either way is refused: two
  /// readers would see two images in it (CVE-2021-41190).
  /// Source: opencontainers/image-spec `media-types.md`, Media Type Conflicts.
  ///
  /// - Returns: the document and its media type.
  package func read() throws(CheckFailure) -> (TopDocument, MediaType) {
    let name = Self.name
    let json = try json.get()
    let own = json.ownType
    if (header ?? own)?.isSchema1 == true || json.isSchema1 { return try readSchema1() }
    if let header, let own, header != own {
      throw Self.contradiction(header, own)
    }
    let type: MediaType
    if let known = header ?? own { type = known } else { type = try TopDocument.shape(of: json, name: name) }
    return (try TopDocument.read(json, as: type, name: name), type)
  }

  /// Whether it is signed is told by the document; registries call either kind by either name.
  private func readSchema1() throws(CheckFailure) -> (TopDocument, MediaType) {
    let name = Self.name
    // Only what the digest vouches for.
    let json = try TopDocument.parse(content, name: name).get()
    guard json.isSchema1 else {
      let said = header == nil ? "calls itself" : "is sent as"
      throw CheckFailure(badDocument: "\(name) \(said) a schema 1 manifest and lacks schemaVersion 1")
    }
    if let other = [header, json.ownType].compactMap(\.self).first(where: { !$0.isSchema1 }) {
      throw CheckFailure(badDocument: "\(name) is called \(other.shown) and is a schema 1 manifest")
    }
    return (.legacy(try LegacyManifest(json, name: name)), isSigned ? .schema1Signed : .schema1)
  }
}

extension JSONValue {
  fileprivate var isSchema1: Bool { self["schemaVersion"]?.integer == 1 }
  fileprivate var ownType: MediaType? { self["mediaType"]?.string.map { MediaType($0) } }
}
