import ImageModel

/// A successful check that found the newest state of the tag still there.
public struct UnchangedMark: Hashable, Sendable {
  public let tagID: Int64
  public let at: Timestamp
  public let nextCheck: Timestamp

  public init(tagID: Int64, at: Timestamp, nextCheck: Timestamp) {
    self.tagID = tagID
    self.at = at
    self.nextCheck = nextCheck
  }
}
