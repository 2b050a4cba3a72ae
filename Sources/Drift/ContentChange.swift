package import ImageModel

/// What is new about the content of a tag: the part of an event that comparing two states yields.
package struct ContentChange: Hashable, Sendable {
  /// The highest type that applies.
  package let type: EventType
  /// Every platform that differs, in the order of the current index, those that left last.
  package let changes: [PlatformChange]
  /// The changed platforms whose new image was current under this tag earlier; `nil` when there are none.
  package let rollback: [ChangeEvent.Rollback]?

  package init(type: EventType, changes: [PlatformChange], rollback: [ChangeEvent.Rollback]?) {
    self.type = type
    self.changes = changes
    self.rollback = rollback
  }

  /// Whether every image that it brings was current under this tag earlier; so it is where it brings none.
  package var isReturn: Bool { (rollback ?? []).count == changes.count { $0.arrival != nil } }
}

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
