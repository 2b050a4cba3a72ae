import Hashing
package import ImageModel
import StrictJSON

/// Reads stored documents again. Everything returns `nil` for a document of another kind or one that cannot be
/// read.
package enum ImageDocuments {
  /// The layer digests of a manifest (compressed), in order.
  package static func layers(ofManifest document: Document) -> [Digest]? {
    if document.mediaType.isSchema1 {
      guard case .legacy(let manifest) = try? SentDocument(document).read().0 else { return nil }
      return manifest.layers
    }
    guard document.mediaType.isManifest,
      case .manifest(let manifest) = try? TopDocument.read(document.bytes, as: document.mediaType, name: "")
    else { return nil }
    return manifest.layers
  }

  /// The same with the bytes of each, which a manifest of schema 1 does not tell.
  package static func sizedLayers(ofManifest document: Document) -> [(digest: Digest, size: Int?)]? {
    guard !document.mediaType.isSchema1 else { return layers(ofManifest: document)?.map { ($0, nil) } }
    guard document.mediaType.isManifest,
      case .manifest(let manifest) = try? TopDocument.read(document.bytes, as: document.mediaType, name: "")
    else { return nil }
    return zip(manifest.layers, manifest.layerSizes).map { ($0, $1) }
  }

  /// What an index lists.
  package static func index(_ document: Document) -> ImageIndex? {
    guard document.mediaType.isIndex,
      case .index(let index) = try? TopDocument.read(document.bytes, as: document.mediaType, name: "")
    else { return nil }
    return index
  }

  /// The digest of a document by an algorithm. That of a signed schema 1 manifest is not of all its bytes; `nil` where
  /// it cannot be told what it is of.
  package static func digest(_ algorithm: Digest.Algorithm, of document: Document) -> Digest? {
    guard document.mediaType.isSchema1 else { return Hash.digest(algorithm, of: document.bytes) }
    return (try? SentDocument(document)).map { Hash.digest(algorithm, of: $0.content) }
  }

  /// Whether a document has its digest.
  package static func isIntact(_ document: Document) -> Bool {
    digest(document.digest.algorithm, of: document) == document.digest
  }

  /// What is used of an image's config. Source: opencontainers/image-spec `config.md`.
  package static func config(_ document: Document) -> ImageConfig? {
    ImageConfig(json: try? StrictJSON.parse(document.bytes, limits: .config))
  }
}

extension ImageConfig {
  /// A config, or what a schema 1 manifest says of a layer, which uses the same names; `nil` for what is no object.
  init?(json: JSONValue?) {
    guard let json, json.object != nil else { return nil }
    let created = json["created"]?.string.flatMap { Timestamp(rfc3339: $0) == nil ? nil : $0 }
    let diffIDs = (json["rootfs"]?["diff_ids"]?.array ?? []).compactMap { $0.string.flatMap { try? Digest($0) } }
    var labels: [String: String] = [:]
    for member in json["config"]?["Labels"]?.object ?? [] {
      labels[member.key] = member.value.string
    }
    self.init(created: created, platform: Platform(json: json), diffIDs: diffIDs, labels: labels)
  }
}
