package import ImageModel

/// Which deliveries are meant.
package struct DeliveryQuery: Hashable, Sendable {
  /// What people call an event by.
  package enum EventName: Hashable, Sendable, CustomStringConvertible {
    case id(String)
    case sequence(EventSequence)

    package var description: String {
      switch self {
      case .id(let id): id
      case .sequence(let sequence): sequence.description
      }
    }
  }

  /// Those of these events; empty means all.
  package var events: [EventName] = []
  /// Those to these sinks; empty means all.
  package var sinks: [String] = []
  /// Those of events recorded at this time or later.
  package var since: Timestamp?
  package var states: Set<DeliveryState>

  package init(states: Set<DeliveryState>) { self.states = states }
}

package enum DeliveryState: String, Sendable, CaseIterable {
  case waiting
  /// Given up until it is retried by hand.
  case failed
  case delivered
}

/// One event on its way to one sink, as people look at it.
package struct StoredDelivery: Hashable, Sendable {
  package let sink: String
  /// Only to one that is `ok` anything is sent.
  package let sinkState: SinkState
  package let sequence: EventSequence
  package let eventID: String
  package let type: EventType
  /// `nil` for a group, which holds several.
  package let tag: TagReference?
  package let state: DeliveryState
  package let attempts: Int
  /// When it is tried again; `nil` for one that is due at once or not tried any more.
  package let nextAttempt: Timestamp?
  package let delivered: Timestamp?
  /// Why the last attempt failed.
  package let lastError: String?
}
