/// A recorded difference between two consecutive snapshots of a tag, or a change of its reachability.
public struct ChangeEvent: Hashable, Sendable {
  /// Unique, without `.`, the same for ever (it is also the `webhook-id`).
  public let id: String
  public let type: EventType
  public let tag: TagReference
  public let time: Timestamp
  /// What the tag points to now; `nil` when it is gone or cannot be told.
  public var current: TopDocument?
  public var previous: PreviousState?
  public var changes: [PlatformChange] = []
  public var rollback: [Rollback]?
  /// The last observation of the old state, `nil` at first sight.
  public var notBefore: Timestamp?
  /// The first observation of the new state.
  public var notAfter: Timestamp
  public var labels: [String: String] = [:]
  public var failure: CheckFailure?
  public var failingSince: Timestamp?
  /// How many moves this event stands for beyond the announced ones.
  public var flaps: Int?

  public init(id: String, type: EventType, tag: TagReference, time: Timestamp, notAfter: Timestamp) {
    self.id = id
    self.type = type
    self.tag = tag
    self.time = time
    self.notAfter = notAfter
  }

  public struct TopDocument: Hashable, Sendable {
    public let digest: Digest
    public let mediaType: MediaType
    public init(digest: Digest, mediaType: MediaType) {
      self.digest = digest
      self.mediaType = mediaType
    }
  }

  public struct PreviousState: Hashable, Sendable {
    public let digest: Digest
    public let mediaType: MediaType
    public let firstSeen: Timestamp
    public let lastSeen: Timestamp
    public init(digest: Digest, mediaType: MediaType, firstSeen: Timestamp, lastSeen: Timestamp) {
      self.digest = digest
      self.mediaType = mediaType
      self.firstSeen = firstSeen
      self.lastSeen = lastSeen
    }
  }

  /// A platform whose new image was current under this tag earlier.
  public struct Rollback: Hashable, Sendable {
    public let platform: Platform?
    /// `nil` for what has none and is told apart by its manifest.
    public let imageID: Digest?
    public let lastCurrent: Timestamp
    /// The top digest under which it was current last.
    public let digest: Digest
    public init(platform: Platform?, imageID: Digest?, lastCurrent: Timestamp, digest: Digest) {
      self.platform = platform
      self.imageID = imageID
      self.lastCurrent = lastCurrent
      self.digest = digest
    }
  }
}

/// How one platform of a tag changed.
public struct PlatformChange: Hashable, Sendable {
  public let platform: Platform?
  public let changeClass: ChangeClass
  public let previous: ImageState?
  public let current: ImageState?
  /// `nil` where the platform is new or gone.
  public let layers: LayerCounts?

  public init(
    platform: Platform?, changeClass: ChangeClass, previous: ImageState?, current: ImageState?, layers: LayerCounts?
  ) {
    self.platform = platform
    self.changeClass = changeClass
    self.previous = previous
    self.current = current
    self.layers = layers
  }

  public struct ImageState: Hashable, Sendable {
    public let manifest: Digest
    public let imageID: Digest?
    public let created: String?
    public init(manifest: Digest, imageID: Digest?, created: String?) {
      self.manifest = manifest
      self.imageID = imageID
      self.created = created
    }
    public init(_ image: PlatformImage) {
      self.init(manifest: image.manifest, imageID: image.imageID, created: image.config?.created)
    }

    /// What the image is told apart by: its ID, where there is none its manifest.
    public var identity: Digest { imageID ?? manifest }
  }

  public struct LayerCounts: Hashable, Sendable {
    public let kept: Int
    public let added: Int
    public let removed: Int
    public init(kept: Int, added: Int, removed: Int) {
      self.kept = kept
      self.added = added
      self.removed = removed
    }
  }
}
