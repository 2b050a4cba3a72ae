package import History
package import ImageModel

/// What became of a request: the state to go on with, and the events to deliver.
package struct Record: Sendable {
  /// The tag's index in the plan.
  package let index: Int
  package let tag: TagReference
  /// Whether it is on the watchlist.
  package let isWatched: Bool
  /// The digest the user expected at first sight, where another one was found.
  package let unmetPin: Digest?
  /// The current snapshot and the tag's row as they are now.
  package let snapshot: SnapshotID?
  package let state: TagState
  /// `nil` when there was no poll.
  package let outcome: CheckOutcome?
  /// The image moved to and fro, and that is announced later.
  package let isWithheld: Bool
  package let events: [RecordedEvent]
  /// What is odd about what was found.
  package let remarks: [String]
  /// Where that was not so when it was looked for before.
  package var noPlatform: NoPlatform?

  /// As an answer to whoever asked for the check; `nil` when nothing was polled.
  package var checked: CheckReport.Result? {
    outcome.map {
      CheckReport.Result(tag: tag, outcome: $0, isWatched: isWatched, isWithheld: isWithheld, events: events)
    }
  }
}
