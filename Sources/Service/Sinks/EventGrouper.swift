import Delivery
import FoundationEssentials
import History
import Host
import ImageModel

/// Gathers what is recorded for one sink within a window, beginning with the first event, into groups.
actor EventGrouper {
  private let sink: String
  private let window: Duration
  private let writer: HistoryWriter
  private let onGrouped: @Sendable () -> Void
  private let onFailure: @Sendable (StoreError) -> Void
  private var isGathering = false
  private var isStopped = false
  /// When the window is over; a task that sleeps stays as long, also when it is cancelled.
  private var alarm: (any Alarm)?

  /// - Parameters:
  ///   - onGrouped: called when groups wait for the sink.
  ///   - onFailure: called when the store refuses for good.
  init(
    sink: String, window: Duration, writer: HistoryWriter, onGrouped: @escaping @Sendable () -> Void,
    onFailure: @escaping @Sendable (StoreError) -> Void
  ) {
    self.sink = sink
    self.window = window
    self.writer = writer
    self.onGrouped = onGrouped
    self.onFailure = onFailure
  }

  /// Groups what an earlier run has left: its window is over, or may be.
  func start() async { await gather() }

  /// Something new waits for the sink.
  func wake() {
    guard !isGathering else { return }
    isGathering = true
    gather(after: window)
  }

  /// What is not grouped by then is grouped by the next start.
  func stop() {
    isStopped = true
    alarm = nil
  }

  private func gather(after delay: Duration) {
    guard !isStopped else { return }
    let alarm = self.alarm ?? SystemAlarm { [weak self] in Task { await self?.gather() } }
    self.alarm = alarm
    alarm.set(in: delay)
  }

  private func gather() async {
    guard !isStopped else { return }
    // What comes from now on begins the next window, if it does not get into this one.
    isGathering = false
    do {
      if try await Self.group(sink, writer) > 0 { onGrouped() }
    } catch {
      // What a database says that is being closed is nobody's to act on.
      guard !isStopped else { return }
      if let error = error as? StoreError, error.isTransient {
        isGathering = true
        return gather(after: .seconds(5))
      }
      onFailure(error as? StoreError ?? StoreError(.internalError, "grouping failed (\(error)): report this"))
    }
  }

  /// Groups everything that waits for a sink.
  ///
  /// - Returns: how many groups were made.
  static func group(_ sink: String, _ writer: HistoryWriter) async throws -> Int {
    var groups = 0
    while try await writer.transaction({ store in
      try store.group(sink: sink, id: UUID().uuidString.lowercased(), now: .now()) > 0
    }) { groups += 1 }
    return groups
  }
}
