import ImageModel

@testable import Containers

/// What engines, their tools and Kubernetes tell of containers.
extension FuzzTarget {
  static let containers = [
    FuzzTarget(name: "container-file", check: containerFile), FuzzTarget(name: "engine-answer", check: engineAnswer),
  ]

  @Sendable private static func containerFile(_ bytes: [UInt8]) throws {
    let containers: [RunningContainer]
    do throws(ContainerFailure) {
      containers = try ContainerFile.containers(in: bytes)
    } catch {
      return try hold(error.message.isSafe && error.message.utf8.count < 400, "the message \(shown(error.message))")
    }
    try hold(containers.count <= Limits.containers, "\(containers.count) containers")
    for container in containers { try isSound(container) }
  }

  /// Of any of the four paths.
  @Sendable private static func engineAnswer(_ bytes: [UInt8]) throws {
    try? EngineAnswers.checkVersion(bytes)
    let image = try? EngineAnswers.image(bytes)
    let started = try? EngineAnswers.startedWith(bytes)
    for listed in (try? EngineAnswers.containers(bytes)) ?? [] {
      let isHex = listed.id.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
      try hold(isHex && (12...64).contains(listed.id.utf8.count), "the ID \(shown(listed.id)) goes into a path")
      try isSound(listed.container(image, startedWith: started, gap: nil))
    }
  }

  private static func isSound(_ container: RunningContainer) throws {
    try hold(container.name.count <= 1_024 && container.image.count <= 1_024, "a name without end")
    try same(Set(container.digests.map(\.digest)).count, container.digests.count, "each digest once")
    let drift = DriftJudge.judge(container, ContainerHistory(), now: Timestamp(milliseconds: 0))
    try hold([.unwatched, .pinned, .local, .unknown].contains(drift.state), "\(drift.state) by nothing")
  }
}
