import ImageModel

/// When an image was current under a tag, before the tag's present state.
public struct PastUse: Hashable, Sendable {
  /// When it was last seen current.
  public let lastCurrent: Timestamp
  /// The top digest under which it was current last.
  public let digest: Digest

  public init(lastCurrent: Timestamp, digest: Digest) {
    self.lastCurrent = lastCurrent
    self.digest = digest
  }
}
