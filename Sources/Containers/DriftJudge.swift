package import History
package import ImageModel

/// What the history knows of one container's image.
package struct ContainerHistory: Hashable, Sendable {
  /// Of the tag it was started with, or of each that had its image; a tag that is not in the history is not among them.
  package let standings: [TagReference: TagStanding]
  /// The tags that name or named its image.
  package let tags: [TagReference]

  package init(standings: [TagReference: TagStanding] = [:], tags: [TagReference] = []) {
    (self.standings, self.tags) = (standings, tags)
  }
}

/// Says how a container stands to its tag. Pure.
package enum DriftJudge {
  package static func judge(
    _ container: RunningContainer, _ history: ContainerHistory, now: Timestamp
  ) -> ContainerDrift {
    var drift = verdict(container, history)
    if let standing = drift.tag.flatMap({ history.standings[$0] }), drift.reason == nil {
      drift.reason = silence(standing, now)
    }
    // What is not known of the image may be what its tag named.
    if [.other, .unwatched].contains(drift.state), drift.reason == nil { drift.reason = container.gap }
    drift.tags = [.current, .behind].contains(drift.state) ? [drift.tag].compactMap(\.self) : history.tags
    return drift
  }

  private static func verdict(_ container: RunningContainer, _ history: ContainerHistory) -> ContainerDrift {
    let start = container.start
    if case .digest(_, let tag) = start { return ContainerDrift(container, .pinned, tag: tag) }
    guard !container.digests.isEmpty else {
      var tag: TagReference?
      if case .tag(let named) = start { tag = named }
      return ContainerDrift(
        container, .unknown, tag: tag, reason: container.gap ?? "the source names no digest of its image")
    }
    if case .tag(let tag) = start {
      guard let standing = history.standings[tag] else { return unwatched(container, tag, history) }
      return considering(standing.moved, placed(container, tag, standing))
    }
    // Of the tags that had it, the one to which it is nearest.
    let placed = history.standings.map { considering($1.moved, Self.placed(container, $0, $1)) }
      .sorted { left, right in
        let order = (left.distance, right.distance)
        return order.0 == order.1 ? left.name < right.name : order.0 < order.1
      }
    return placed.first ?? unwatched(container, nil, history)
  }

  private static func unwatched(
    _ container: RunningContainer, _ tag: TagReference?, _ history: ContainerHistory
  ) -> ContainerDrift {
    // What Podman builds is named so; no registry is.
    let isLocal = history.tags.isEmpty && (container.isLocal || tag?.domain == "localhost")
    return ContainerDrift(
      container, isLocal ? .local : .unwatched, tag: tag,
      reason: tag == nil && !isLocal ? "started by an image ID that no tag in the history had" : nil)
  }

  /// What is known of a tag that nobody saw for long may be true no more.
  private static func silence(_ standing: TagStanding, _ now: Timestamp) -> String? {
    guard let newest = standing.entries.first, newest.isCurrent,
      ObservationGap.isLong(from: newest.lastSeen, to: now, intervalSeconds: standing.intervalSeconds ?? 0)
    else { return nil }
    return "its tag was last seen at \(newest.lastSeen)"
  }

  // MARK: Under a tag

  private static func placed(
    _ container: RunningContainer, _ tag: TagReference, _ standing: TagStanding
  ) -> ContainerDrift {
    guard let newest = standing.entries.first else {
      return ContainerDrift(container, .unknown, tag: tag, reason: "nothing has been recorded of its tag yet")
    }
    guard let match = standing.match, let found = standing.entries.last else {
      return unmatched(container, tag, newest)
    }
    var drift = ContainerDrift(container, .current, tag: tag)
    drift.wasCurrent = found.firstSeen...max(found.firstSeen, found.lastSeen)
    // The tag, or the platform.
    let isGone = !newest.isCurrent || match.platform != nil && newest.platforms.isEmpty
    if !isGone {
      let platform = match.platform ?? container.platform
      drift.current = current(newest, match.image == nil ? nil : image(of: platform, in: newest))
    }
    if let image = match.image {
      drift.platform = container.platform ?? match.platform
      drift.imageID = image.imageID ?? drift.imageID
      // Where nothing told that it left, it was looked at no more.
      let absences = standing.entries.prefix { $0.platforms.isEmpty }
      if let platform = match.platform, newest.isCurrent, !absences.isEmpty, absences.allSatisfy(\.removed.isEmpty) {
        drift.state = .unknown
        drift.reason = "\(platform) of its tag is not watched any more"
        return drift
      }
    } else if let platform = container.platform {
      // Of an index the tag has had, it is not known which image another one has for that platform.
      if newest.isCurrent, container.digests.contains(where: { $0.digest == newest.digest }) { return drift }
      drift.state = .unknown
      drift.reason = nothing(for: platform)
      return drift
    }
    drift.behind = behind(standing, found, isGone)
    if drift.behind != nil { drift.state = .behind }
    return drift
  }

  /// A tag that has moved to what could not be had yet may name any image.
  private static func considering(_ move: PendingMove?, _ drift: ContainerDrift) -> ContainerDrift {
    guard let move else { return drift }
    var drift = drift
    drift.current = ContainerDrift.Current(
      imageID: nil, manifest: nil, digest: move.to.digest, firstSeen: move.since)
    if drift.container.digests.contains(where: { $0.digest == move.to.digest }) {
      (drift.state, drift.behind, drift.reason) = (.current, nil, nil)
    } else {
      drift.reason = "its tag has moved, and what it names now could not be had yet"
      if drift.state != .behind { drift.state = .unknown }
    }
    return drift
  }

  private static func unmatched(
    _ container: RunningContainer, _ tag: TagReference, _ newest: HistoryEntry
  ) -> ContainerDrift {
    var drift = ContainerDrift(container, .other, tag: tag)
    let image = image(of: container.platform, in: newest)
    drift.current = current(newest, image)
    // What was never looked at may have been under the tag all the time.
    if let platform = container.platform, image == nil {
      drift.state = .unknown
      drift.reason = nothing(for: platform)
    }
    return drift
  }

  /// What would be run for a platform. An image of unknown platform may be of any.
  private static func image(of platform: Platform?, in newest: HistoryEntry) -> StoredImage? {
    platform.map { $0.nearest(of: newest.platforms, \.platform) } ?? newest.platforms.first { $0.platform == nil }
  }

  private static func nothing(for platform: Platform) -> String {
    "its tag has nothing for \(platform), or that is not watched"
  }

  private static func current(_ newest: HistoryEntry, _ image: StoredImage?) -> ContainerDrift.Current? {
    guard newest.isCurrent else { return nil }
    return ContainerDrift.Current(
      imageID: image?.imageID, manifest: image?.manifest, digest: newest.digest, firstSeen: newest.firstSeen)
  }

  private static func behind(_ standing: TagStanding, _ found: HistoryEntry, _ isGone: Bool) -> ContainerDrift.Behind? {
    let later = standing.entries.dropLast()
    let absences = later.filter(\.platforms.isEmpty)
    let states = later.count - absences.count + (isGone ? 1 : 0)
    guard states > 0 else { return nil }
    let gone = found.ended == nil ? nil : standing.deletion ?? found.lastSeen
    var classes = Set(later.flatMap { entry in entry.platforms.compactMap(\.changeClass) })
    if isGone || later.contains(where: { !$0.removed.isEmpty }) { classes.insert(.removed) }
    // Nothing proves that it is the same.
    if classes.isEmpty { classes.insert(.content) }
    let back =
      isGone ? [] : later.first?.platforms.compactMap { image in later.first?.rollback(of: image)?.lastCurrent }
    return ContainerDrift.Behind(
      states: states, since: gone ?? later.last?.firstSeen ?? found.lastSeen,
      classes: ChangeClass.allCases.filter(classes.contains), changes: standing.events, rollback: back?.max())
  }
}

extension ContainerDrift {
  /// From what the tag names: 0 where that is the image, more where nothing can be said.
  fileprivate var distance: Int { state == .current ? 0 : behind?.states ?? .max }
  fileprivate var name: String { tag?.description ?? "" }
}
