import ImageModel

/// One event on its way to one sink.
public struct OutboxRow: Hashable, Sendable {
  public let sequence: Int64
  public let tagID: Int64
  /// The event's id, which is also the `webhook-id`.
  public let eventID: String
  public let type: EventType
  public let time: Timestamp
  /// The frozen bytes of the event.
  public let body: [UInt8]
  /// Attempts made so far.
  public let attempts: Int
  /// The epoch before the first attempt.
  public let nextAttempt: Timestamp
  /// When its receiver first asked to wait with it.
  public let refusedSince: Timestamp?
}

/// The time for which a sink's receiver has asked to be sent nothing.
enum SinkRest {
  /// Milliseconds since 1970 at which one may end that is not over. A later end was put there by another clock.
  static func ends(after now: Timestamp) -> ClosedRange<Int64> {
    (now.milliseconds + 1)...(now.milliseconds + Int64(Limits.webhookRetryAfterSeconds) * 1_000)
  }
}

/// A sink of the configuration.
public struct SinkDefinition: Hashable, Sendable {
  public let name: String
  /// `stdout`, `file` or `webhook`.
  public let type: String
  /// Stands for the whole definition: when it changes, a disabled sink is tried again. Free of secrets.
  public let fingerprint: String

  public init(name: String, type: String, fingerprint: String) {
    self.name = name
    self.type = type
    self.fingerprint = fingerprint
  }
}

public enum SinkState: String, Sendable, CaseIterable {
  case ok
  /// Its receiver asked not to be sent anything any more (410).
  case disabled
  /// No longer in the configuration; what waits for it is kept and shown.
  case removed
}

/// What is left of a delivery after an attempt failed.
public enum FailedDelivery: Hashable, Sendable {
  /// It is tried again then.
  case retry(at: Timestamp)
  /// It rests until it is retried by hand.
  case rests
}
