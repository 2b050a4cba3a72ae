package import ImageModel

/// What a container runs, beside what its tag names. Source: docs/reference.md, drift.
package struct ContainerDrift: Hashable, Sendable {
  package enum State: String, Sendable, CaseIterable {
    /// The tag named this image once.
    case behind
    /// The tag is in the history, and this image never was under it.
    case other
    /// The source or the history says too little.
    case unknown
    /// The tag is not in the history.
    case unwatched
    /// Started by a digest: it can be behind nothing.
    case pinned
    /// It never was in a registry, as far as is known.
    case local
    /// The tag names this image now.
    case current
  }

  /// What a tag names now.
  package struct Current: Hashable, Sendable {
    package let imageID: Digest?
    package let manifest: Digest?
    /// Of the tag.
    package let digest: Digest
    /// `nil` of what its registry has just said.
    package let firstSeen: Timestamp?

    package init(imageID: Digest?, manifest: Digest?, digest: Digest, firstSeen: Timestamp?) {
      (self.imageID, self.manifest, self.digest, self.firstSeen) = (imageID, manifest, digest, firstSeen)
    }
  }

  package struct Behind: Hashable, Sendable {
    /// How many states of the tag ago, by image; that it is deleted is one.
    package let states: Int
    /// Since when the tag has not named the image.
    package let since: Timestamp
    /// Of the changes in between, each once.
    package let classes: [ChangeClass]
    /// The IDs of the events that told of them, the oldest first.
    package let changes: [String]
    /// When an image that the tag names again had been current last.
    package let rollback: Timestamp?

    package init(
      states: Int, since: Timestamp, classes: [ChangeClass], changes: [String], rollback: Timestamp? = nil
    ) {
      (self.states, self.since, self.classes, self.changes) = (states, since, classes, changes)
      self.rollback = rollback
    }
  }

  package internal(set) var container: RunningContainer
  package var state: State
  /// What it was started with, or of an image's ID one that had it.
  package var tag: TagReference?
  package var platform: Platform?
  package var imageID: Digest?
  /// When the tag named the image last, from when to when.
  package var wasCurrent: ClosedRange<Timestamp>?
  package var current: Current?
  package var behind: Behind?
  /// Those that name or named the image.
  package var tags: [TagReference] = []
  /// Why it is not known, or what is to be known of it beside that.
  package var reason: String?

  package init(_ container: RunningContainer, _ state: State, tag: TagReference? = nil, reason: String? = nil) {
    (self.container, self.state, self.tag, self.reason) = (container, state, tag, reason)
    platform = container.platform
    imageID = container.configDigest
  }

  /// The reference that pulls what the tag names now.
  package var pull: String? { current.flatMap { current in tag?.pull(current.digest) } }

  /// Of one whose tag is not in the history: the same beside what the tag's registry says.
  package func resolved(_ snapshot: TagSnapshot) -> ContainerDrift {
    let digests = Set(container.digests.map(\.digest))
    let same = snapshot.images.first { image in
      digests.contains(image.manifest) || image.imageID.map(digests.contains) ?? false
    }
    var drift = self
    drift.reason = nil
    drift.state = same != nil || digests.contains(snapshot.digest) ? .current : .other
    let image = same ?? container.platform?.nearest(of: snapshot.images, \.platform)
    drift.platform = container.platform ?? same?.platform
    drift.imageID = same?.imageID ?? imageID
    drift.current = Current(
      imageID: image?.imageID, manifest: image?.manifest, digest: snapshot.digest, firstSeen: nil)
    return drift
  }
}
