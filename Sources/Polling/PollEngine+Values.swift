import Dispatch
package import History
package import ImageModel
package import Recording
package import Schedule

extension PollEngine {
  /// What a new configuration changes.
  package struct Change: Sendable {
    package let builder: PlanBuilder
    package let register: Registration
    /// Called on the database's queue once the registration is on disk and before anything else is recorded, and before
    /// the plan takes the watchlist over: swaps what is recorded and polled by.
    package let onRegistered: @Sendable () -> Void
    /// Called by the engine once the plan has taken the watchlist over and before any of its polls is recorded, with
    /// those of its tags that were never polled.
    package let onWatched: @Sendable (_ unpolled: Set<TagReference>) -> Void

    package init(
      builder: PlanBuilder, register: @escaping Registration, onRegistered: @escaping @Sendable () -> Void,
      onWatched: @escaping @Sendable (_ unpolled: Set<TagReference>) -> Void = { _ in }
    ) {
      self.builder = builder
      self.register = register
      self.onRegistered = onRegistered
      self.onWatched = onWatched
    }
  }

  /// Records results, in the transaction that writes them.
  ///
  /// Throws what the store does; `CheckInterruption` where nothing of it is to be recorded here, which whoever waits is
  /// told.
  package typealias Recording = @Sendable ([RecordRequest], HistoryTransaction) throws -> [Record]

  /// The records of a watchlist's tags, in the order of its entries, and the current snapshots by record.
  package typealias Registered = (records: [TagRecord], snapshots: [TagID: SnapshotID])

  /// Enters a watchlist and the sinks.
  package typealias Registration = @Sendable (HistoryTransaction) throws -> Registered

  package enum Progress: Sendable {
    case recorded([Record])
    /// The store refuses for now; what is to be recorded waits.
    case refused(StoreError)
    /// The store refused; nothing more will be recorded.
    case failed(StoreError)
  }

  package struct Load: Sendable {
    /// Tags that are watched, and those among them whose last check failed, by their states.
    package let tags: Int
    package let unwell: TagCounts
    /// Why nothing can be recorded now.
    package var refusal: StoreError?
    /// A poll was cut off some time ago and has not come back.
    package var hangs = false
  }
}

extension PollEngine {
  /// Until when registries want to be left alone, by domain.
  package var pauses: [String: BootTime] { core.pauses(at: clock()) }

  /// Tags that were never polled.
  package var unpolled: Set<TagReference> { core.unpolled }

  /// Has a timer call `tick` whenever it is asked for, until it is cancelled.
  ///
  /// - Parameter label: of its queue.
  package nonisolated func startTimer(_ label: String) async -> PollTimer {
    let timer = PollTimer(queue: DispatchQueue(label: label)) { Task { await self.tick() } }
    await setTimer { timer.arm(in: $0) }
    return timer
  }
}

extension HistoryTransaction {
  /// Makes `entries` the effective watchlist.
  package func register(_ entries: [WatchEntry]) throws -> PollEngine.Registered {
    let watched = entries.map {
      WatchedTag(tag: $0.tag, selection: $0.selection, intervalSeconds: $0.intervalSeconds)
    }
    return (try registerTags(watched), try currentSnapshots())
  }
}
