import ImageModel
import Logging
import Recording
import Synchronization

/// Says once that tags which were never looked at have been: their events are off by default, and silence would leave
/// open whether anything works.
final class FirstPass: Sendable {
  private struct State {
    /// Indexes in the plan.
    var waiting: Set<Int> = []
    var recorded = 0
    var failed = 0
  }

  private let log: Logger
  private let state = Mutex(State())

  init(log: Logger) { self.log = log }

  /// - Parameter tags: the indexes in the plan of tags that were never polled.
  func expect(_ tags: Set<Int>) { state.withLock { $0 = State(waiting: tags) } }

  /// What was recorded of polls.
  func see(_ records: [Record]) {
    let finished = state.withLock { state in
      guard !state.waiting.isEmpty else { return Optional<State>.none }
      for record in records {
        guard let outcome = record.outcome, state.waiting.remove(record.index) != nil else { continue }
        if case .failed = outcome { state.failed += 1 } else { state.recorded += 1 }
      }
      return state.waiting.isEmpty ? Optional(state) : nil
    }
    guard let finished else { return }
    let tags = finished.recorded == 1 ? "1 tag" : "\(finished.recorded) tags"
    let failed = finished.failed == 0 ? "" : "; \(finished.failed) failed: watcher status --failing"
    log.info(
      "first_pass",
      metadata: [
        "recorded": "\(finished.recorded)", "failed": "\(finished.failed)",
        "note": "\(tags) recorded for the first time\(failed)",
      ])
  }
}
