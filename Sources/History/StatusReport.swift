package import ImageModel

/// What `status` shows: the tags asked for, and all sinks.
package struct StatusReport: Hashable, Sendable {
  package let tags: [TagStatus]
  /// Tags that were asked for and are not in the database.
  package let unknown: [TagReference]
  /// In the order of the configuration.
  package let sinks: [SinkStatus]
}

/// How a tag is doing.
package struct TagStatus: Hashable, Sendable {
  /// Source: docs/reference.md, status.
  package enum State: String, Sendable, CaseIterable {
    case ok, failing, unreachable, deleted, pending
  }

  package let record: TagRecord
  /// The top digest of the current state; `nil` before the first and after the tag was deleted.
  package let digest: Digest?
  /// Of the current state, empty where there is none; without platforms that are no longer watched.
  package let platforms: [StoredImage]
  /// Watched platforms that the current state has no image for; empty for a tag without an index.
  package let missingPlatforms: [Platform]

  init(record: TagRecord, current: StoredSnapshot?) {
    self.record = record
    let current = current?.ended == nil ? current : nil
    digest = current?.digest
    // A tag without an index is watched whole.
    let selection = current?.mediaType.isIndex == true ? record.selection : nil
    platforms = (current?.images ?? []).filter { image in
      image.platform.flatMap { selection?.contains($0) } ?? true
    }
    // One of unknown platform may be of any, and an artifact is of none.
    let isKnown = platforms.allSatisfy { $0.platform != nil }
    missingPlatforms = isKnown ? selection?.missing(from: platforms.compactMap(\.platform)) ?? [] : []
  }

  package var state: State {
    switch record.state.reach {
    case .deleted: .deleted
    case .unreachable: .unreachable
    case .ok: record.state.failure != nil ? .failing : record.state.lastSuccess == nil ? .pending : .ok
    }
  }

  /// When the image behind the tag changed last; `nil` if it was never seen to.
  package var lastChanged: Timestamp? { record.state.lastMove }
}

/// How a sink is doing.
package struct SinkStatus: Hashable, Sendable {
  package let name: String
  package let type: String
  package let state: SinkState
  /// Deliveries that wait, and those that were given up until they are retried by hand.
  package let waiting: Int
  package let failed: Int
  /// When the oldest waiting event was recorded.
  package let oldestWaiting: Timestamp?

  package init(name: String, type: String, state: SinkState, waiting: Int, failed: Int, oldestWaiting: Timestamp?) {
    self.name = name
    self.type = type
    self.state = state
    self.waiting = waiting
    self.failed = failed
    self.oldestWaiting = oldestWaiting
  }
}
