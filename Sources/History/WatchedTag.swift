package import ImageModel

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
