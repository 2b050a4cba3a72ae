package import Drift
import History
package import ImageModel

/// Something about a tag that must reach the store.
package struct RecordRequest: Sendable {
  package enum Finding: Sendable {
    /// The current state still holds; recorded on its own because reachability or a withheld event is in play, or
    /// nobody saw it for long.
    case confirmed
    case found(TagSnapshot, head: Digest?)
    /// The registry names another document, which could not be had.
    case moved(MovedTag, [Document])
    case failed(CheckFailure)
    /// No poll: the tag has been failing for `unreachable_after`.
    case overdue

    /// What it means of a tag of which nothing is recorded.
    fileprivate var isOfUse: Bool {
      if case .found = self { true } else { false }
    }

    /// Whether the tag was seen.
    var isSight: Bool {
      switch self {
      case .confirmed, .found: true
      case .moved, .failed, .overdue: false
      }
    }

    var isCheck: Bool {
      if case .overdue = self { false } else { true }
    }
  }

  /// The tag's index in the plan, for whoever takes the `Record`.
  package let index: Int
  /// The tag's row.
  package var tagID: TagID
  package var watched: WatchEntry
  /// As it stands after the result was taken in.
  package let reachability: Reachability
  /// The last check, this one included if it is one.
  package let lastChecked: Timestamp?
  package let finding: Finding
  /// The change of reachability that goes with it.
  package let change: ReachabilityChange?
  package let at: Timestamp
  /// When the tag is to be checked next.
  package let nextCheck: Timestamp
  /// The waiters that this answers.
  package var answers: [Int] = []

  package init(
    index: Int, tagID: TagID, watched: WatchEntry, reachability: Reachability, lastChecked: Timestamp?,
    finding: Finding, change: ReachabilityChange?, at: Timestamp, nextCheck: Timestamp
  ) {
    self.index = index
    self.tagID = tagID
    self.watched = watched
    self.reachability = reachability
    self.lastChecked = lastChecked
    self.finding = finding
    self.change = change
    self.at = at
    self.nextCheck = nextCheck
  }
}

extension RecordRequest {
  /// Whether there is anything to write beside the tag's row. Of a tag outside the watchlist of which nothing is known
  /// only what was found is of use: it was misspelt, or forgotten while it was polled.
  func isOnRecord(_ row: TagRecord) -> Bool { !row.isBlank || watched.isListed || finding.isOfUse }
}

extension Record {
  /// Of a poll that leaves nothing behind.
  init(unrecorded request: RecordRequest) {
    let outcome: CheckOutcome? =
      switch request.finding {
      case .failed(let failure): .failed(failure)
      case .confirmed: .unchanged
      case .moved:
        .failed(
          CheckFailure(.pullLimited, "its registry allows no pull now", remedy: "wait, or log in for a higher limit"))
      case .found, .overdue: nil
      }
    self.init(
      index: request.index, tag: request.watched.tag, isWatched: request.watched.isListed, unmetPin: nil, snapshot: nil,
      state: TagState(), outcome: outcome, isWithheld: false, events: [], remarks: [])
  }
}
