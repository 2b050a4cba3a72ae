import ImageModel
import Synchronization

/// The tasks that poll, each one tag after another.
struct PollWorkers {
  /// Of a poll that was cut off because it took too long.
  static let failure = CheckFailure(
    .timeout, "a check as a whole took longer than \(Limits.pollSeconds / 60) minutes",
    remedy: "watch fewer platforms, or raise \"requests_per_second\" of the registry")

  /// Of a list that was.
  static let listFailure = CheckFailure(
    .timeout, "a list of tags as a whole took longer than \(Limits.pollSeconds / 60) minutes",
    remedy: "raise \"requests_per_second\" of the registry, or name the tags that matter with \"image\"")

  /// Since when a task is at the poll that it makes.
  final class Stopwatch: Sendable {
    private let began: Atomic<Int64>

    init(_ began: BootTime) { self.began = Atomic(began.milliseconds) }

    func restart(_ began: BootTime) { self.began.store(began.milliseconds, ordering: .relaxed) }

    func duration(at now: BootTime) -> Duration {
      .milliseconds(now.milliseconds - began.load(ordering: .relaxed))
    }
  }

  private struct Worker {
    let task: Task<Void, Never>
    let stopwatch: Stopwatch
    /// Boot time when its poll was cut off.
    var cutOff: BootTime?
  }

  private var running: [ObjectIdentifier: Worker] = [:]

  mutating func start(_ began: BootTime, _ make: (Stopwatch) -> Task<Void, Never>) {
    let stopwatch = Stopwatch(began)
    running[ObjectIdentifier(stopwatch)] = Worker(task: make(stopwatch), stopwatch: stopwatch)
  }

  mutating func ended(_ stopwatch: Stopwatch) { running[ObjectIdentifier(stopwatch)] = nil }

  /// Cuts off the polls that take longer than that; whoever has made one makes no other.
  mutating func cutOff(longerThan limit: Duration, at now: BootTime) {
    for (id, worker) in running where worker.cutOff == nil && worker.stopwatch.duration(at: now) > limit {
      running[id]?.cutOff = now
      worker.task.cancel()
    }
  }

  /// Cuts all of them off, for good.
  func cutOffAll() {
    for worker in running.values { worker.task.cancel() }
  }

  /// Whether one was cut off so long ago and has not come back. Counted from then, and not from when it began: the
  /// machine may have slept in between.
  func hangs(longerThan limit: Duration, at now: BootTime) -> Bool {
    running.values.contains { worker in worker.cutOff.map { .milliseconds(now - $0) > limit } ?? false }
  }
}
