package import ImageModel

extension CheckReport {
  /// What polling has found. The events are put in byte for byte. Source: docs/reference.md, check.
  package var json: JSONOutput {
    .members([
      "checked": .number(results.count),
      "first_seen": .number(firstSeen),
      "unchanged": .number(unchanged),
      "changed": .number(changed),
      "failed": .number(failed),
      "results": .array(results.map(\.json)),
      "unlisted": .array(
        unlisted.map { .members(["repository": .text($0.repository), "error": $0.failure.json]) }),
    ])
  }
}

extension CheckReport.Result {
  fileprivate var json: JSONOutput {
    typealias Member = JSONOutput.Member
    return .object(
      [Member("tag", .text(tag)), Member("outcome", .string(outcome.name))]
        + (isWithheld ? [Member("withheld", true)] : [])
        + [
          Member("events", .array(events.map { .raw($0.body) })), Member("error", outcome.failure?.json ?? .null),
        ])
  }
}
