package import ImageModel

/// A recorded state of a tag.
package struct StoredSnapshot: Hashable, Sendable {
  package let id: SnapshotID
  package let digest: Digest
  package let mediaType: MediaType
  /// Size of the top document in bytes.
  package let size: Int
  package let firstSeen: Timestamp
  /// The last successful check that confirmed it.
  package let lastSeen: Timestamp
  /// How it ended, other than by the next state; `nil` while it holds, or when it was followed directly.
  package let ended: Ending?
  /// The content event that began it, `nil` if there is none.
  package let event: EventType?
  /// In the order in which they were recorded.
  package let images: [StoredImage]

  package enum Ending: String, Sendable, CaseIterable {
    case deleted
  }

  package init(
    id: SnapshotID, digest: Digest, mediaType: MediaType, size: Int, firstSeen: Timestamp, lastSeen: Timestamp,
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

  func with(_ images: [StoredImage]) -> StoredSnapshot {
    StoredSnapshot(
      id: id, digest: digest, mediaType: mediaType, size: size, firstSeen: firstSeen, lastSeen: lastSeen,
      ended: ended, event: event, images: images)
  }
}

/// One platform of a recorded state. Layers and config details are in the documents, by their digests.
package struct StoredImage: Hashable, Sendable {
  package let platform: Platform?
  /// What the index names for it, where it only stands in for `platform`. Read from the index, which has it, of tags
  /// whose platforms are matched as compatible.
  package var found: Platform?
  package let manifest: Digest
  package let manifestSize: Int
  package let imageID: Digest?
  package let configSize: Int?
  /// The config's own string.
  package let created: String?
  /// What a manifest without an image ID is, safe to show; `nil` for an image, and where an older version recorded it.
  package let artifactType: String?
  /// How this platform changed when the snapshot began; `nil` if it did not.
  package let changeClass: ChangeClass?

  package init(
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
  package var identity: Digest { imageID ?? manifest }

  init(_ image: PlatformImage, _ changeClass: ChangeClass?) {
    self.init(
      platform: image.platform, manifest: image.manifest, manifestSize: image.manifestSize, imageID: image.imageID,
      configSize: image.configSize, created: image.config?.created,
      artifactType: image.artifactType, changeClass: changeClass)
  }
}

extension StoredImage {
  /// Without layers and without more of the config than its date: those are in the documents.
  package var asImage: PlatformImage {
    var image = PlatformImage(
      platform: platform, manifest: manifest, manifestSize: manifestSize, imageID: imageID, configSize: configSize,
      layers: [], config: created.map { ImageConfig(created: $0, platform: platform, diffIDs: [], labels: [:]) },
      artifactType: artifactType)
    image.found = found
    return image
  }
}
