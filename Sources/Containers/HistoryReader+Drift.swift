package import History
package import ImageModel

extension HistoryReader {
  /// How containers stand to their tags, all at one moment, and each kind of container looked at once.
  package func drift(of containers: [RunningContainer], now: Timestamp) throws(StoreError) -> [ContainerDrift] {
    try standings { standings in
      var known: [Kind: ContainerDrift] = [:]
      return try containers.map { container in
        let kind = Kind(container)
        var drift = try known[kind] ?? DriftJudge.judge(container, standings.history(of: container), now: now)
        known[kind] = drift
        drift.container = container
        return drift
      }
    }
  }
}

extension Standings {
  /// Of an image that a thousand tags had, the first of these are enough.
  private static let judgedTags = 100

  fileprivate func history(of container: RunningContainer) throws -> ContainerHistory {
    let digests = container.digests.map(\.digest)
    switch container.start {
    case .tag(let tag):
      let standing = try standing(of: tag, digests, platform: container.platform)
      // A tag that had it is told; the others are of interest where that has not.
      let tags = standing?.match == nil ? try tags(naming: digests) : [tag]
      return ContainerHistory(standings: standing.map { [tag: $0] } ?? [:], tags: tags)
    case .digest(let digest, _):
      return ContainerHistory(tags: try tags(naming: digests.contains(digest) ? digests : digests + [digest]))
    case .id:
      let tags = try tags(naming: digests)
      var standings: [TagReference: TagStanding] = [:]
      for tag in tags.prefix(Self.judgedTags) {
        standings[tag] = try standing(of: tag, digests, platform: container.platform)
      }
      return ContainerHistory(standings: standings, tags: tags)
    }
  }
}

/// What a container is judged by: of replicas it is the same.
private struct Kind: Hashable {
  let image: String
  let platform: Platform?
  let digests: [KnownDigest]
  let tellsOrigin: Bool
  let gap: String?

  init(_ container: RunningContainer) {
    (image, platform, digests) = (container.image, container.platform, container.digests)
    (tellsOrigin, gap) = (container.tellsOrigin, container.gap)
  }
}
