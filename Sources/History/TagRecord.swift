package import ImageModel

/// A tag as the store knows it.
package struct TagRecord: Hashable, Sendable {
  /// The row, the same for as long as the database lives.
  package let id: TagID
  package let tag: TagReference
  /// Whether it is on the effective watchlist now.
  package var isWatched: Bool
  /// Whether that is because an entry for its repository gave it.
  package var isGiven: Bool
  /// The platforms the configuration asks for; `nil` for a tag that was never given any.
  package var selection: PlatformSelection?
  package var intervalSeconds: Int?
  package var state: TagState

  /// Neither watched nor ever checked: it is about to be checked, or being forgotten.
  package var isBlank: Bool { !isWatched && state.lastChecked == nil }

  /// Whether anything is recorded of a row `tag`, in SQL. Of a blank one there may be events alone: those that a sink
  /// waited for when it was forgotten.
  static let isKnown = """
    (watched = 1 OR last_checked_ms IS NOT NULL OR EXISTS (SELECT 1 FROM snapshot WHERE tag_id = tag.id))
    """

  package init(
    id: TagID, tag: TagReference, isWatched: Bool, isGiven: Bool = false, selection: PlatformSelection?,
    intervalSeconds: Int?,
    state: TagState
  ) {
    self.id = id
    self.tag = tag
    self.isWatched = isWatched
    self.isGiven = isGiven
    self.selection = selection
    self.intervalSeconds = intervalSeconds
    self.state = state
  }
}

/// One tag of the effective watchlist.
package struct WatchedTag: Hashable, Sendable {
  package let tag: TagReference
  package let selection: PlatformSelection
  package let intervalSeconds: Int
  /// Whether an entry for its repository gave it.
  package let isGiven: Bool

  package init(tag: TagReference, selection: PlatformSelection, intervalSeconds: Int, isGiven: Bool = false) {
    self.tag = tag
    self.selection = selection
    self.intervalSeconds = intervalSeconds
    self.isGiven = isGiven
  }
}
