/// A recorded difference between two consecutive snapshots of a tag, or a change of its reachability.
package struct ChangeEvent: Hashable, Sendable {
  /// Unique, without `.`, the same for ever (it is also the `webhook-id`).
  package let id: String
  package let type: EventType
  package let tag: TagReference
  package let time: Timestamp
  /// What the tag points to now; `nil` when it is gone or cannot be told.
  package var current: PresentState?
  package var previous: PreviousState?
  package var changes: [PlatformChange] = []
  package var rollback: [Rollback]?
  /// The last observation of the old state, `nil` at first sight.
  package var notBefore: Timestamp?
  /// The first observation of the new state.
  package var notAfter: Timestamp
  package var labels: [String: String] = [:]
  /// The repository whose entry gave the tag; `nil` for one that has an entry of its own.
  package var entry: RepositoryReference?
  /// Other watched tags of its repository that came to the same document at the same time, of those seen before it.
  package var also: [TagReference] = []
  package var failure: CheckFailure?
  package var failingSince: Timestamp?
  /// How many moves this event stands for beyond the announced ones.
  package var flaps: Int?

  package init(id: String, type: EventType, tag: TagReference, time: Timestamp, notAfter: Timestamp) {
    self.id = id
    self.type = type
    self.tag = tag
    self.time = time
    self.notAfter = notAfter
  }

  package struct PresentState: Hashable, Sendable {
    package let digest: Digest
    package let mediaType: MediaType
    package init(digest: Digest, mediaType: MediaType) {
      self.digest = digest
      self.mediaType = mediaType
    }
  }

  package struct PreviousState: Hashable, Sendable {
    package let digest: Digest
    package let mediaType: MediaType
    package let firstSeen: Timestamp
    package let lastSeen: Timestamp
    package init(digest: Digest, mediaType: MediaType, firstSeen: Timestamp, lastSeen: Timestamp) {
      self.digest = digest
      self.mediaType = mediaType
      self.firstSeen = firstSeen
      self.lastSeen = lastSeen
    }
  }

  /// A platform whose new image was current under this tag earlier.
  package struct Rollback: Hashable, Sendable {
    package let platform: Platform?
    /// `nil` for what has none and is told apart by its manifest.
    package let imageID: Digest?
    package let lastCurrent: Timestamp
    /// The top digest under which it was current last.
    package let digest: Digest
    package init(platform: Platform?, imageID: Digest?, lastCurrent: Timestamp, digest: Digest) {
      self.platform = platform
      self.imageID = imageID
      self.lastCurrent = lastCurrent
      self.digest = digest
    }
  }
}

/// How one platform of a tag changed.
package struct PlatformChange: Hashable, Sendable {
  package let platform: Platform?
  package let changeClass: ChangeClass
  package let previous: ImageState?
  package let current: ImageState?
  /// `nil` where the platform is new or gone.
  package let layers: LayerCounts?

  package init(
    platform: Platform?, changeClass: ChangeClass, previous: ImageState?, current: ImageState?, layers: LayerCounts?
  ) {
    self.platform = platform
    self.changeClass = changeClass
    self.previous = previous
    self.current = current
    self.layers = layers
  }

  package struct ImageState: Hashable, Sendable {
    package let manifest: Digest
    package let imageID: Digest?
    package let created: String?
    /// What it is really for, where it only stands in for the platform of the change.
    package let found: Platform?
    package init(manifest: Digest, imageID: Digest?, created: String?, found: Platform? = nil) {
      self.manifest = manifest
      self.imageID = imageID
      self.created = created
      self.found = found
    }
    package init(_ image: PlatformImage) {
      self.init(
        manifest: image.manifest, imageID: image.imageID, created: image.config?.created, found: image.found)
    }

    /// What the image is told apart by: its ID, where there is none its manifest.
    package var identity: Digest { imageID ?? manifest }
  }

  package struct LayerCounts: Hashable, Sendable {
    package let kept: Int
    package let added: Int
    package let removed: Int
    package init(kept: Int, added: Int, removed: Int) {
      self.kept = kept
      self.added = added
      self.removed = removed
    }
  }
}
