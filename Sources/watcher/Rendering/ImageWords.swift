import History
import ImageModel

/// What to say in text of an image beside its digests.
enum ImageWords {
  /// `no image ID (artifact: application/vnd.cncf.helm.config.v1+json)`, after the platform where that is known.
  ///
  /// - Parameter artifactType: what it is; `nil` where that was not recorded.
  static func withoutID(_ platform: Platform?, _ artifactType: String?) -> String {
    (platform.map { "\($0): " } ?? "") + withoutID(artifactType)
  }

  /// `dddddddddddd`; where there is no image ID, the manifest and that it is one: `manifest bbbbbbbbbbbb`.
  static func named(_ imageID: Digest?, manifest: Digest, _ digests: DigestText) -> String {
    imageID.map { digests($0) } ?? "manifest \(digests(manifest))"
  }

  /// The same after its platform, where that is known, and what stands in for that.
  static func named(_ image: StoredImage, _ digests: DigestText) -> String {
    (image.platform.map { "\($0) ".shown } ?? "") + (image.found.map { "(\($0)) ".shown } ?? "")
      + named(image.imageID, manifest: image.manifest, digests)
  }

  static func withoutID(_ artifactType: String?) -> String {
    "no image ID" + (artifactType.map { " (artifact: \($0.shown))" } ?? "")
  }
}
