import ImageModel
import Synchronization

/// The tasks that poll, each one tag after another.
struct PollWorkers {
  /// Of a poll that was cut off because it took too long.
  static let failure = CheckFailure(
    .timeout, "a check as a whole took longer than \(Limits.pollSeconds / 60) minutes",
    remedy: "watch fewer platforms, or raise \"requests_per_second\" of the registry")

  /// Since when a task is at the poll that it makes: boot time, milliseconds.
  final class Stopwatch: Sendable {
    private let began: Atomic<Int64>

    init(_ began: Int64) { self.began = Atomic(began) }

    func restart(_ began: Int64) { self.began.store(began, ordering: .relaxed) }

    func milliseconds(at now: Int64) -> Int64 { now - began.load(ordering: .relaxed) }
  }

  private struct Worker {
    let task: Task<Void, Never>
    let stopwatch: Stopwatch
    /// Boot time when its poll was cut off.
    var cutOff: Int64?
  }

  private var running: [ObjectIdentifier: Worker] = [:]

  mutating func start(_ began: Int64, _ make: (Stopwatch) -> Task<Void, Never>) {
    let stopwatch = Stopwatch(began)
    running[ObjectIdentifier(stopwatch)] = Worker(task: make(stopwatch), stopwatch: stopwatch)
  }

  mutating func ended(_ stopwatch: Stopwatch) { running[ObjectIdentifier(stopwatch)] = nil }

  /// Cuts off the polls that take longer than that; whoever has made one makes no other.
  mutating func cutOff(longerThan limit: Int64, at now: Int64) {
    for (id, worker) in running where worker.cutOff == nil && worker.stopwatch.milliseconds(at: now) > limit {
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
  func hangs(longerThan limit: Int64, at now: Int64) -> Bool {
    running.values.contains { worker in worker.cutOff.map { now - $0 > limit } ?? false }
  }
}
