package import ImageModel

/// One event on its way to one sink, as it stands in the outbox.
package struct OutboxItem: Sendable, Hashable {
  /// The event's sequence number; rises by order of recording.
  package let sequence: EventSequence
  /// The event's id, the same for every attempt.
  package let eventID: String
  /// Which tag the event is about: events of one tag go out in order.
  package let tag: TagID
  /// The event's frozen bytes, one line without a newline at the end.
  package let body: [UInt8]
  /// How often this was tried before.
  package let attempts: Int
  /// When its receiver first asked to wait with it, `nil` if it did not.
  package let refusedSince: Timestamp?

  package init(
    sequence: EventSequence, eventID: String, tag: TagID, body: [UInt8], attempts: Int, refusedSince: Timestamp? = nil
  ) {
    self.sequence = sequence
    self.eventID = eventID
    self.tag = tag
    self.body = body
    self.attempts = attempts
    self.refusedSince = refusedSince
  }
}
