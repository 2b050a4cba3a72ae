import ImageModel

/// A successful check that found the tag as it was.
public struct UnchangedMark: Hashable, Sendable {
  public let tagID: Int64
  /// The current snapshot of the tag, whose `last_seen` this advances.
  public let snapshotID: Int64
  public let at: Timestamp
  public let nextCheck: Timestamp

  public init(tagID: Int64, snapshotID: Int64, at: Timestamp, nextCheck: Timestamp) {
    self.tagID = tagID
    self.snapshotID = snapshotID
    self.at = at
    self.nextCheck = nextCheck
  }
}
