package import ImageModel

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
