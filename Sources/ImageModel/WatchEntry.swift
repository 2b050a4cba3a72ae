/// A tag to watch, with everything that applies to it.
package struct WatchEntry: Sendable, Hashable {
  package var tag: TagReference
  /// The digest of an entry `image:tag@digest`: what the user expects to be there at first.
  package var pinned: Digest?
  package var intervalSeconds: Int
  package var selection: PlatformSelection
  /// Names of configured sinks, none twice.
  package var sinks: [String]
  package var unreachableAfterSeconds: Int
  package var labels: [String: String]
  /// The entry's line in the configuration, from 1; 0 for a tag that is not in it.
  package var line: Int
  /// Whether the entry is one for the tag's repository, which gave it.
  package var isGiven: Bool

  /// Whether it is on the watchlist, and not polled only because somebody asked for it.
  package var isListed: Bool { line > 0 }

  package init(
    tag: TagReference, pinned: Digest?, intervalSeconds: Int, selection: PlatformSelection, sinks: [String],
    unreachableAfterSeconds: Int, labels: [String: String], line: Int, isGiven: Bool = false
  ) {
    self.tag = tag
    self.pinned = pinned
    self.intervalSeconds = intervalSeconds
    self.selection = selection
    self.sinks = sinks
    self.unreachableAfterSeconds = unreachableAfterSeconds
    self.labels = labels
    self.line = line
    self.isGiven = isGiven
  }
}
