package import ImageModel

/// One event on its way to one sink.
package struct OutboxRow: Hashable, Sendable {
  package let sequence: EventSequence
  package let tagID: TagID
  /// The event's id, which is also the `webhook-id`.
  package let eventID: String
  package let type: EventType
  package let time: Timestamp
  /// The frozen bytes of the event.
  package let body: [UInt8]
  /// Attempts made so far.
  package let attempts: Int
  /// The epoch before the first attempt.
  package let nextAttempt: Timestamp
  /// When its receiver first asked to wait with it.
  package let refusedSince: Timestamp?
}

/// What is left of a delivery after an attempt failed.
package enum FailedDelivery: Hashable, Sendable {
  /// It is tried again then.
  case retry(at: Timestamp)
  /// It rests until it is retried by hand.
  case rests
}
