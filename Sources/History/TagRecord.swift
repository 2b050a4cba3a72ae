package import ImageModel

/// A tag as the store knows it.
package struct TagRecord: Hashable, Sendable {
  /// The row, the same for as long as the database lives.
  package let id: TagID
  package let tag: TagReference
  /// Whether it is on the effective watchlist now.
  package var isWatched: Bool
  /// The platforms the configuration asks for; `nil` for a tag that was never given any.
  package var selection: PlatformSelection?
  package var intervalSeconds: Int?
  package var state: TagState

  package init(
    id: TagID, tag: TagReference, isWatched: Bool, selection: PlatformSelection?, intervalSeconds: Int?,
    state: TagState
  ) {
    self.id = id
    self.tag = tag
    self.isWatched = isWatched
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

  package init(tag: TagReference, selection: PlatformSelection, intervalSeconds: Int) {
    self.tag = tag
    self.selection = selection
    self.intervalSeconds = intervalSeconds
  }
}
