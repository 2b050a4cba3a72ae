package import ImageModel

/// Which recorded events are wanted. Source: docs/decisions/0008-choosing-events-and-deliveries.md.
package struct EventQuery: Hashable, Sendable {
  /// Only events with a higher sequence.
  package var after: EventSequence = .zero
  /// Only events with a lower sequence.
  package var before: EventSequence?
  /// Only events of these tags, and no groups; empty means all.
  package var tags: [TagReference] = []
  /// Only events of these types; `nil` means all.
  package var types: Set<EventType>?
  /// Only events recorded at this time or later.
  package var since: Timestamp?

  package init() {}
}

/// An event as it was recorded.
package struct StoredEvent: Hashable, Sendable {
  package let sequence: EventSequence
  package let type: EventType
  package let tag: TagReference
  package let time: Timestamp
  /// The frozen bytes: the JSON document on one line, without a newline at the end.
  package let body: [UInt8]
}

/// Some events, oldest first.
package struct EventPage: Hashable, Sendable {
  package let events: [StoredEvent]
  /// Where the next page begins: everything up to this sequence has been looked at.
  package let last: EventSequence
  /// Whether there may be more now.
  package let isFull: Bool
}
