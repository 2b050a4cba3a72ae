import ImageModel

/// What to say in text of an image beside its digests.
enum ImageWords {
  /// `no image ID (artifact: application/vnd.cncf.helm.config.v1+json)`, after the platform where that is known.
  ///
  /// - Parameter artifactType: what it is; `nil` where that was not recorded.
  static func withoutID(_ platform: Platform?, _ artifactType: String?) -> String {
    (platform.map { "\($0): " } ?? "") + withoutID(artifactType)
  }

  static func withoutID(_ artifactType: String?) -> String {
    "no image ID" + (artifactType.map { " (artifact: \($0.shown))" } ?? "")
  }
}
