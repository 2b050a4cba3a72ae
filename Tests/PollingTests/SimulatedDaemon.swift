import History
import ImageModel
import Recording
import Schedule

@testable import Polling

/// The plan, the recorder and a database at work, in time that a test moves on. What is in memory alone goes with it.
struct SimulatedDaemon {
  private let writer: HistoryWriter
  private var core: PollCore
  private var requests: [RecordRequest] = []
  private let recorder = Recorder([Recorder.Subscriber(sink: "out", events: nil)])

  init(_ database: String, _ entries: [WatchEntry], seed: UInt64, at now: Moment) throws {
    writer = try HistoryWriter.open(database)
    core = try writer.core(entries, seed: seed, at: now)
    core.random = SplitMix64(seed: seed)
  }

  func close() { writer.close() }

  /// What is to be polled now.
  mutating func due(at now: Moment) -> [PollJob] {
    requests += core.overdue(at: now)
    return core.due(at: now)
  }

  mutating func take(_ result: PollResult, of job: PollJob, at now: Moment) {
    if let request = core.finished(job.index, result, at: now) { requests.append(request) }
  }

  /// Writes down what was found, and with it what was only confirmed: that alone waits for the next flush.
  ///
  /// - Returns: whether there was anything.
  mutating func commit() throws -> Bool {
    guard !requests.isEmpty else { return false }
    try flush()
    return true
  }

  mutating func flush() throws {
    let (marks, found, recorder) = (core.takeMarks(), requests, recorder)
    requests = []
    let records = try writer.transactionSync { store in
      try store.mark(marks)
      return try recorder.record(found, in: store)
    }
    for record in records { core.recorded(record) }
  }

  /// When a tag is to be polled next, by the wall clock.
  func nextCheck(of index: Int) -> Timestamp { core.slots[index].nextCheck }

  /// When there is something to do again, after some time at the latest.
  func nextWake(after now: Moment, within milliseconds: Int64) -> Int64 {
    let latest = now.boot.milliseconds + milliseconds
    return max(now.boot.milliseconds + 1, min(core.nextWake(after: now)?.milliseconds ?? latest, latest))
  }
}
