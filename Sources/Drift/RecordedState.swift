package import ImageModel

/// The last recorded state of a tag: what an observation is compared with.
package struct RecordedState: Hashable, Sendable {
  /// Top digest.
  package let digest: Digest
  package let mediaType: MediaType
  /// One per platform watched then and there then, in the order of the index.
  package let images: [PlatformImage]
  /// When this state was first and last confirmed.
  package let firstSeen: Timestamp
  package let lastSeen: Timestamp
  /// The platforms that were watched when this state was recorded last.
  package let selection: PlatformSelection

  package init(
    digest: Digest, mediaType: MediaType, images: [PlatformImage], firstSeen: Timestamp, lastSeen: Timestamp,
    selection: PlatformSelection
  ) {
    self.digest = digest
    self.mediaType = mediaType
    self.images = images
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.selection = selection
  }
}
