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

/// The time for which a sink's receiver has asked to be sent nothing.
enum SinkRest {
  /// Milliseconds since 1970 at which one may end that is not over. A later end was put there by another clock.
  static func ends(after now: Timestamp) -> ClosedRange<Int64> {
    (now.milliseconds + 1)...(now.milliseconds + Int64(Limits.webhookRetryAfterSeconds) * 1_000)
  }
}

/// A sink of the configuration.
package struct SinkDefinition: Hashable, Sendable {
  package let name: String
  /// `stdout`, `file` or `webhook`.
  package let type: String
  /// Stands for the whole definition: when it changes, a disabled sink is tried again. Free of secrets.
  package let fingerprint: String
  /// What stood for the same definition in databases of earlier versions.
  package let formerFingerprint: String?

  package init(name: String, type: String, fingerprint: String, formerFingerprint: String? = nil) {
    self.name = name
    self.type = type
    self.fingerprint = fingerprint
    self.formerFingerprint = formerFingerprint
  }
}

package enum SinkState: String, Sendable, CaseIterable {
  case ok
  /// Its receiver asked not to be sent anything any more (410).
  case disabled
  /// No longer in the configuration; what waits for it is kept and shown.
  case removed
}

/// What is left of a delivery after an attempt failed.
package enum FailedDelivery: Hashable, Sendable {
  /// It is tried again then.
  case retry(at: Timestamp)
  /// It rests until it is retried by hand.
  case rests
}
