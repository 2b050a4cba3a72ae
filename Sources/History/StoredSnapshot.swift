import ImageModel

/// A recorded state of a tag.
public struct StoredSnapshot: Hashable, Sendable {
  public let id: Int64
  public let digest: Digest
  public let mediaType: MediaType
  /// Size of the top document in bytes.
  public let size: Int
  public let firstSeen: Timestamp
  /// The last successful check that confirmed it.
  public let lastSeen: Timestamp
  /// How it ended, other than by the next state; `nil` while it holds, or when it was followed directly.
  public let ended: Ending?
  /// The content event that began it, `nil` if there is none.
  public let event: EventType?
  /// In the order in which they were recorded.
  public let images: [StoredImage]

  public enum Ending: String, Sendable, CaseIterable {
    case deleted
  }

  public init(
    id: Int64, digest: Digest, mediaType: MediaType, size: Int, firstSeen: Timestamp, lastSeen: Timestamp,
    ended: Ending?, event: EventType?, images: [StoredImage]
  ) {
    self.id = id
    self.digest = digest
    self.mediaType = mediaType
    self.size = size
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.ended = ended
    self.event = event
    self.images = images
  }
}

/// One platform of a recorded state. Layers and config details are in the documents, by their digests.
public struct StoredImage: Hashable, Sendable {
  public let platform: Platform?
  public let manifest: Digest
  public let manifestSize: Int
  public let imageID: Digest?
  public let configSize: Int?
  /// The config's own string.
  public let created: String?
  /// What a manifest without an image ID is, safe to show; `nil` for an image, and where an older version recorded it.
  public let artifactType: String?
  /// How this platform changed when the snapshot began; `nil` if it did not.
  public let changeClass: ChangeClass?

  public init(
    platform: Platform?, manifest: Digest, manifestSize: Int, imageID: Digest?, configSize: Int?, created: String?,
    artifactType: String? = nil, changeClass: ChangeClass?
  ) {
    self.platform = platform
    self.manifest = manifest
    self.manifestSize = manifestSize
    self.imageID = imageID
    self.configSize = configSize
    self.created = created
    self.artifactType = artifactType
    self.changeClass = changeClass
  }

  /// What the image is told apart by: its ID, where there is none its manifest.
  var identity: Digest { imageID ?? manifest }

  init(_ image: PlatformImage, _ changeClass: ChangeClass?) {
    self.init(
      platform: image.platform, manifest: image.manifest, manifestSize: image.manifestSize, imageID: image.imageID,
      configSize: image.configSize, created: image.config?.created,
      artifactType: image.artifactType, changeClass: changeClass)
  }
}
