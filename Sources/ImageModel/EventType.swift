/// The kinds of event, as they are named in `type`. Source: docs/webhooks.md, The event.
package enum EventType: String, Sendable, CaseIterable {
  case tagDeleted = "watcher.tag.deleted"
  case tagRestored = "watcher.tag.restored"
  case tagUnreachable = "watcher.tag.unreachable"
  case tagRecovered = "watcher.tag.recovered"
  /// The registry names another document, which could not be had yet: whether an image changed is not known.
  case tagMoved = "watcher.tag.moved"
  case imageChanged = "watcher.image.changed"
  /// What has no image ID is told apart by its manifest: a Helm chart, a model, an SBOM, a schema 1 image.
  case artifactChanged = "watcher.artifact.changed"
  case platformAdded = "watcher.platform.added"
  case platformRemoved = "watcher.platform.removed"
  case imageRepacked = "watcher.image.repacked"
  case indexChanged = "watcher.index.changed"
  case tagFirstSeen = "watcher.tag.first_seen"
  /// A group of others, made for one sink.
  case changes = "watcher.changes"

  /// Whether a sink without `events` patterns is sent this. The others are recorded all the same.
  package var isOnByDefault: Bool {
    switch self {
    case .imageRepacked, .indexChanged, .tagFirstSeen, .changes: false
    default: true
    }
  }

  /// Whether it announces that the tag names something else than before: what a tag that moves to and fro has many of.
  package var isMove: Bool { self == .imageChanged || self == .artifactChanged }
}

/// How one platform changed. Source: docs/webhooks.md, The event.
package enum ChangeClass: String, Sendable, CaseIterable {
  /// Layers differ, or nothing proves that they do not.
  case content
  /// The same layers under another config.
  case rebuilt
  /// The same image under another manifest.
  case repacked
  case added
  case removed
}

/// Whether a tag can be had, as events have announced it.
package enum Reach: String, Sendable, CaseIterable {
  case ok
  case unreachable
  /// Stays until a check succeeds, also while the registry itself fails: what is gone cannot also be out of reach.
  case deleted
}
