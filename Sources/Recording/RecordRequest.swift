package import Drift
package import ImageModel

/// Something about a tag that must reach the store.
package struct RecordRequest: Sendable {
  package enum Finding: Sendable {
    /// The current state still holds; recorded on its own because reachability or a withheld event is in play.
    case confirmed
    case found(TagSnapshot, head: Digest?)
    case failed(CheckFailure)
    /// No poll: the tag has been failing for `unreachable_after`.
    case overdue

    var isCheck: Bool {
      if case .overdue = self { false } else { true }
    }
  }

  /// The tag's index in the plan, for whoever takes the `Record`.
  package let index: Int
  /// The tag's row.
  package let tagID: TagID
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
