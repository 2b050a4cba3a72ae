import ImageModel

/// A tag to watch, with everything that applies to it.
public struct WatchEntry: Sendable, Hashable {
  public var tag: TagReference
  /// The digest of an entry `image:tag@digest`: what the user expects to be there at first.
  public var pinned: Digest?
  public var intervalSeconds: Int
  public var selection: PlatformSelection
  /// Names of configured sinks, none twice.
  public var sinks: [String]
  public var unreachableAfterSeconds: Int
  public var labels: [String: String]
  /// The entry's line in the configuration, from 1; 0 for a tag that is not in it.
  public var line: Int

  public init(
    tag: TagReference, pinned: Digest?, intervalSeconds: Int, selection: PlatformSelection, sinks: [String],
    unreachableAfterSeconds: Int, labels: [String: String], line: Int
  ) {
    self.tag = tag
    self.pinned = pinned
    self.intervalSeconds = intervalSeconds
    self.selection = selection
    self.sinks = sinks
    self.unreachableAfterSeconds = unreachableAfterSeconds
    self.labels = labels
    self.line = line
  }
}
