import ImageModel
import StrictJSON

/// A reference from one document to another. Source: opencontainers/image-spec `descriptor.md`.
struct Descriptor: Hashable, Sendable {
  let mediaType: MediaType
  let digest: Digest
  /// Bytes; 0 or more.
  let size: Int
  let platform: Platform?
  /// BuildKit's mark of children that say something about another child instead of being an image.
  /// Source: docs.docker.com, attestation storage.
  let isAttestation: Bool

  /// - Parameter place: what `value` is, for the message.
  init(_ value: JSONValue, place: String) throws(CheckFailure) {
    guard let type = value["mediaType"]?.string, let text = value["digest"]?.string,
      let size = value["size"]?.integer, size >= 0, size <= Int64(Int32.max) * 65_536
    else { throw CheckFailure(badDocument: "\(place) lacks mediaType, digest or size") }
    do { digest = try Digest(text) } catch {
      throw CheckFailure(badDocument: "\(place) has no usable digest (\(text.safe(limit: 80)): \(error))")
    }
    mediaType = MediaType(type)
    self.size = Int(size)
    platform = value["platform"].flatMap { Platform(json: $0) }
    isAttestation = value["annotations"].isMarkedAsReference
  }

  /// `the manifest 0a48c1b2d3e4`, for messages.
  var name: String {
    "the \(mediaType.isIndex ? "index" : mediaType.isManifest ? "manifest" : "config") \(digest.short)"
  }
}

extension Platform {
  /// The platform of a descriptor or of a config, which use the same names; `nil` without an architecture.
  init?(json value: JSONValue) {
    guard let architecture = value["architecture"]?.string, !architecture.isEmpty else { return nil }
    self.init(
      os: value["os"]?.string ?? "", architecture: architecture, variant: value["variant"]?.string,
      osVersion: value["os.version"]?.string)
  }
}

extension JSONValue? {
  /// Whether these annotations say that the document describes another one.
  var isMarkedAsReference: Bool { self?["vnd.docker.reference.type"]?.string != nil }
}
