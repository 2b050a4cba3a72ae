import Config
import ImageModel

/// What a container was started with.
enum StartedWith: Hashable {
  case tag(TagReference)
  /// A digest; the tag beside it names nothing.
  case digest(Digest, TagReference?)
  /// An image's ID, or what nobody can read: its digests are all there is.
  case id

  init(_ container: RunningContainer) {
    let image = container.image
    guard !container.isStartedByID, let reference = (try? WrittenReference(image))?.canonical else {
      self = .id
      return
    }
    if let digest = reference.digest {
      self = .digest(digest, reference.tagReference)
    } else if let tag = reference.tagReference {
      self = .tag(tag)
    } else {
      self = .id
    }
  }
}

extension RunningContainer {
  /// Fewer digits are a name.
  private static let shortestID = 4

  /// Whether it was started by its image's ID or the beginning of it.
  package var isStartedByID: Bool {
    let hex = image.hasPrefix("sha256:") ? image.dropFirst(7) : image[...]
    return hex.utf8.count >= Self.shortestID && digests.contains { $0.digest.hex.hasPrefix(hex) }
  }
}
