import ImageModel

/// A tag as the store knows it.
public struct TagRecord: Hashable, Sendable {
  /// The row, the same for as long as the database lives.
  public let id: Int64
  public let tag: TagReference
  /// Whether it is on the effective watchlist now.
  public var isWatched: Bool
  /// The platforms the configuration asks for; `nil` for a tag that was never given any.
  public var selection: PlatformSelection?
  public var intervalSeconds: Int?
  public var state: TagState

  public init(
    id: Int64, tag: TagReference, isWatched: Bool, selection: PlatformSelection?, intervalSeconds: Int?,
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
