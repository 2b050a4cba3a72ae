package import ImageModel

/// A change of whether a tag can be observed. At most one per check or tick.
package enum ReachabilityChange: Hashable, Sendable {
  /// No successful check for too long. `failingSince` is the first failed check of the run.
  case unreachable(failingSince: Timestamp, CheckFailure)
  /// A successful check of a tag that was `unreachable`.
  case recovered(failingSince: Timestamp)
  /// The registry answers, and has said often and long enough that the tag is gone: `missingSince` was the first time.
  case deleted(missingSince: Timestamp)
  /// A successful check of a tag that was `deleted`.
  case restored

  /// The type of the event that announces it.
  package var type: EventType {
    switch self {
    case .unreachable: .tagUnreachable
    case .recovered: .tagRecovered
    case .deleted: .tagDeleted
    case .restored: .tagRestored
    }
  }
}
