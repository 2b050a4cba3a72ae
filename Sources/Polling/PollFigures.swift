package import History
import ImageModel

/// What the engine has counted.
package struct PollFigures: Sendable {
  package struct Registry: Sendable {
    package let domain: String
    /// Its tags that are watched.
    package let tags: TagCounts
    package let meter: RegistryMeter
  }

  /// In the order in which they came into the configuration.
  package let registries: [Registry]
  /// How late the latest poll of the last minute or two began.
  package let lag: Duration
  /// Commits that the store refused, by the reason.
  package let storeErrors: [StoreError.Code: Int]
  /// Repositories of which tags are watched, by how listing them goes; empty where there are none.
  package var repositories: [RepositoryRecord.Word: Int] = [:]
}

/// What the engine counts for them.
struct PollMeters: Sendable {
  /// By the registry's index in the plan.
  private var registries: [RegistryMeter] = []
  private var lag = LagMeter()
  private var storeErrors: [StoreError.Code: Int] = [:]

  mutating func begin(_ jobs: [PollJob], at now: Moment) {
    for lateness in jobs.lazy.compactMap(\.lateness) { lag.record(lateness, at: now.boot) }
  }

  mutating func finish(_ job: PollJob, _ result: PollResult, at now: Moment) {
    while registries.count <= job.registry { registries.append(RegistryMeter()) }
    registries[job.registry].record(result, took: .milliseconds(now.boot - job.began), at: now.wall)
  }

  mutating func record(_ error: StoreError) { storeErrors[error.code, default: 0] += 1 }

  mutating func figures(_ core: PollCore, at now: Moment) -> PollFigures {
    PollFigures(
      registries: core.registries.enumerated().map { index, registry in
        .init(
          domain: registry.domain, tags: registry.tags,
          meter: registries.indices.contains(index) ? registries[index] : RegistryMeter())
      },
      lag: lag.value(at: now.boot), storeErrors: storeErrors, repositories: core.repositories)
  }
}

/// The highest of the last minute, roughly: what is older than two is forgotten, what is younger than one never.
struct LagMeter: Sendable {
  private static let window: Int64 = 60_000

  private var began = BootTime.distantPast
  private var before = Duration.zero
  private var highest = Duration.zero

  mutating func record(_ lag: Duration, at now: BootTime) {
    turn(now)
    highest = max(highest, lag)
  }

  mutating func value(at now: BootTime) -> Duration {
    turn(now)
    return max(before, highest)
  }

  private mutating func turn(_ now: BootTime) {
    guard began > now - Self.window else {
      before = began > now - 2 * Self.window ? highest : .zero
      highest = .zero
      began = now
      return
    }
  }
}
