package import History
package import ImageModel

extension Pruned {
  /// What `db prune` has forgotten. Source: docs/reference.md, db check, db prune.
  package var json: JSONOutput { .object(members) }

  fileprivate var members: [JSONOutput.Member] {
    [
      .init("snapshots", .number(snapshots)), .init("events", .number(events)),
      .init("documents", .number(documents)), .init("deliveries", .number(deliveries)),
    ]
  }
}

extension Forgotten {
  /// What `forget` has forgotten of a tag. Source: docs/reference.md, forget.
  package func json(of tag: TagReference) -> JSONOutput {
    .object([.init("tag", .text(tag))] + pruned.members + [.init("kept_events", .number(kept))])
  }
}

extension Soundness {
  /// What `db check` has found. Source: docs/reference.md, db check, db prune.
  package var json: JSONOutput {
    .members([
      "sound": .bool(findings.isEmpty), "documents": .number(documents),
      "findings": .array(findings.map { .string($0) }),
    ])
  }
}
