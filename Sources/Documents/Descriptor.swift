package import ImageModel
package import StrictJSON

/// A reference from one document to another. Source: opencontainers/image-spec `descriptor.md`.
package struct Descriptor: Hashable, Sendable {
  /// Not specific (see `MediaType.isSpecific`) where an index does not say what its entry is.
  package private(set) var mediaType: MediaType
  package let digest: Digest
  /// Bytes; 0 or more.
  package let size: Int
  package let platform: Platform?
  /// Whether the platform is unknown for what is named is none that there can be.
  package let hasImpossiblePlatform: Bool
  /// BuildKit's mark of children that say something about another child instead of being an image.
  /// Source: docs.docker.com, attestation storage.
  package let isAttestation: Bool

  /// - Parameter role: what `value` is, for the message.
  init(_ value: JSONValue, role: String) throws(CheckFailure) {
    guard let type = value["mediaType"]?.string else { throw CheckFailure(badDocument: "\(role) lacks mediaType") }
    try self.init(value, as: MediaType(type), role: role)
  }

  /// - Parameter type: whatever `value` says of it.
  init(_ value: JSONValue, as type: MediaType, role: String) throws(CheckFailure) {
    guard let text = value["digest"]?.string, let size = value["size"]?.integer, size >= 0,
      size <= Int64(Int32.max) * 65_536
    else { throw CheckFailure(badDocument: "\(role) lacks digest or size") }
    do { digest = try Digest(text) } catch {
      throw CheckFailure(badDocument: "\(role) has no usable digest (\(text.safe(limit: 80)): \(error))")
    }
    mediaType = type
    self.size = Int(size)
    let platform = value["platform"].flatMap { Platform(json: $0) }
    self.platform = platform
    hasImpossiblePlatform = [(platform?.os, "os"), (platform?.architecture, "architecture")].contains { field, key in
      field == "unknown" && value["platform"]?[key]?.string?.lowercased() != "unknown"
    }
    isAttestation = value["annotations"].isMarkedAsReference
  }

  package func with(mediaType: MediaType) -> Descriptor {
    var copy = self
    copy.mediaType = mediaType
    return copy
  }

  /// Whether it is to be had where manifests are; configs are blobs.
  package var isManifest: Bool { mediaType.isWatchable || !mediaType.isSpecific }

  /// `the manifest 0a48c1b2d3e4`, for messages.
  package var name: String {
    let kind = mediaType.isIndex ? "index" : mediaType.isManifest ? "manifest" : isManifest ? "entry" : "config"
    return "the \(kind) \(digest.short)"
  }
}

extension Platform {
  /// The platform of a descriptor or of a config, which use the same names; `nil` without an architecture.
  package init?(json value: JSONValue) {
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
