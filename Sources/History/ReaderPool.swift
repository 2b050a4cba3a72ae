import Dispatch
import FoundationEssentials
import GRDB
import GRDBSQLite
import Host
import Synchronization

/// Reading for the daemon's tasks: on a few connections and threads of its own, so that nothing that is read here holds
/// up a poll or a commit, and never for long.
package final class ReaderPool: Sendable {
  private typealias Work = @Sendable (Lane) -> Void

  private struct State {
    var idle: [Lane]
    /// What waits for a connection; the first comes first.
    var waiting: [Work] = []
  }

  /// Polls come first: on two cores, four that read made them take up to ten times as long.
  package static let usualSize = max(2, min(4, ProcessInfo.processInfo.activeProcessorCount / 2))

  package let path: String
  private let waitingLimit: Int
  private let seconds: Int
  private let state: Mutex<State>

  /// - Parameters:
  ///   - path: of a database that is there; it is opened when something is read.
  ///   - size: how many read at once.
  ///   - waiting: how many may wait for their turn.
  ///   - seconds: from the call to its end, the wait included.
  package init(_ path: String, size: Int = usualSize, waiting: Int = 64, seconds: Int = 5) {
    (self.path, self.seconds, waitingLimit) = (path, seconds, waiting)
    state = Mutex(State(idle: (0..<size).map { _ in Lane(path) }))
  }

  /// What `body` finds. Its statements are interrupted when the time is up.
  ///
  /// - Throws: `StoreError`, `.busy` where too many wait or the time is up; what `body` throws.
  package func read<T: Sendable>(_ body: @escaping @Sendable (HistoryReader) throws -> T) async throws -> T {
    let end = MonotonicClock.nanoseconds() + Int64(seconds) * 1_000_000_000
    let late = StoreError(.busy, "no answer within \(seconds) s (\(path)): ask for less, or again in a while")
    return try await withCheckedThrowingContinuation { continuation in
      let answer = FirstAnswer(continuation)
      // A disk that hangs has no statement to interrupt.
      DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { answer.end(with: .failure(late)) }
      let isTaken = enter { lane in
        guard MonotonicClock.nanoseconds() < end else { return }
        answer.end(with: Result { try lane.read(until: end, body) })
      }
      guard !isTaken else { return }
      answer.end(with: .failure(StoreError(.busy, "too many queries wait (\(path)): ask again in a moment")))
    }
  }

  /// - Returns: false where too many wait.
  private func enter(_ work: @escaping Work) -> Bool {
    let (isTaken, lane) = state.withLock { state -> (Bool, Lane?) in
      if let lane = state.idle.popLast() { return (true, lane) }
      guard state.waiting.count < waitingLimit else { return (false, nil) }
      state.waiting.append(work)
      return (true, nil)
    }
    if let lane { run(work, on: lane) }
    return isTaken
  }

  private func run(_ work: @escaping Work, on lane: Lane) {
    lane.queue.async { [self] in
      work(lane)
      let next = state.withLock { state -> Work? in
        guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
        state.idle.append(lane)
        return nil
      }
      if let next { run(next, on: lane) }
    }
  }
}

/// A connection, opened when it is first used, and the thread that uses it.
private final class Lane: Sendable {
  let queue = DispatchQueue(label: "watcher.reader")
  private let path: String
  private let reader = Mutex<HistoryReader?>(nil)
  private let limit = TimeLimit()

  init(_ path: String) { self.path = path }

  func read<T>(until end: Int64, _ body: (HistoryReader) throws -> T) throws -> T {
    limit.end.store(end, ordering: .relaxed)
    do {
      return try body(try opened())
    } catch let error as StoreError where error.code != .busy {
      // Whatever is wrong with the file, the next one looks at it afresh.
      reader.withLock { $0 = nil }
      throw error
    }
  }

  private func opened() throws(StoreError) -> HistoryReader {
    if let reader = reader.withLock({ $0 }) { return reader }
    let new = try HistoryReader.open(path)
    limit.watch(new)
    reader.withLock { $0 = new }
    return new
  }
}

/// Ends statements that go on for too long.
private final class TimeLimit: Sendable {
  /// Between two looks at the clock, some microseconds.
  private static let instructions: CInt = 1_000

  /// By the monotonic clock.
  let end = Atomic<Int64>(.max)

  /// - Parameter reader: does not outlive this.
  func watch(_ reader: HistoryReader) {
    let limit = Unmanaged.passUnretained(self).toOpaque()
    reader.queue.inDatabase { db in
      sqlite3_progress_handler(
        db.sqliteConnection, Self.instructions,
        { limit in
          guard let limit else { return 0 }
          let end = Unmanaged<TimeLimit>.fromOpaque(limit).takeUnretainedValue().end.load(ordering: .relaxed)
          return MonotonicClock.nanoseconds() < end ? 0 : 1
        }, limit)
    }
  }
}
