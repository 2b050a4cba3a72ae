package import History
package import ImageModel
package import Registry
package import Schedule

/// What the daemon keeps in memory of a repository of which tags are watched.
struct ListingSlot: Sendable {
  var entry: RepositoryEntry
  var state: ListingState
  /// The tags that are watched because of it, with their indexes in the plan.
  var given: [String: Int] = [:]

  func job(_ index: Int, at now: Moment) -> ListJob {
    ListJob(
      index: index, began: now.boot, entry: entry,
      wanted: WantedTags(
        repository: entry.repository, selection: entry.tags, given: Array(given.keys),
        wasSeen: state.lastSuccess != nil))
  }

  /// Where it stands when it joins the plan.
  func resume(at now: Moment) -> Resume {
    guard let next = state.nextListing else { return .never }
    return StoredDue.resume(
      nextCheckWall: next, nowWall: now.wall, nowBoot: now.boot, intervalSeconds: entry.intervalSeconds,
      failures: state.failures)
  }
}

/// What is due.
package struct PollWork: Sendable {
  package var polls: [PollJob] = []
  package var lists: [ListJob] = []
}

/// A list of a repository's tags to be had.
package struct ListJob: Sendable {
  /// Of the repository, in the plan.
  let index: Int
  /// Boot time when its turn came.
  let began: BootTime
  let entry: RepositoryEntry
  package let wanted: WantedTags
}

/// What listing a repository came to.
package struct ListResult: Sendable {
  package let outcome: Result<TagListing, CheckFailure>
  /// What it has cost the registry.
  package let spending: PollSpending

  package init(_ outcome: Result<TagListing, CheckFailure>, spending: PollSpending = .one) {
    self.outcome = outcome
    self.spending = spending
  }

  package static func success(_ listing: TagListing) -> ListResult { ListResult(.success(listing)) }
  package static func failure(_ failure: CheckFailure) -> ListResult { ListResult(.failure(failure)) }
}

/// What a list leads to, which must reach the store.
package struct ListRequest: Sendable {
  /// Of the repository, in the plan.
  let index: Int
  let repository: RepositoryReference
  let state: ListingState
  let arriving: [WatchEntry]
  let leaving: [TagReference: TagID]
  /// The waiters that this answers.
  var answers: [Int] = []
}

/// What became of it.
package struct ListRecord: Sendable {
  let request: ListRequest
  /// Tags that are watched from now on, with their rows and current states.
  let arrived: [(entry: WatchEntry, record: TagRecord, snapshot: SnapshotID?)]

  package var repository: RepositoryReference { request.repository }
  package var state: ListingState { request.state }
  /// How many tags are watched from now on.
  package var arrivals: Int { arrived.count }
  /// Those of the arrivals that were never polled.
  package var unpolled: [TagReference] {
    arrived.lazy.filter { $0.record.state.lastChecked == nil }.map(\.entry.tag)
  }
  package var departures: [TagReference] { Array(request.leaving.keys) }

  /// As an answer to whoever asked for the list; `nil` where that could be had.
  package var unlisted: CheckReport.Unlisted? {
    state.failure.map { CheckReport.Unlisted(repository: repository, failure: $0) }
  }
}

extension HistoryTransaction {
  package func record(_ request: ListRequest) throws -> ListRecord {
    let (records, snapshots) = try record(
      ListingChange(
        repository: request.repository, state: request.state, arriving: request.arriving.map(\.watchedTag),
        leaving: Array(request.leaving.values)))
    return ListRecord(
      request: request,
      arrived: zip(request.arriving, records).compactMap { entry, record in
        record.map { (entry, $0, snapshots[$0.id]) }
      })
  }
}
