import Documents
import Drift
package import ImageModel

/// What is known of the images of a state.
package struct ComparedImages: Hashable, Sendable {
  /// Those that were recorded: of the platforms that were watched.
  package let images: [ComparedImage]
  /// Whether it is one manifest, without an index.
  let isSingle: Bool
  /// The platforms that its index lists, watched or not; `nil` where that cannot be told.
  private let listed: Set<Platform>?

  /// - Parameters:
  ///   - index: the document that lists them, which may not be at hand; `nil` of a manifest without an index.
  ///   - documents: manifests and configs.
  package init(_ images: [PlatformImage], index: Document??, documents: [Digest: Document]) {
    self.images = images.map { ComparedImage($0, documents: documents) }
    isSingle = index == nil
    listed = index.map { $0.flatMap { Self.platforms(of: $0, images) } } ?? Set(images.compactMap(\.platform))
  }

  /// An entry that names no platform is one of those that were recorded, or may be of any.
  private static func platforms(of document: Document, _ images: [PlatformImage]) -> Set<Platform>? {
    guard let index = ImageDocuments.index(document) else { return nil }
    var platforms: Set<Platform> = []
    for entry in index.entries where !entry.isAttestation {
      if let platform = entry.platform, !entry.mediaType.isIndex {
        platforms.insert(platform)
      } else if !images.contains(where: { $0.manifest == entry.digest }) {
        return nil
      }
    }
    return platforms
  }

  /// Whether it is certain that there is no image of a platform.
  func lacks(_ platform: Platform?) -> Bool {
    guard let platform else { return true }
    return listed.map { !$0.contains(platform) } ?? false
  }
}

/// Two states of a tag, or of two tags, side by side: what became of each platform.
package struct StateComparison: Hashable, Sendable {
  /// In the order of the newer state, and then those that it has not.
  package let differences: [ImageDifference]

  package init(from old: ComparedImages, to new: ComparedImages) {
    let pairing = ImagePairing(
      old.images.map(\.image), new.images.map(\.image), areSingle: old.isSingle && new.isSingle)
    differences =
      zip(new.images, pairing.partner).map { image, partner in
        ImageDifference(
          from: partner.map { old.images[$0] }, to: image, isWhole: partner != nil || old.lacks(image.image.platform))
      }
      + pairing.unpairedOld.map {
        ImageDifference(from: old.images[$0], to: nil, isWhole: new.lacks(old.images[$0].image.platform))
      }
  }
}
