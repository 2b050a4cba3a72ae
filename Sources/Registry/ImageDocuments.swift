import ImageModel
import StrictJSON

/// Reads stored documents again. Everything returns `nil` for a document of another kind or one that cannot be
/// read.
public enum ImageDocuments {
  /// The layer digests of a manifest (compressed), in order.
  public static func layers(ofManifest document: Document) -> [Digest]? { manifest(document)?.layers }

  /// What is used of an image's config. Source: opencontainers/image-spec `config.md`.
  public static func config(_ document: Document) -> ImageConfig? {
    guard let json = try? StrictJSON.parse(document.bytes, limits: .config), json.object != nil else { return nil }
    let created = json["created"]?.string.flatMap { Timestamp(rfc3339: $0) == nil ? nil : $0 }
    let diffIDs = (json["rootfs"]?["diff_ids"]?.array ?? []).compactMap { $0.string.flatMap { try? Digest($0) } }
    var labels: [String: String] = [:]
    for member in json["config"]?["Labels"]?.object ?? [] {
      labels[member.key] = member.value.string
    }
    return ImageConfig(created: created, platform: Platform(json: json), diffIDs: diffIDs, labels: labels)
  }

  private static func manifest(_ document: Document) -> ImageManifest? {
    guard document.mediaType.isManifest,
      case .manifest(let manifest) = try? TopDocument.read(document.bytes, as: document.mediaType)
    else { return nil }
    return manifest
  }
}
