import Dispatch
import GRDB
import ImageModel
import Synchronization
import Testing

@testable import History

@Suite(.timeLimit(.minutes(1))) struct ReaderPoolTests {
  /// Goes on until it is interrupted.
  private static let endless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"

  private struct Refusal: Error {}

  /// Counts from any task.
  private final class Counter: Sendable {
    let count = Mutex(0)
  }

  private let scratch = Scratch()
  private let writer: HistoryWriter

  init() throws { writer = try HistoryWriter.open(scratch.database) }

  private static func tags(_ db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "SELECT count(*) FROM tag") ?? -1
  }

  /// Keeps a connection, and what it has begun to read, until it is told to give it back.
  ///
  /// - Returns: how many tags there are to it in the end.
  private func occupy(_ pool: ReaderPool, until gate: DispatchSemaphore) async -> Task<Int, any Error> {
    let begun = DispatchSemaphore(value: 0)
    let task = Task.detached {
      try await pool.read { reader in
        try reader.read { db in
          _ = try Self.tags(db)
          begun.signal()
          gate.wait()
          return try Self.tags(db)
        }
      }
    }
    await withCheckedContinuation { continuation in
      DispatchQueue(label: "test").async {
        begun.wait()
        continuation.resume()
      }
    }
    return task
  }

  @Test func whatIsCommittedIsReadAtOnce() async throws {
    let pool = ReaderPool(scratch.database)
    for count in 1...3 {
      _ = try await writer.transaction { history in
        try history.registerTags(
          (1...count).map { number in
            WatchedTag(
              tag: TagReference(domain: "a.example", path: "b", tag: "\(number)"), selection: .all, intervalSeconds: 60)
          })
      }
      #expect(try await pool.read { try $0.status().tags.count } == count)
    }
  }

  @Test func aDatabaseThatIsNotThereIsLookedForAgain() async throws {
    let path = scratch.directory + "/other.db"
    let pool = ReaderPool(path, size: 1)
    let error = await #expect(throws: StoreError.self) { try await pool.read { try $0.sinkNames() } }
    #expect(error?.code == .missing)
    try HistoryWriter.open(path).close()
    #expect(try await pool.read { try $0.sinkNames() } == [])
  }

  /// What a body throws comes back as it is, and the connection serves on.
  @Test func errorsAreHandedOn() async throws {
    let pool = ReaderPool(scratch.database, size: 1)
    await #expect(throws: Refusal.self) { try await pool.read { _ in throw Refusal() } }
    #expect(try await pool.read { try $0.sinkNames() } == [])
  }

  @Test func whatTakesTooLongIsInterruptedAndTheConnectionServesOn() async throws {
    let pool = ReaderPool(scratch.database, size: 1, seconds: 1)
    let error = await #expect(throws: StoreError.self) {
      try await pool.read { reader in try reader.read { db in _ = try Row.fetchOne(db, sql: Self.endless) } }
    }
    #expect(error?.code == .busy)
    // On the one connection: it would wait for ever for a statement that goes on.
    #expect(try await pool.read { try $0.sinkNames() } == [])
  }

  /// Also where no statement can be interrupted, as on a disk that hangs.
  @Test func nobodyWaitsLongerThanHeMay() async throws {
    let pool = ReaderPool(scratch.database, size: 1, seconds: 1)
    let gate = DispatchSemaphore(value: 0)
    let stuck = await occupy(pool, until: gate)
    let error = await #expect(throws: StoreError.self) { try await pool.read { try $0.sinkNames() } }
    #expect(error?.code == .busy)
    #expect(error?.message.contains("no answer within 1 s") == true)
    gate.signal()
    _ = await stuck.result
    #expect(try await pool.read { try $0.sinkNames() } == [])
  }

  @Test func noMoreWaitThanMay() async throws {
    let pool = ReaderPool(scratch.database, size: 1, waiting: 2, seconds: 30)
    let gate = DispatchSemaphore(value: 0)
    let first = await occupy(pool, until: gate)
    let refused = Counter()
    let others = (0..<8).map { _ in
      Task.detached {
        do {
          _ = try await pool.read { try $0.sinkNames() }
        } catch let error as StoreError where error.code == .busy {
          refused.count.withLock { $0 += 1 }
        }
      }
    }
    // Those that are turned away are so at once; two wait.
    while refused.count.withLock({ $0 }) < 6 { await Task.yield() }
    gate.signal()
    _ = try await first.value
    for other in others { try await other.value }
    #expect(refused.count.withLock { $0 } == 6)
  }

  @Test func asManyReadAtOnceAsThereAreConnections() async throws {
    let pool = ReaderPool(scratch.database, size: 3)
    let gates = (0..<3).map { _ in DispatchSemaphore(value: 0) }
    var held: [Task<Int, any Error>] = []
    for gate in gates { held.append(await occupy(pool, until: gate)) }
    // The writer waits for none of them.
    try await writer.transaction { _ = try $0.amazonTag() }
    for gate in gates { gate.signal() }
    for task in held { #expect(try await task.value == 0, "each goes on to see what there was when it began") }
    #expect(try await pool.read { try $0.read(Self.tags) } == 1)
  }
}
