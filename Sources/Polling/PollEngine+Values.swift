package import History
package import ImageModel
package import Recording

extension PollEngine {
  /// What a new configuration changes.
  package struct Change: Sendable {
    package let builder: PlanBuilder
    package let register: Registration
    package let recorder: Recorder
    /// Swaps what is outside the engine, in the same step.
    package let onApplied: @Sendable () -> Void

    package init(
      builder: PlanBuilder, register: @escaping Registration, recorder: Recorder,
      onApplied: @escaping @Sendable () -> Void
    ) {
      self.builder = builder
      self.register = register
      self.recorder = recorder
      self.onApplied = onApplied
    }
  }

  /// Enters a watchlist and the sinks: gives the tags' records, in the order of the entries, and by record their
  /// current snapshots.
  package typealias Registration =
    @Sendable (HistoryTransaction) throws -> (records: [TagRecord], snapshots: [TagID: SnapshotID])

  package enum Progress: Sendable {
    case recorded([Record])
    /// The store refuses for now; what is to be recorded waits.
    case refused(StoreError)
    /// The store refused; nothing more will be recorded.
    case failed(StoreError)
  }

  package struct Load: Sendable {
    /// Tags that are watched, and of how many the last check failed.
    package let tags: Int
    package let failing: Int
    /// Why nothing can be recorded now.
    package var refusal: StoreError?
    /// A poll was cut off some time ago and has not come back.
    package var hangs = false
  }
}
