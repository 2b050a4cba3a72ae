package import ImageModel

/// Which part of a tag's history is wanted. Source: docs/reference.md, history.
package struct HistoryQuery: Hashable, Sendable {
  /// Only these platforms count and are shown; empty means all.
  package var platforms: [Platform] = []
  /// Entries that held at or after this time.
  package var since: Timestamp?
  /// Entries that had begun by this time.
  package var until: Timestamp?
  /// Only the entry that was the latest at this time.
  package var at: Timestamp?
  /// At most so many, the newest.
  package var limit: Int?
  /// Every snapshot by itself, also those that did not change an image.
  package var all = false

  package init() {}

  /// By when an entry must have begun.
  var begun: Timestamp? { [until, at].compactMap(\.self).min() }
}

/// A stretch of time in which the images behind a tag stayed the same; with `HistoryQuery.all`, one snapshot.
package struct HistoryEntry: Hashable, Sendable {
  /// Of its first snapshot.
  package let firstSeen: Timestamp
  /// Of its last snapshot.
  package let lastSeen: Timestamp
  /// Whether it holds now.
  package let isCurrent: Bool
  package let ended: StoredSnapshot.Ending?
  /// Top digest of its last snapshot.
  package let digest: Digest
  package let mediaType: MediaType
  /// The content event that began it, `nil` where there was none.
  package let event: EventType?
  /// As its last snapshot has them; their classes are those with which the entry began.
  package let platforms: [StoredImage]
}
