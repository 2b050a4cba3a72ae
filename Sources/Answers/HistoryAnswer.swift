package import History
package import ImageModel

/// The history of a tag. Source: docs/reference.md, history.
package struct HistoryAnswer {
  let tag: TagReference
  /// Newest first.
  let entries: [HistoryEntry]

  package init(tag: TagReference, entries: [HistoryEntry]) {
    self.tag = tag
    self.entries = entries
  }

  package var json: JSONOutput {
    .members([
      "tag": .text(tag),
      "entries": .array(
        entries.map { entry in
          .members([
            "first_seen": .text(entry.firstSeen),
            "last_seen": .text(entry.lastSeen),
            "current": .bool(entry.isCurrent),
            "ended": .text(entry.isCurrent ? nil : entry.ended?.rawValue ?? "changed"),
            "digest": .text(entry.digest),
            "media_type": .text(entry.mediaType),
            "pull": .string(tag.pull(entry.digest)),
            "event": .text(entry.event?.rawValue),
            "platforms": .array(
              entry.platforms.map { image in
                .members([
                  "platform": .text(image.platform),
                  "manifest": .text(image.manifest),
                  "image_id": .text(image.imageID),
                  "created": .text(image.created),
                  "class": .text(image.changeClass?.rawValue),
                  "rollback": entry.rollback(of: image).map {
                    .members(["last_current": .text($0.lastCurrent), "digest": .text($0.digest)])
                  } ?? .null,
                ])
              }),
            "removed": .array(
              entry.removed.map { image in
                .members([
                  "platform": .text(image.platform), "manifest": .text(image.manifest),
                  "image_id": .text(image.imageID),
                ])
              }),
            "also": .array(entry.also.map { .text($0) }),
            "gaps": .array(
              entry.gaps.map { .members(["from": .text($0.from), "to": .text($0.to)]) }),
          ])
        }),
    ])
  }
}
