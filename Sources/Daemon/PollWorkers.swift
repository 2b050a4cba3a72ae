import ImageModel

/// The tasks that poll, and since when each is at the poll it makes.
struct PollWorkers {
  /// Of whoever makes one poll after another.
  typealias ID = Int

  private var running: [ID: (task: Task<Void, Never>, since: SuspendingClock.Instant)] = [:]
  private var last: ID = 0

  /// Of a poll that was cut off because it took too long.
  static let failure = CheckFailure(
    .timeout, "a check as a whole took longer than \(Limits.pollSeconds / 60) minutes",
    remedy: "watch fewer platforms, or raise \"requests_per_second\" of the registry")

  mutating func start(_ make: (ID) -> Task<Void, Never>) {
    last += 1
    running[last] = (make(last), .now)
  }

  mutating func nextPoll(of id: ID) { running[id]?.since = .now }

  mutating func ended(_ id: ID) { running[id] = nil }

  /// Cuts off the polls that take longer than that, for good where it is `nil`: whoever has made one makes no other.
  func cutOff(longerThan limit: Duration? = nil) {
    let now = SuspendingClock.now
    for worker in running.values where limit.map({ now - worker.since > $0 }) ?? true { worker.task.cancel() }
  }

  /// How long the longest poll takes by now.
  var longest: Duration {
    let now = SuspendingClock.now
    return running.values.map { now - $0.since }.max() ?? .zero
  }
}
