package import ImageModel

/// Which part of a tag's history is wanted. Source: docs/reference.md, history.
package struct HistoryQuery: Hashable, Sendable {
  /// Only these platforms count and are shown; empty means all.
  package var platforms: [Platform] = []
  /// Entries that held at or after this time.
  package var since: Timestamp?
  /// Entries that had begun by this time.
  package var until: Timestamp?
  /// Only the entry that was the latest at this time.
  package var at: Timestamp?
  /// At most so many, the newest.
  package var limit: Int?
  /// Every snapshot by itself, also those that did not change an image.
  package var all = false

  package init() {}

  /// By when an entry must have begun.
  var begun: Timestamp? { [until, at].compactMap(\.self).min() }
}
