package import ImageModel

/// Who looks at a tag now: that nobody does is told where it has lasted long for the tag's interval.
package struct Lookout {
  package let now: Timestamp
  /// `nil` of a tag that is not watched.
  package var intervalSeconds: Int?
  package var isDaemonRunning = true

  package init(now: Timestamp, intervalSeconds: Int?, isDaemonRunning: Bool = true) {
    (self.now, self.intervalSeconds, self.isDaemonRunning) = (now, intervalSeconds, isDaemonRunning)
  }

  package init(record: TagRecord?, now: Timestamp, isDaemonRunning: Bool) {
    self.init(
      now: now, intervalSeconds: record?.isWatched == true ? record?.intervalSeconds : nil,
      isDaemonRunning: isDaemonRunning)
  }

  /// Since when a current state was not seen any more, and why; `nil` where it was seen lately.
  package func silence(_ entry: HistoryEntry) -> String? {
    entry.isCurrent ? silence(since: entry.lastSeen) : nil
  }

  /// - Parameter seen: when it was seen last.
  package func silence(since seen: Timestamp) -> String? {
    guard let span = span(from: seen, to: now) else { return nil }
    if intervalSeconds == nil { return "not looked at for \(span): it is not watched" }
    if !isDaemonRunning { return "not looked at for \(span): no daemon is running" }
    return "not seen for \(span): 'watcher status' says why"
  }

  private func span(from: Timestamp, to: Timestamp) -> String? {
    guard ObservationGap.isLong(from: from, to: to, intervalSeconds: intervalSeconds ?? 0) else { return nil }
    return ObservationGap(from: from, to: to).span
  }
}

extension ObservationGap {
  /// `3 days`.
  package var span: String { Words.span(seconds: Int((to.milliseconds - from.milliseconds) / 1_000)) }
}
