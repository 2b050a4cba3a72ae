import Daemon
import ImageModel

extension CheckReport {
  /// Source: the contract, section 5. The events are put in byte for byte.
  var json: JSONOutput {
    .members([
      "checked": .number(results.count),
      "first_seen": .number(firstSeen),
      "unchanged": .number(unchanged),
      "changed": .number(changed),
      "failed": .number(failed),
      "results": .array(results.map(\.json)),
    ])
  }
}

extension CheckReport.Result {
  fileprivate var json: JSONOutput {
    .members([
      "tag": .text(tag),
      "outcome": .string(outcome.name),
      "events": .array(events.map { .raw($0.body) }),
      "error": outcome.failure?.json ?? .null,
    ])
  }
}
