package import ImageModel

/// What `status` shows: the tags asked for, and all sinks.
package struct StatusReport: Hashable, Sendable {
  package var tags: [TagStatus]
  /// Tags that were asked for and are not in the database.
  package let unknown: [TagReference]
  /// Those of which tags are watched, where all tags are reported.
  package let repositories: [RepositoryRecord]
  /// In the order of the configuration.
  package let sinks: [SinkStatus]
  /// The path of the database, symbolic links resolved.
  package let database: String
  package let daemon: DaemonState
  /// Until when registries want to be left alone, by domain, as the daemon that runs last said.
  package let rests: [String: Timestamp]
  /// Those of the tags, by name.
  package let registries: [RegistryStatus]
  /// What the daemon says is wrong with itself.
  package var problem: String?

  package init(
    tags: [TagStatus], unknown: [TagReference], repositories: [RepositoryRecord] = [], sinks: [SinkStatus],
    database: String, daemon: DaemonState = .absent, rests: [String: Timestamp] = [:],
    registries: [RegistryStatus] = []
  ) {
    self.tags = tags
    self.unknown = unknown
    self.repositories = repositories
    self.sinks = sinks
    self.database = database
    self.daemon = daemon
    self.rests = rests
    self.registries = registries
  }
}

extension StatusReport {
  /// Whether a tag, a repository, a sink or the daemon needs somebody.
  package var isUnwell: Bool {
    problem != nil || tags.contains(where: \.isUnwell) || repositories.contains(where: \.isUnwell)
      || sinks.contains(where: \.isUnwell)
  }

  /// The same, without the tags and repositories that are well.
  package var failing: StatusReport {
    var report = StatusReport(
      tags: tags.filter(\.isUnwell), unknown: unknown, repositories: repositories.filter(\.isUnwell), sinks: sinks,
      database: database, daemon: daemon, rests: rests, registries: registries)
    report.problem = problem
    return report
  }
}

/// How a tag is doing.
package struct TagStatus: Hashable, Sendable {
  /// Source: docs/reference.md, status.
  package enum State: String, Sendable, CaseIterable {
    case ok, failing, unreachable, deleted, pending

    /// - Parameters:
    ///   - isFailing: whether the last check failed.
    ///   - wasSeen: whether one ever succeeded.
    package init(_ reach: Reach, isFailing: Bool, wasSeen: Bool) {
      switch reach {
      case .deleted: self = .deleted
      case .unreachable: self = .unreachable
      case .ok: self = isFailing ? .failing : wasSeen ? .ok : .pending
      }
    }
  }

  package let record: TagRecord
  /// The top digest of the current state; `nil` before the first and after the tag was deleted.
  package let digest: Digest?
  /// Of the current state, empty where there is none; without platforms that are no longer watched.
  package let platforms: [StoredImage]
  /// Watched platforms that the current state has no image for; empty for a tag without an index.
  package let missingPlatforms: [Platform]

  package init(record: TagRecord, current: StoredSnapshot?) {
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
    let state = record.state
    // Of one whose documents could never be had nothing is known.
    let wasSeen = state.lastSuccess != nil && (digest != nil || state.moved == nil)
    return State(state.reach, isFailing: state.failure != nil, wasSeen: wasSeen)
  }

  /// Somebody has to look after it.
  package var isUnwell: Bool { Self.isUnwell(state, hasNoPlatform: hasNoPlatform) }

  static func isUnwell(_ state: State, hasNoPlatform: Bool) -> Bool {
    switch state {
    case .failing, .unreachable, .deleted: true
    case .ok, .pending: hasNoPlatform
    }
  }

  /// None of the platforms that are asked for is there: nothing of it is watched.
  package var hasNoPlatform: Bool {
    // Until it is looked at for them, nobody knows.
    record.state.walked == record.selection && platforms.isEmpty && !missingPlatforms.isEmpty
  }

  /// When a tag that seems to be gone may count as deleted; `nil` where nothing speaks for that.
  package var deletionTime: Timestamp? {
    guard record.state.lastSuccess != nil else { return nil }
    return record.state.missingSince?.advanced(bySeconds: Limits.deletionSeconds)
  }

  /// When the image behind the tag changed last; `nil` if it was never seen to.
  package var lastChanged: Timestamp? { record.state.lastMove }
}
