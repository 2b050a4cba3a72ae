package import ImageModel

/// What a tag has named since it last named one of some digests.
package struct TagStanding: Hashable, Sendable {
  /// Where the newest of them was found.
  package struct Match: Hashable, Sendable {
    /// `nil` where it is known as an index alone.
    package let image: StoredImage?
    package let platform: Platform?

    package init(image: StoredImage?, platform: Platform?) { (self.image, self.platform) = (image, platform) }
  }

  /// `nil` where the tag never named any.
  package let match: Match?
  /// The states of that image's platform, by image, the newest first, and the times between without it, which have no
  /// platform; the last is the one that was found, and without a match there is the newest alone.
  package let entries: [HistoryEntry]
  /// The events that told of what came after the found one, the oldest first.
  package let events: [String]
  /// When it was known that the tag, which named the found state last, was gone.
  package let deletion: Timestamp?
  /// What the registry names for the tag by now, of which no more is known.
  package let moved: PendingMove?

  package init(
    match: Match?, entries: [HistoryEntry], events: [String] = [], deletion: Timestamp? = nil,
    moved: PendingMove? = nil
  ) {
    (self.match, self.entries, self.events, self.deletion) = (match, entries, events, deletion)
    self.moved = moved
  }
}
