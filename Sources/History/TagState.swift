package import ImageModel

/// What checking a tag has led to so far: everything about it that changes from poll to poll.
package struct TagState: Hashable, Sendable {
  /// The selection for which the tag was last walked; when it differs from the configured one, an equal digest
  /// is no reason to skip the walk.
  package var walked: PlatformSelection?
  /// What the registry last answered as the tag's digest.
  package var headDigest: Digest?
  /// Whether a config blob of the current snapshot is still to be had.
  package var detailsPending = false
  /// What the registry names for the tag, and since when, where its documents could not be had yet.
  package var moved: PendingMove?
  /// When the tag's document was last fetched or found anew, and not only named by HEAD.
  package var verified: Timestamp?
  package var lastChecked: Timestamp?
  package var lastSuccess: Timestamp?
  package var nextCheck: Timestamp?
  package var reach = Reach.ok
  /// Failed checks in a row.
  package var failures = 0
  package var failingSince: Timestamp?
  /// The last error, `nil` after a success. `retryAfterSeconds` is not kept.
  package var failure: CheckFailure?
  /// The first of `missingCount` credible answers in a row that the tag is gone.
  package var missingSince: Timestamp?
  package var missingCount = 0
  /// Moves recorded and not announced, because the tag flaps.
  package var withheld = 0
  /// When the image behind the tag changed last, `nil` if never.
  package var lastMove: Timestamp?
  /// The snapshot that was announced last.
  package var announcedSnapshot: SnapshotID?

  package init() {}
}

/// A move of a tag of which only the digest is known.
package struct PendingMove: Hashable, Sendable {
  package let to: MovedTag
  package let since: Timestamp

  package init(to: MovedTag, since: Timestamp) {
    self.to = to
    self.since = since
  }
}

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
