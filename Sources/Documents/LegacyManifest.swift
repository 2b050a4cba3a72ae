package import ImageModel
import StrictJSON

/// A schema 1 manifest: no config, so no image ID. What it says of the image lies in it as texts of JSON.
/// Source: distribution `manifest-v2-1.md`.
package struct LegacyManifest: Hashable, Sendable {
  /// Digests of the compressed layers, the base first, as in later manifests.
  package let layers: [Digest]
  /// `nil` where the newest entry of its history tells nothing.
  package let config: ImageConfig?

  init(_ json: JSONValue, name: String) throws(CheckFailure) {
    guard let fsLayers = json["fsLayers"]?.array, let history = json["history"]?.array else {
      throw CheckFailure(badDocument: "\(name) is no schema 1 manifest: it lacks fsLayers or history")
    }
    var layers: [Digest] = []
    for layer in fsLayers {
      guard let digest = layer["blobSum"]?.string.flatMap({ try? Digest($0) }) else {
        throw CheckFailure(badDocument: "a layer of \(name) has no usable digest")
      }
      layers.append(digest)
    }
    self.layers = layers.reversed()
    let newest = history.first?["v1Compatibility"]?.string.map { Array($0.utf8) }
    config = newest.flatMap { ImageConfig(json: try? StrictJSON.parse($0, limits: .config)) }
  }
}
