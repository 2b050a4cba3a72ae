package import History
import Host
package import ImageModel
package import StrictJSON

/// What changing deliveries came to.
package struct DeliveryOutcome: Hashable, Sendable {
  /// How many were made due, or forgotten.
  package let count: Int
  /// Sinks that had been disabled and are tried again.
  package let enabled: [String]
  /// Sinks that are disabled still, where none was named.
  package let disabled: [String]
  /// Sinks at which attempts are to be made now. Not part of the reply.
  package let hurried: [String]

  package init(count: Int, enabled: [String] = [], disabled: [String] = [], hurried: [String] = []) {
    self.count = count
    self.hurried = hurried
    self.enabled = enabled
    self.disabled = disabled
  }

  /// Does what the request says, in the caller's transaction; `nil` for a request that changes no deliveries.
  package init?(_ request: ControlRequest, in store: HistoryTransaction, now: Timestamp = .now()) throws {
    switch request {
    case .retry(let query):
      let (count, hurried) = try store.retryDeliveries(query, now: now)
      let enabled = try store.enableSinks(query.sinks)
      let disabled = query.sinks.isEmpty ? try store.sinks().filter { $0.state == .disabled } : []
      self.init(count: count, enabled: enabled, disabled: disabled.map(\.definition.name), hurried: hurried)
    case .drop(let query): self.init(count: try store.dropDeliveries(query))
    case .health, .check, .prune, .forget: return nil
    }
  }

  /// From what a daemon answered.
  package init(reply: JSONValue) throws(ControlError) {
    guard let count = reply["count"]?.integer, let enabled = reply["enabled"]?.array?.compactMap(\.string),
      let disabled = reply["disabled"]?.array?.compactMap(\.string)
    else { throw .noReply }
    self.init(count: Int(count), enabled: enabled, disabled: disabled)
  }

  package var json: JSONOutput {
    .members([
      "count": .number(count), "enabled": .array(enabled.map { .string($0) }),
      "disabled": .array(disabled.map { .string($0) }),
    ])
  }
}
