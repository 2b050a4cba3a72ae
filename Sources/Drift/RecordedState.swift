import ImageModel

/// The last recorded state of a tag: what an observation is compared with.
public struct RecordedState: Hashable, Sendable {
  /// Top digest.
  public let digest: Digest
  public let mediaType: MediaType
  /// One per platform watched then and there then, in the order of the index.
  public let images: [PlatformImage]
  /// When this state was first and last confirmed.
  public let firstSeen: Timestamp
  public let lastSeen: Timestamp
  /// The platforms that were watched when this state was recorded last.
  public let selection: PlatformSelection

  public init(
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
