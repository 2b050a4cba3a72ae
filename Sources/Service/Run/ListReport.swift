import History
import ImageModel
import Logging
import Polling
import Synchronization

/// Logs what listing repositories comes to, sparingly: which of their tags come and go, a failure at its 1st, 10th,
/// 100th … time and its end, and once that no tag fits.
final class ListReport: Sendable {
  private struct State {
    var failures = 0
    var isEmpty = false
  }

  private let log: Logger
  private let states = Mutex<[RepositoryReference: State]>([:])

  init(log: Logger) { self.log = log }

  func log(_ records: [ListRecord]) { for record in records { log(record) } }

  /// Only these are listed from now on.
  func keep(_ repositories: [RepositoryEntry]) {
    let kept = Set(repositories.map(\.repository))
    states.withLock { states in states = states.filter { kept.contains($0.key) } }
  }

  private func log(_ record: ListRecord) {
    let state = record.state
    let isEmpty = state.failure == nil && state.fitting == 0
    let before = states.withLock { states in
      let now = State(
        failures: state.failures, isEmpty: state.failure == nil ? isEmpty : states[record.repository]?.isEmpty ?? false)
      return states.updateValue(now, forKey: record.repository) ?? State()
    }
    let name = Logger.MetadataValue.string(record.repository.description)
    if let failure = state.failure {
      guard PollReport.isPowerOfTen(state.failures) else { return }
      log.warning(
        "list_failed",
        metadata: [
          "repository": name, "code": "\(failure.code.rawValue)", "err": "\(failure.message)",
          "failures": "\(state.failures)", "note": "its tags from before are watched on",
        ])
      return
    }
    if before.failures > 0 {
      log.info("list_recovered", metadata: ["repository": name, "failures": "\(before.failures)"])
    }
    let counts: Logger.Metadata = ["listed": "\(state.listed ?? 0)", "fitting": "\(state.fitting ?? 0)"]
    if record.arrivals > 0 || !record.departures.isEmpty {
      let change: Logger.Metadata = [
        "repository": name, "tags_added": "\(record.arrivals)", "tags_removed": "\(record.departures.count)",
      ]
      log.info("tags_listed", metadata: change.merging(counts) { $1 })
    }
    guard isEmpty, !before.isEmpty else { return }
    let note = "no tag of it fits, so no other one is watched: correct include_tags and exclude_tags"
    log.warning("no_tag_fits", metadata: ["repository": name, "note": "\(note)"].merging(counts) { $1 })
  }
}
