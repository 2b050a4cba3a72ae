package import ImageModel

/// A successful check that found the newest state of the tag still there.
package struct UnchangedMark: Hashable, Sendable {
  package let tagID: TagID
  package let at: Timestamp
  package let nextCheck: Timestamp

  package init(tagID: TagID, at: Timestamp, nextCheck: Timestamp) {
    self.tagID = tagID
    self.at = at
    self.nextCheck = nextCheck
  }
}
