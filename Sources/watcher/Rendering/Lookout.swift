import History
import ImageModel

/// When somebody looked at a tag. That nobody did is told where it lasted long for the tag's interval: what happened
/// meanwhile is not known.
struct Lookout {
  /// Shorter gaps are told of no tag: those of a restart, or of a few checks that failed.
  private static let leastSeconds = 600

  let now: Timestamp
  /// `nil` of a tag that is not watched.
  var intervalSeconds: Int?
  var isDaemonRunning = true

  init(now: Timestamp, intervalSeconds: Int?, isDaemonRunning: Bool = true) {
    (self.now, self.intervalSeconds, self.isDaemonRunning) = (now, intervalSeconds, isDaemonRunning)
  }

  init(record: TagRecord?, now: Timestamp, isDaemonRunning: Bool) {
    self.init(
      now: now, intervalSeconds: record?.isWatched == true ? record?.intervalSeconds : nil,
      isDaemonRunning: isDaemonRunning)
  }

  /// `3 days`, for which nothing was seen between a state and the next; `nil` where it is not worth a word. A tag that
  /// is not watched has no interval that such a time could be long for.
  func gap(before entry: HistoryEntry) -> String? {
    guard let previous = entry.previous, previous.ended == nil, intervalSeconds != nil else { return nil }
    return span(from: previous.lastSeen, to: entry.firstSeen)
  }

  /// Since when a current state was not seen any more, and why; `nil` where it was seen lately.
  func silence(_ entry: HistoryEntry) -> String? {
    guard entry.isCurrent, let span = span(from: entry.lastSeen, to: now) else { return nil }
    if intervalSeconds == nil { return "not looked at for \(span): it is not watched" }
    if !isDaemonRunning { return "not looked at for \(span): no daemon is running" }
    return "not seen for \(span): 'watcher status' says why"
  }

  private func span(from: Timestamp, to: Timestamp) -> String? {
    let seconds = Int((to.milliseconds - from.milliseconds) / 1_000)
    return seconds > max(3 * (intervalSeconds ?? 0), Self.leastSeconds) ? Words.span(seconds: seconds) : nil
  }
}
