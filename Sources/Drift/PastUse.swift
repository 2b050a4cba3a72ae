package import ImageModel

/// When an image was current under a tag, before the tag's present state.
package struct PastUse: Hashable, Sendable {
  /// When it was last seen current.
  package let lastCurrent: Timestamp
  /// The top digest under which it was current last.
  package let digest: Digest

  package init(lastCurrent: Timestamp, digest: Digest) {
    self.lastCurrent = lastCurrent
    self.digest = digest
  }
}
