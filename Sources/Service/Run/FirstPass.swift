import ImageModel
import Logging
import Polling
import Recording
import Synchronization

/// Says once that tags which were never looked at have been: their events are off by default, and silence would leave
/// open whether anything works.
final class FirstPass: Sendable {
  private struct State {
    var waiting: Set<TagReference> = []
    var recorded = 0
    var failed = 0
    /// Those recorded of which nothing is watched.
    var withoutPlatform = 0

    /// What is to be told, once nothing is waited for any more.
    mutating func takeFinished() -> State? {
      guard waiting.isEmpty, recorded + failed > 0 else { return nil }
      defer { self = State() }
      return self
    }
  }

  private let log: Logger
  private let state = Mutex(State())

  init(log: Logger) { self.log = log }

  /// Takes another watchlist over. One of its tags that has been polled meanwhile is still waited for until that is
  /// recorded.
  ///
  /// - Parameters:
  ///   - unpolled: tags that were never polled.
  ///   - entries: the watchlist.
  func expect(_ unpolled: Set<TagReference>, of entries: [WatchEntry]) {
    tell(
      state.withLock { state in
        let staying = entries.lazy.map(\.tag).filter(state.waiting.contains)
        state.waiting = unpolled.union(staying)
        return state.takeFinished()
      })
  }

  /// Takes over what lists have changed.
  func expect(_ lists: [ListRecord]) {
    tell(
      state.withLock { state in
        for list in lists {
          state.waiting.formUnion(list.unpolled)
          state.waiting.subtract(list.departures)
        }
        return state.takeFinished()
      })
  }

  /// What was recorded of polls.
  func see(_ records: [Record]) {
    tell(
      state.withLock { state in
        for record in records {
          guard let outcome = record.outcome, state.waiting.remove(record.tag) != nil else { continue }
          if case .failed = outcome { state.failed += 1 } else { state.recorded += 1 }
          if record.noPlatform != nil { state.withoutPlatform += 1 }
        }
        return state.takeFinished()
      })
  }

  private func tell(_ finished: State?) {
    guard let finished else { return }
    let tags = finished.recorded == 1 ? "1 tag" : "\(finished.recorded) tags"
    let without = finished.withoutPlatform
    let troubles = [
      finished.failed == 0 ? nil : "\(finished.failed) failed",
      without == 0 ? nil : "\(without) \(without == 1 ? "has none of its" : "have none of their") platforms",
    ].compactMap(\.self)
    let troubled = troubles.isEmpty ? "" : "; \(troubles.joined(separator: ", ")): watcher status --failing"
    log.info(
      "first_pass",
      metadata: [
        "recorded": "\(finished.recorded)", "failed": "\(finished.failed)",
        "note": "\(tags) recorded for the first time\(troubled)",
      ])
  }
}
