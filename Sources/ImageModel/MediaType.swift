/// A media type without parameters, lower-cased: `application/vnd.oci.image.index.v1+json`. At most 255
/// bytes are kept: a type and a subtype of 127 each (RFC 6838, section 4.2); a longer one is none that is known.
package struct MediaType: Hashable, Sendable, CustomStringConvertible {
  package let description: String

  /// Takes a `Content-Type` or `mediaType` value; parameters are dropped.
  package init(_ text: String) {
    let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    let whole = Array(text.utf8.prefix { $0 != UInt8(ascii: ";") }).drop(while: isBlank)
    var bare = whole.prefix(255)
    while bare.endIndex < whole.endIndex, whole[bare.endIndex] & 0xc0 == 0x80 { bare.removeLast() }
    while bare.last.map(isBlank) == true { bare.removeLast() }
    // Byte by byte: Unicode has letters whose lower case is longer, and one whose lower case is k.
    description = String(
      decoding: bare.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  private init(constant: StaticString) { description = "\(constant)" }

  package static let ociIndex = MediaType(constant: "application/vnd.oci.image.index.v1+json")
  package static let dockerList = MediaType(constant: "application/vnd.docker.distribution.manifest.list.v2+json")
  package static let ociManifest = MediaType(constant: "application/vnd.oci.image.manifest.v1+json")
  package static let dockerManifest = MediaType(constant: "application/vnd.docker.distribution.manifest.v2+json")
  package static let ociConfig = MediaType(constant: "application/vnd.oci.image.config.v1+json")
  package static let dockerConfig = MediaType(constant: "application/vnd.docker.container.image.v1+json")
  /// Withdrawn before OCI 1.1.
  package static let ociArtifact = MediaType(constant: "application/vnd.oci.artifact.manifest.v1+json")
  package static let schema1 = MediaType(constant: "application/vnd.docker.distribution.manifest.v1+json")
  package static let schema1Signed = MediaType(constant: "application/vnd.docker.distribution.manifest.v1+prettyjws")

  /// The types asked for, on HEAD and on GET, always all four: a registry answers 404 for a stored type that
  /// is not listed, or converts the document, and either looks like drift.
  /// Source: distribution `registry/handlers/manifests.go`; distribution#2395; Azure/acr#764.
  package static let manifestTypes = [ociIndex, dockerList, ociManifest, dockerManifest]

  /// Asked for as well where a registry says that there is nothing: some serve the old kinds only to who names them.
  /// Never at first, for others would then convert what they have into them.
  package static let legacyTypes = [schema1Signed, schema1, ociArtifact]

  package var isIndex: Bool { self == .ociIndex || self == .dockerList }
  package var isManifest: Bool { self == .ociManifest || self == .dockerManifest }
  /// Whether a config of this type makes its manifest an image.
  package var isImageConfig: Bool { self == .ociConfig || self == .dockerConfig }
  package var isSchema1: Bool { self == .schema1 || self == .schema1Signed }
}
