package import History
import ImageModel

extension HistoryReader {
  /// Of an image that a thousand tags had, the first of these are enough.
  private static let judgedTags = 100

  /// How containers stand to their tags, each kind of container looked up once.
  package func drift(of containers: [RunningContainer]) throws(StoreError) -> [ContainerDrift] {
    var known: [ImageKey: ContainerHistory] = [:]
    var drifts: [ContainerDrift] = []
    for container in containers {
      let key = ImageKey(container)
      let history: ContainerHistory
      if let found = known[key] { history = found } else { history = try self.history(of: container) }
      known[key] = history
      drifts.append(DriftJudge.judge(container, history))
    }
    return drifts
  }

  private func history(of container: RunningContainer) throws(StoreError) -> ContainerHistory {
    let digests = container.digests.map(\.digest)
    switch StartedWith(container) {
    case .tag(let tag):
      let standing = try standing(of: tag, digests, platform: container.platform)
      // A tag that had it is told; the others are of interest where that has not.
      let tags = standing?.match == nil ? try self.tags(naming: digests) : [tag]
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

/// What a container is looked up by: of replicas it is the same.
private struct ImageKey: Hashable {
  let image: String
  let platform: Platform?
  let digests: [KnownDigest]

  init(_ container: RunningContainer) {
    (image, platform, digests) = (container.image, container.platform, container.digests)
  }
}
