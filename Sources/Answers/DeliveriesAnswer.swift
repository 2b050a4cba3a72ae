import History
package import ImageModel

extension [StoredDelivery] {
  /// The outbox. Source: docs/reference.md, deliveries list.
  package var answer: JSONOutput {
    .members([
      "deliveries": .array(
        map { delivery in
          .members([
            "sink": .string(delivery.sink),
            "sequence": .string(ChangeEvent.sequenceText(delivery.sequence)),
            "id": .string(delivery.eventID),
            "type": .string(delivery.type.rawValue),
            "tag": .text(delivery.tag),
            "state": .string(delivery.state.rawValue),
            "attempts": .number(delivery.attempts),
            "next_attempt": .text(delivery.nextAttempt),
            "delivered": .text(delivery.delivered),
            "last_error": .text(delivery.lastError),
          ])
        })
    ])
  }
}

extension JSONOutput {
  /// What `deliveries drop` has done. Source: docs/reference.md, deliveries list.
  package static func dropped(_ count: Int) -> JSONOutput { .members(["dropped": .number(count)]) }

  /// What `deliveries retry` has done. Source: docs/reference.md, deliveries list.
  ///
  /// - Parameter enabled: sinks that had been disabled.
  package static func retried(_ count: Int, enabled: [String]) -> JSONOutput {
    .members(["retried": .number(count), "enabled": .array(enabled.map { .string($0) })])
  }
}
