package import ImageModel

/// A time for which nobody saw a tag, between two checks that did: what it was meanwhile is not known. Source:
/// docs/reference.md, history.
package struct ObservationGap: Hashable, Sendable {
  /// The last check that saw the state before it.
  package let from: Timestamp
  /// The first check after it that saw the tag.
  package let to: Timestamp

  /// Shorter ones are none: a restart, or a few checks that failed.
  private static let leastSeconds = 600

  package init(from: Timestamp, to: Timestamp) { (self.from, self.to) = (from, to) }

  /// - Returns: `nil` where so long a time is nothing special for the tag.
  package init?(from: Timestamp, to: Timestamp, intervalSeconds: Int) {
    guard Self.isLong(from: from, to: to, intervalSeconds: intervalSeconds) else { return nil }
    self.init(from: from, to: to)
  }

  package static func isLong(from: Timestamp, to: Timestamp, intervalSeconds: Int) -> Bool {
    (to.milliseconds - from.milliseconds) / 1_000 > max(3 * Int64(intervalSeconds), Int64(leastSeconds))
  }

  package func holds(_ time: Timestamp?) -> Bool { time.map { from < $0 && $0 < to } ?? false }
}
