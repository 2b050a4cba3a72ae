import ImageModel

/// What `status` shows: the tags asked for, and all sinks.
public struct StatusReport: Hashable, Sendable {
  public let tags: [TagStatus]
  /// Tags that were asked for and are not in the database.
  public let unknown: [TagReference]
  /// In the order of the configuration.
  public let sinks: [SinkStatus]
}

/// How a tag is doing.
public struct TagStatus: Hashable, Sendable {
  /// Source: docs/reference.md, status.
  public enum State: String, Sendable, CaseIterable {
    case ok, failing, unreachable, deleted, pending
  }

  public let record: TagRecord
  /// The top digest of the current state; `nil` before the first and after the tag was deleted.
  public let digest: Digest?
  /// Of the current state, empty where there is none; without platforms that are no longer watched.
  public let platforms: [StoredImage]
  /// Watched platforms that the current state has no image for; empty for a tag without an index.
  public let missingPlatforms: [Platform]

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

  public var state: State {
    switch record.state.reach {
    case .deleted: .deleted
    case .unreachable: .unreachable
    case .ok: record.state.failure != nil ? .failing : record.state.lastSuccess == nil ? .pending : .ok
    }
  }

  /// When the image behind the tag changed last; `nil` if it was never seen to.
  public var lastChanged: Timestamp? { record.state.lastMove }
}

/// How a sink is doing.
public struct SinkStatus: Hashable, Sendable {
  public let name: String
  public let type: String
  public let state: SinkState
  /// Deliveries that wait, and those that were given up until they are retried by hand.
  public let waiting: Int
  public let failed: Int
  /// When the oldest waiting event was recorded.
  public let oldestWaiting: Timestamp?

  public init(name: String, type: String, state: SinkState, waiting: Int, failed: Int, oldestWaiting: Timestamp?) {
    self.name = name
    self.type = type
    self.state = state
    self.waiting = waiting
    self.failed = failed
    self.oldestWaiting = oldestWaiting
  }
}
