import ImageModel

/// Which deliveries are meant.
public struct DeliveryQuery: Hashable, Sendable {
  /// What people call an event by.
  public enum EventName: Hashable, Sendable, CustomStringConvertible {
    case id(String)
    case sequence(Int64)

    public var description: String {
      switch self {
      case .id(let id): id
      case .sequence(let sequence): String(sequence)
      }
    }
  }

  /// Those of these events; empty means all.
  public var events: [EventName] = []
  /// Those to these sinks; empty means all.
  public var sinks: [String] = []
  /// Those of events recorded at this time or later.
  public var since: Timestamp?
  public var states: Set<DeliveryState>

  public init(states: Set<DeliveryState>) { self.states = states }
}

public enum DeliveryState: String, Sendable, CaseIterable {
  case waiting
  /// Given up until it is retried by hand.
  case failed
  case delivered
}

/// One event on its way to one sink, as people look at it.
public struct StoredDelivery: Hashable, Sendable {
  public let sink: String
  /// Only to one that is `ok` anything is sent.
  public let sinkState: SinkState
  public let sequence: Int64
  public let eventID: String
  public let type: EventType
  /// `nil` for a group, which tells of several.
  public let tag: TagReference?
  public let state: DeliveryState
  public let attempts: Int
  /// When it is tried again; `nil` for one that is due at once or not tried any more.
  public let nextAttempt: Timestamp?
  public let delivered: Timestamp?
  /// Why the last attempt failed.
  public let lastError: String?
}
