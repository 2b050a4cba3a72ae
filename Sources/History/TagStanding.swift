package import ImageModel

/// What a tag has named since it last named one of some digests.
package struct TagStanding: Hashable, Sendable {
  /// Where the newest of them was found.
  package struct Match: Hashable, Sendable {
    /// `nil` where it is known as an index alone.
    package let image: StoredImage?
    /// `nil` as well where several platforms have that image, and it is not known which of them it is.
    package let platform: Platform?
  }

  /// `nil` where the tag never named any.
  package internal(set) var match: Match?
  /// The states of that image's platform, by image, the newest first, and the times between without it, which have no
  /// platform; the last is the one that was found, and without a match there is the newest alone.
  package internal(set) var entries: [HistoryEntry] = []
  /// The events that told of what came after the found one, the oldest first.
  package internal(set) var events: [String] = []
  /// When it was known that the tag, which named the found state last, was gone.
  package internal(set) var deletion: Timestamp?
  /// What the registry names for the tag by now, of which no more is known.
  package internal(set) var moved: PendingMove?
  /// In which its registry is asked; `nil` of one that is not watched.
  package let intervalSeconds: Int?

  init(intervalSeconds: Int?) { self.intervalSeconds = intervalSeconds }
}
