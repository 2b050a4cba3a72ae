import ImageModel

/// One tag of the effective watchlist.
public struct WatchedTag: Hashable, Sendable {
  public let tag: TagReference
  public let selection: PlatformSelection
  public let intervalSeconds: Int

  public init(tag: TagReference, selection: PlatformSelection, intervalSeconds: Int) {
    self.tag = tag
    self.selection = selection
    self.intervalSeconds = intervalSeconds
  }
}
