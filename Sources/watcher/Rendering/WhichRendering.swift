import History
import ImageModel
import Questions

/// Where a digest was found, for people.
struct WhichRendering {
  let digest: Digest
  /// By tag, kind and platform, the newest first.
  let uses: [DigestUse]
  let now: Timestamp
  let isDaemonRunning: Bool

  func text(_ format: TextFormat) -> String {
    var lines = ["\(format.style.paint(format.digests(digest), .strong)), times in \(format.times.zone)"]
    let kinds = DigestKind.allCases.filter { kind in uses.contains { $0.kind == kind } }
    for kind in kinds {
      let isAlone = uses.contains { $0.kind == kind && $0.manifest == $0.top }
      lines += Lines.of(kind.words(isAlone: isAlone), width: format.width, margin: 2)
    }
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
    let lookout = Lookout(now: now, intervalSeconds: use.intervalSeconds, isDaemonRunning: isDaemonRunning)
    let silence = use.isCurrent ? lookout.silence(since: use.lastSeen) : nil
    var end = format.times(use.lastSeen)
    if use.isCurrent {
      let word = silence == nil ? format.style.paint("now", .good) : format.style.paint("?", .bad)
      end = "\(word) (seen \(format.times.short(use.lastSeen, now: now)))"
    } else if use.moved != nil {
      end += "  " + format.style.paint("moved", .notable)
    }
    let notes =
      [use.isPending ? PendingMove.pending : use.moved?.words(isSeen: true, format)].compactMap(\.self)
      .map { ($0, Style.Paint.notable) } + [silence].compactMap(\.self).map { ($0, .bad) }
    // To be copied: never cut.
    return ["  \(format.times(use.firstSeen)) – \(end)"]
      + notes.flatMap { note, paint in
        Lines.of(note, width: format.width, margin: 2).map { format.style.paint($0, paint) }
      } + ["    \(use.tag.pull(use.top).shown)"]
      + (use.manifest.map { $0 == use.top ? [] : ["    \(use.tag.pull($0).shown)  (this platform alone)"] } ?? [])
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
  ///
  /// - Parameter isAlone: a tag names the manifest without an index.
  fileprivate func words(isAlone: Bool) -> String {
    switch self {
    case .imageID:
      "an image ID: what Podman and Docker's classic image store show as IMAGE ID"
    case .manifest where !isAlone:
      "a manifest: that of one platform of an index, and what pulls it alone"
    case .manifest:
      "a manifest: what Docker's containerd image store shows as IMAGE ID where the tag has no index"
    case .index:
      "an index: what Docker's containerd image store shows as IMAGE ID, and what RepoDigests names"
    }
  }
}
