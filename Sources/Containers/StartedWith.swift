import Config
import ImageModel

/// What a container was started with.
enum StartedWith: Hashable {
  case tag(TagReference)
  /// A digest; the tag beside it names nothing.
  case digest(Digest, TagReference?)
  /// An image's ID, or what nobody can read: its digests are all there is.
  case id

  init(_ image: String, _ digests: [KnownDigest]) {
    guard !Self.isID(image, of: digests), let reference = (try? WrittenReference(image))?.canonical else {
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

  /// Fewer digits are a name.
  private static let shortestID = 4

  /// Whether a text is the beginning of this image's ID.
  static func isID(_ text: String, of digests: [KnownDigest]) -> Bool {
    let hex = text.hasPrefix("sha256:") ? text.dropFirst(7) : text[...]
    return hex.utf8.count >= shortestID && digests.contains { $0.digest.hex.hasPrefix(hex) }
  }
}

extension RunningContainer {
  package var isStartedByID: Bool { StartedWith.isID(image, of: digests) }
}
