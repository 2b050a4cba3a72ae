package import Comparison
package import ImageModel

/// Two states side by side. Source: docs/reference.md, diff.
package struct DiffAnswer {
  /// A state that is compared.
  package struct Side: Hashable, Sendable {
    package let tag: TagReference
    /// `nil` of what the registry names now.
    package let firstSeen: Timestamp?
    package let digest: Digest

    package init(tag: TagReference, firstSeen: Timestamp?, digest: Digest) {
      (self.tag, self.firstSeen, self.digest) = (tag, firstSeen, digest)
    }
  }

  /// The tag that is asked about.
  let tag: TagReference
  package let from: Side
  package let to: Side
  package let differences: [ImageDifference]

  package init(tag: TagReference, from: Side, to: Side, _ comparison: StateComparison) {
    (self.tag, self.from, self.to, differences) = (tag, from, to, comparison.differences)
  }

  package var json: JSONOutput {
    .members([
      "tag": .text(tag), "from": from.json, "to": to.json, "platforms": .array(differences.map(\.json)),
    ])
  }
}

extension DiffAnswer.Side {
  fileprivate var json: JSONOutput {
    .members(["tag": .text(tag), "first_seen": .text(firstSeen), "digest": .text(digest)])
  }
}

extension ImageDifference {
  fileprivate var json: JSONOutput {
    .members([
      "platform": .text(platform),
      "from": from?.json ?? .null,
      "to": to?.json ?? .null,
      "class": .text(changeClass?.rawValue),
      "layers": layers.map { layers in
        .members(["kept": layers.kept.json, "added": layers.added.json, "removed": layers.removed.json])
      } ?? .null,
      "size": .members([
        "from": from?.size.map { .number($0) } ?? .null, "to": to?.size.map { .number($0) } ?? .null,
      ]),
      "config": .array(
        settings.map { .members(["field": .string($0.name), "from": $0.from ?? .null, "to": $0.to ?? .null]) }),
      "only_build_time": isOnlyBuildTime.map { .bool($0) } ?? .null,
      "link": .text(link),
      "unknown": .array(unknown.map { .string($0) }),
    ])
  }
}

extension ComparedImage {
  fileprivate var json: JSONOutput {
    .members([
      "manifest": .text(image.manifest), "image_id": .text(image.imageID), "created": .text(image.config?.created),
    ])
  }
}

extension [ComparedImage.Layer] {
  fileprivate var json: JSONOutput {
    .array(map { .members(["digest": .text($0.digest), "size": $0.size.map { .number($0) } ?? .null]) })
  }
}
