package import Containers
package import ImageModel

/// What runs, beside what its tags name. Source: docs/reference.md, drift.
package struct DriftAnswer {
  /// A socket, or a file.
  package let source: String
  /// Behind first.
  package let containers: [ContainerDrift]

  package init(source: String, containers: [ContainerDrift]) {
    self.source = source
    let order = ContainerDrift.State.allCases
    self.containers = order.flatMap { state in
      containers.filter { $0.state == state }.sorted { left, right in
        let states = (left.behind?.states ?? 0, right.behind?.states ?? 0)
        return states.0 == states.1 ? left.container.name < right.container.name : states.0 > states.1
      }
    }
  }

  /// How many there are of each state.
  package var counts: [(state: ContainerDrift.State, count: Int)] {
    ContainerDrift.State.allCases.map { state in (state, containers.count { $0.state == state }) }
  }

  package var json: JSONOutput {
    .members([
      "source": .string(source), "containers": .array(containers.map(\.json)),
      "counts": .object(counts.map { .init($0.state.rawValue, .number($0.count)) }),
    ])
  }
}

extension ContainerDrift {
  fileprivate var json: JSONOutput {
    .members([
      "name": .string(container.name), "image": .text(container.image.isEmpty ? nil : container.image),
      "tag": .text(tag), "platform": .text(platform), "state": .string(state.rawValue),
      "running": .members([
        "image_id": .text(imageID), "digests": .array(container.digests.map { .text($0.digest) }),
      ]),
      "was_current": wasCurrent.map {
        .members(["first_seen": .text($0.lowerBound), "last_seen": .text($0.upperBound)])
      } ?? .null,
      "current": current?.json ?? .null, "behind": behind?.json ?? .null,
      "tags": .array(tags.map { .text($0) }), "pull": .text(pull), "reason": .text(reason),
    ])
  }
}

extension ContainerDrift.Current {
  fileprivate var json: JSONOutput {
    .members([
      "image_id": .text(imageID), "manifest": .text(manifest), "digest": .text(digest),
      "first_seen": .text(firstSeen),
    ])
  }
}

extension ContainerDrift.Behind {
  fileprivate var json: JSONOutput {
    .members([
      "states": .number(states), "since": .text(since), "classes": .array(classes.map { .string($0.rawValue) }),
      "changes": .array(changes.map { .string($0) }),
      "rollback": rollback.map { .members(["last_current": .text($0)]) } ?? .null,
    ])
  }
}
