package import History
import Host
package import ImageModel
package import StrictJSON

/// What changing deliveries came to.
package struct DeliveryOutcome: Hashable, Sendable {
  /// A sink to which nothing is sent: it is disabled still, or was removed.
  package struct Held: Hashable, Sendable {
    package let sink: String
    package let state: SinkState
    /// How many of the deliveries are to it.
    package let count: Int
  }

  /// How many were made due, or forgotten.
  package let count: Int
  /// Sinks that had been disabled and are tried again.
  package let enabled: [String]
  /// Of the sinks that were asked about.
  package let held: [Held]
  /// Sinks at which attempts are to be made now. Not part of the reply.
  package let hurried: [String]

  package init(count: Int, enabled: [String] = [], held: [Held] = [], hurried: [String] = []) {
    self.count = count
    self.enabled = enabled
    self.held = held
    self.hurried = hurried
  }

  /// Does what the request says, in the caller's transaction; `nil` for a request that changes no deliveries.
  package init?(_ request: ControlRequest, in store: HistoryTransaction, now: Timestamp = .now()) throws {
    switch request {
    case .retry(let query):
      let enabled = try store.enableSinks(query.sinks)
      // First, for what is changed already is not counted again.
      let held = try store.sinkStatus(now: now).filter { sink in
        (sink.state == .disabled || sink.state == .removed) && (query.sinks.isEmpty || query.sinks.contains(sink.name))
      }.map { sink in
        var toIt = query
        toIt.sinks = [sink.name]
        return Held(sink: sink.name, state: sink.state, count: try store.retryDeliveries(toIt, now: now).count)
      }
      let (count, hurried) = try store.retryDeliveries(query, now: now)
      self.init(
        count: held.reduce(count) { $0 + $1.count }, enabled: enabled, held: held, hurried: hurried)
    case .drop(let query): self.init(count: try store.dropDeliveries(query))
    case .health, .check, .hint, .prune, .forget: return nil
    }
  }

  /// From what a daemon answered.
  package init(reply: JSONValue) throws(ControlError) {
    guard let count = reply["count"]?.integer, let enabled = reply["enabled"]?.array?.compactMap(\.string),
      let held = reply["held"]?.array?.compactMap(Held.init)
    else { throw .noReply }
    self.init(count: Int(count), enabled: enabled, held: held)
  }

  package var json: JSONOutput {
    .members([
      "count": .number(count), "enabled": .array(enabled.map { .string($0) }), "held": .array(held.map(\.json)),
    ])
  }
}

extension DeliveryOutcome.Held {
  fileprivate init?(_ json: JSONValue) {
    guard let sink = json["sink"]?.string, let state = json["state"]?.string.flatMap(SinkState.init),
      let count = json["count"]?.integer
    else { return nil }
    self.init(sink: sink, state: state, count: Int(count))
  }

  fileprivate var json: JSONOutput {
    .members(["sink": .string(sink), "state": .string(state.rawValue), "count": .number(count)])
  }
}
