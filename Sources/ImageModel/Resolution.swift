/// What a reference resolves to.
package struct Resolution: Sendable {
  package let snapshot: TagSnapshot
  /// The document the reference names, byte for byte as received.
  package let top: Document
  /// Platforms that there are images for and that were not asked for, in the order of the index.
  package let otherPlatforms: [Platform]

  package init(snapshot: TagSnapshot, top: Document, otherPlatforms: [Platform]) {
    self.snapshot = snapshot
    self.top = top
    self.otherPlatforms = otherPlatforms
  }
}
