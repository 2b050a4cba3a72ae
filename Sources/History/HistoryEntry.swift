import ImageModel

/// A stretch of time in which the images behind a tag stayed the same; with `HistoryQuery.all`, one snapshot.
public struct HistoryEntry: Hashable, Sendable {
  /// Of its first snapshot.
  public let firstSeen: Timestamp
  /// Of its last snapshot.
  public let lastSeen: Timestamp
  /// Whether it holds now.
  public let isCurrent: Bool
  public let ended: StoredSnapshot.Ending?
  /// Top digest of its last snapshot.
  public let digest: Digest
  public let mediaType: MediaType
  /// The content event that began it, `nil` where there was none.
  public let event: EventType?
  /// As its last snapshot has them; their classes are those with which the entry began.
  public let platforms: [StoredImage]
}
