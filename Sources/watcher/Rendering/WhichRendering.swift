import History
import ImageModel

/// Where a digest was found, for people.
struct WhichRendering {
  let digest: Digest
  /// By tag, kind and platform, the newest first.
  let uses: [DigestUse]
  let now: Timestamp

  func text(_ format: TextFormat) -> String {
    var lines = ["\(format.style.paint(format.digests(digest), .strong)), times in \(format.times.zone)"]
    let kinds = DigestKind.allCases.filter { kind in uses.contains { $0.kind == kind } }
    for kind in kinds { lines += Lines.of(kind.words, width: format.width, margin: 2) }
    for (index, use) in uses.enumerated() {
      if index == 0 || !use.isBeside(uses[index - 1]) {
        let kind = kinds.count > 1 ? [use.kind.name] : []
        let words = (use.kind == .index ? [] : [use.platform.words.shown]) + kind
        lines += ["", ([format.style.paint(use.tag.familiar.shown, .strong)] + words).joined(separator: "  ")]
      }
      lines += self.lines(use, format)
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func lines(_ use: DigestUse, _ format: TextFormat) -> [String] {
    let end =
      use.isCurrent
      ? format.style.paint("now", .good) + " (seen \(format.times.short(use.lastSeen, now: now)))"
      : format.times(use.lastSeen)
    // To be copied: never cut.
    return ["  \(format.times(use.firstSeen)) – \(end)", "    \(use.tag.pull(use.top))"]
      + (use.manifest.map { $0 == use.top ? [] : ["    \(use.tag.pull($0))  (this platform alone)"] } ?? [])
  }
}

extension DigestUse {
  fileprivate func isBeside(_ other: DigestUse) -> Bool {
    tag == other.tag && kind == other.kind && platform == other.platform
  }
}

extension DigestKind {
  fileprivate var name: String {
    switch self {
    case .imageID: "image ID"
    case .manifest: "manifest"
    case .index: "index"
    }
  }

  /// What it is, and who shows it. Source: docs/reference.md, which.
  fileprivate var words: String {
    switch self {
    case .imageID:
      "an image ID: what Podman and Docker's classic image store show as IMAGE ID"
    case .manifest:
      "a manifest: what Docker's containerd image store shows as IMAGE ID where the tag has no index"
    case .index:
      "an index: what Docker's containerd image store shows as IMAGE ID, and what RepoDigests names"
    }
  }
}
