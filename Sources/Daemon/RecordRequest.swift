import Drift
import History
package import ImageModel

/// Something about a tag that must reach the store.
struct RecordRequest: Sendable {
  enum Finding: Sendable {
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

  let slot: Int
  /// The slot as it stood after the result was taken in.
  var entry: TagSlot
  let finding: Finding
  /// The change of reachability that goes with it.
  let change: ReachabilityChange?
  let at: Timestamp
  /// When the tag is to be checked next.
  let nextCheck: Timestamp
  /// The inquiries that this answers.
  var answers: [Int] = []
}

/// What became of a request: the state to go on with, and what is to be told.
struct Record: Sendable {
  let slot: Int
  let tag: TagReference
  /// The digest the user expected at first sight, where another one was found.
  let unmetPin: Digest?
  /// The current snapshot and the tag's row as they are now.
  let snapshot: Int64?
  let state: TagState
  /// `nil` when there was no poll.
  let outcome: CheckOutcome?
  /// The image moved to and fro, and that is announced later.
  let isWithheld: Bool
  let events: [RecordedEvent]
  /// What is odd about what was found.
  var remarks: [String] = []
}

/// An event as it was frozen.
package struct RecordedEvent: Sendable {
  package let type: EventType
  package let sequence: Int64
  /// The event's document, byte for byte as every sink gets it.
  package let body: [UInt8]
  /// The sinks it waits for; empty where nobody has to know.
  let sinks: [String]
  /// A platform moved back to an image that it had before.
  let isRollback: Bool

  package init(_ type: EventType, sequence: Int64, body: [UInt8], sinks: [String] = [], isRollback: Bool = false) {
    self.type = type
    self.sequence = sequence
    self.body = body
    self.sinks = sinks
    self.isRollback = isRollback
  }
}

/// What a poll came to, in the words of `check`.
package enum CheckOutcome: Sendable {
  case firstSeen, unchanged, changed
  case failed(CheckFailure)

  /// As in JSON.
  package var name: String {
    switch self {
    case .firstSeen: "first_seen"
    case .unchanged: "unchanged"
    case .changed: "changed"
    case .failed: "failed"
    }
  }

  package var failure: CheckFailure? {
    if case .failed(let failure) = self { failure } else { nil }
  }
}
