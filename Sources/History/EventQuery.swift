import ImageModel

/// Which recorded events are wanted. Source: docs/decisions/0008-choosing-events-and-deliveries.md.
public struct EventQuery: Hashable, Sendable {
  /// Only events with a higher sequence.
  public var after: Int64 = 0
  /// Only events of these tags, and no groups; empty means all.
  public var tags: [TagReference] = []
  /// Only events of these types; `nil` means all.
  public var types: Set<EventType>?
  /// Only events recorded at this time or later.
  public var since: Timestamp?

  public init() {}
}

/// An event as it was recorded.
public struct StoredEvent: Hashable, Sendable {
  public let sequence: Int64
  public let type: EventType
  public let tag: TagReference
  public let time: Timestamp
  /// The frozen bytes: the JSON document on one line, without a newline at the end.
  public let body: [UInt8]
}

/// Some events, oldest first.
public struct EventPage: Hashable, Sendable {
  public let events: [StoredEvent]
  /// Where the next page begins: everything up to this sequence has been looked at.
  public let last: Int64
  /// Whether there may be more now.
  public let isFull: Bool
}
