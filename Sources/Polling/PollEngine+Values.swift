import Dispatch
package import History
package import ImageModel
package import Recording
package import Registry
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
    /// the watchlist and those of its tags that were never polled.
    package let onWatched: @Sendable (_ entries: [WatchEntry], _ unpolled: Set<TagReference>) -> Void

    package init(
      builder: PlanBuilder, register: @escaping Registration, onRegistered: @escaping @Sendable () -> Void,
      onWatched: @escaping @Sendable (_ entries: [WatchEntry], _ unpolled: Set<TagReference>) -> Void = { _, _ in }
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

  /// A watchlist as it is on record.
  package struct Registered: Sendable {
    /// The tags that have entries of their own, and then those that repositories have given.
    package let entries: [WatchEntry]
    /// In the order of the entries.
    package let records: [TagRecord]
    package let snapshots: [TagID: SnapshotID]
    package let repositories: [(entry: RepositoryEntry, state: ListingState)]

    package init(
      entries: [WatchEntry], records: [TagRecord], snapshots: [TagID: SnapshotID],
      repositories: [(entry: RepositoryEntry, state: ListingState)] = []
    ) {
      self.entries = entries
      self.records = records
      self.snapshots = snapshots
      self.repositories = repositories
    }
  }

  /// Lists the tags of a repository.
  package typealias Lister = @Sendable (ListJob) async -> ListResult

  /// Looks at many tags at a time; who watches hears of each by its index, but for those that are returned.
  package typealias Glancer = @Sendable ([PollJob], GlanceWatch) -> [Int]

  /// For an engine that polls tags one by one.
  package static let glancesAtNothing: Glancer = { jobs, _ in jobs.map(\.index) }

  /// For an engine without repositories.
  package static let listsNothing: Lister = { _ in .failure(CheckFailure(.badRequest, "nothing is listed here")) }

  /// Enters a watchlist and the sinks.
  package typealias Registration = @Sendable (HistoryTransaction) throws -> Registered

  package enum Progress: Sendable {
    case recorded([Record])
    /// Repositories were listed, and their tags are watched as that says.
    case listed([ListRecord])
    /// The store refuses for now; what is to be recorded waits.
    case refused(StoreError)
    /// The store refused; nothing more will be recorded.
    case failed(StoreError)
  }

  package struct Load: Sendable {
    /// Tags that are watched, and those among them whose last check failed, by their states.
    package let tags: Int
    package let unwell: TagCounts
    /// How many repositories there are, by how listing them goes.
    package var repositories: [RepositoryRecord.Word: Int] = [:]
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
  /// Makes `entries` and what the repositories have given the effective watchlist. Of what was given stays what still
  /// fits; what else fits comes with the next list.
  package func register(
    _ entries: [WatchEntry], _ repositories: [RepositoryEntry] = []
  ) throws -> PollEngine.Registered {
    let states = try registerRepositories(repositories.map { ($0.repository, selection: $0.tags.text) })
    let names = Set(repositories.map(\.repository))
    let own = names.isEmpty ? [] : Set(entries.lazy.map(\.tag).filter { names.contains($0.repository) })
    let given = try repositories.flatMap { repository in
      let names = try givenTags(of: repository.repository).sorted().filter { tag in
        repository.tags.fits(tag) && !own.contains(repository.repository.tag(tag))
      }
      return repository.entries(names)
    }
    let all = given.isEmpty ? entries : entries + given
    return PollEngine.Registered(
      entries: all, records: try registerTags(all.map(\.watchedTag)), snapshots: try currentSnapshots(),
      repositories: zip(repositories, states).map { ($0, $1) })
  }
}

extension WatchEntry {
  package var watchedTag: WatchedTag {
    WatchedTag(tag: tag, selection: selection, intervalSeconds: intervalSeconds, isGiven: isGiven)
  }
}
