package import History
package import ImageModel

extension Pruned {
  /// What `db prune` has forgotten. Source: docs/reference.md, db check, db prune.
  package var json: JSONOutput {
    .members([
      "snapshots": .number(snapshots), "events": .number(events), "documents": .number(documents),
      "deliveries": .number(deliveries),
    ])
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
