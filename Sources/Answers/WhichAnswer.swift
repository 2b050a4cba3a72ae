package import History
package import ImageModel

/// Where a digest was found. Source: docs/reference.md, which.
package struct WhichAnswer {
  let uses: [DigestUse]

  package init(uses: [DigestUse]) { self.uses = uses }

  package var json: JSONOutput {
    .members([
      "matches": .array(
        uses.map { use in
          .members([
            "kind": .string(use.kind.rawValue), "digest": .text(use.digest), "tag": .text(use.tag),
            "platform": .text(use.platform), "first_seen": .text(use.firstSeen), "last_seen": .text(use.lastSeen),
            "current": .bool(use.isCurrent),
            "moved": use.moved.map { .members(["digest": .text($0.to.digest), "since": .text($0.since)]) } ?? .null,
            "pull": .string(use.tag.pull(use.top)),
            "pull_exact": use.manifest.map { .string(use.tag.pull($0)) } ?? .null,
          ])
        })
    ])
  }
}
