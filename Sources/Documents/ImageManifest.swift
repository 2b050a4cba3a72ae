package import ImageModel
import StrictJSON

/// One platform's manifest. Source: opencontainers/image-spec `manifest.md`; distribution
/// `manifest-v2-2.md`.
package struct ImageManifest: Hashable, Sendable {
  package let config: Descriptor
  /// Digests of the compressed layers, in order.
  package let layers: [Digest]
  /// The bytes of each of them.
  let layerSizes: [Int]
  /// Bytes of all layers together, as the manifest has them.
  package let layersSize: Int
  /// Whether the config's digest is an image ID. Artifacts have configs too, mostly the same `{}`, whose
  /// digest says nothing.
  package let isImage: Bool
  /// What it is: its `artifactType`, else its config's media type; of a statement that calls itself an image, its
  /// layer's. Safe to show.
  package let artifactType: String

  init(_ json: JSONValue, name: String) throws(CheckFailure) {
    guard let config = json["config"], let layers = json["layers"]?.array else {
      throw CheckFailure(badDocument: "\(name) is no manifest: it lacks config or layers")
    }
    self.config = try Descriptor(config, role: "the config of \(name)")
    var digests: [Digest] = []
    var sizes: [Int] = []
    var statement: MediaType?
    for layer in layers {
      let descriptor = try Descriptor(layer, role: "a layer of \(name)")
      digests.append(descriptor.digest)
      sizes.append(descriptor.size)
      if Self.isStatement(descriptor.mediaType) { statement = descriptor.mediaType }
    }
    self.layers = digests
    layerSizes = sizes
    layersSize = sizes.reduce(0, +)
    let named = json["artifactType"]?.string.flatMap { $0.isEmpty ? nil : MediaType($0) } ?? self.config.mediaType
    isImage =
      self.config.mediaType.isImageConfig && named == self.config.mediaType && statement == nil
      && !json["annotations"].isMarkedAsReference
    artifactType = (named.isImageConfig ? statement ?? named : named).shown
  }

  /// Signatures and attestations may come with a real-looking config; their layers give them away.
  private static func isStatement(_ type: MediaType) -> Bool {
    type.description == "application/vnd.in-toto+json" || type.description.hasPrefix("application/vnd.dev.cosign.")
      || type.description.hasPrefix("application/vnd.dev.sigstore.")
  }
}
