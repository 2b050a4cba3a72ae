import ImageModel

/// Which part of a tag's history is wanted. Source: docs/reference.md, history.
public struct HistoryQuery: Hashable, Sendable {
  /// Only these platforms count and are shown; empty means all.
  public var platforms: [Platform] = []
  /// Entries that held at or after this time.
  public var since: Timestamp?
  /// Entries that had begun by this time.
  public var until: Timestamp?
  /// Only the entry that was the latest at this time.
  public var at: Timestamp?
  /// At most so many, the newest.
  public var limit: Int?
  /// Every snapshot by itself, also those that did not change an image.
  public var all = false

  public init() {}
}
