/// What the daemon says is wrong with itself. It is asked once a second at most, however many want to know.
actor DaemonProblem {
  private static let lasts = Duration.seconds(1)

  private let look: @Sendable () async -> String?
  private var latest: (task: Task<String?, Never>, since: ContinuousClock.Instant)?

  init(_ look: @escaping @Sendable () async -> String?) { self.look = look }

  func callAsFunction() async -> String? {
    if let latest, .now - latest.since < Self.lasts { return await latest.task.value }
    let task = Task { [look] in await look() }
    latest = (task, .now)
    return await task.value
  }
}
