import Glibc
import ImageModel
import TestSupport
import Testing

/// `kill -9` in the middle of the work: at random moments after the registry was asked, when something is being
/// walked, recorded, written or marked as delivered. `KillTests` kills at any moment.
@Suite struct KillAtWorkTests {
  static let rounds = 100
  static let tags = 40

  private let registry: FakeRegistry
  private let scene: Scene

  init() throws {
    let registry = try FakeRegistry()
    self.registry = registry
    scene = try Scene(watch: (0..<Self.tags).map { "\(registry.authority)/app\($0):stable" })
  }

  @Test func whatWasRecordedIsToldAndWhatMovedIsRecorded() throws {
    var random = TestRandom()
    // Per tag, the digests it was moved to, in order.
    var moves = (0..<Self.tags).map { tag in [move(tag, 0)] }
    for round in 0..<Self.rounds {
      try killAtWork(round, &random)
      // A tag moves on only once its last move is in the database, so each one must be found there.
      for (tag, digest) in try lastRecorded() where digest == moves[tag].last {
        moves[tag].append(move(tag, moves[tag].count))
      }
    }
    try finish(moves)
    try judge(moves)
  }

  /// Starts the daemon, waits for a second at most until it works, and kills it: by turns up to 60 ms after it asked
  /// the registry, as soon as a line is written and before that can be noted, and right after a commit.
  private func killAtWork(_ round: Int, _ random: inout TestRandom) throws {
    let asked = registry.requests.count
    let written = Self.lastWrite(scene.events)
    let daemon = try scene.daemon()
    switch round % 3 {
    case 0:
      let first = asked + Int.random(in: 1...4, using: &random)
      _ = eventually(within: 1) { registry.requests.count >= first }
      usleep(UInt32.random(in: 0...60_000, using: &random))
    case 1:
      Self.wait { Self.lastWrite(scene.events) != written }
    default:
      Self.wait { registry.requests.count > asked }
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let committed = Self.lastWrite(scene.database + "-wal")
        Self.wait { Self.lastWrite(scene.database + "-wal") != committed }
      }
    }
    daemon.signal(SIGKILL)
    #expect(try daemon.finish() == 128 + SIGKILL, "it must not have ended by itself")
  }

  /// Up to a second; looks often, for what follows within a millisecond is to be cut off.
  private static func wait(until condition: () -> Bool) {
    let deadline = ContinuousClock.now + .seconds(1)
    while !condition(), ContinuousClock.now < deadline { usleep(20) }
  }

  /// When a file was written, in nanoseconds, and how long it is.
  private static func lastWrite(_ path: String) -> [Int] {
    var status = stat()
    guard stat(path, &status) == 0 else { return [] }
    return [status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec, Int(status.st_size)]
  }

  /// A last run that is left alone until everything is recorded and told.
  private func finish(_ moves: [[String]]) throws {
    let daemon = try scene.daemon()
    let settled = try eventually(within: 60) {
      guard try scene.sql("SELECT count(*) FROM delivery WHERE state = 'waiting'") == ["0"] else { return false }
      let last = try lastRecorded()
      return moves.indices.allSatisfy { last[$0] == moves[$0].last }
    }
    #expect(settled)
    daemon.signal(SIGTERM)
    #expect(try daemon.finish(within: 15) == 0)
  }

  private func judge(_ moves: [[String]]) throws {
    var recorded = Array(repeating: [String](), count: Self.tags)
    for (tag, digest) in try snapshots("ORDER BY s.id") { recorded[tag].append(digest) }
    #expect(recorded == moves, "every move of every tag, once and in order")

    let bodies = try scene.bodies()
    #expect(Set(bodies).count == bodies.count)
    // A line that a kill cut off stays, and the whole line follows it.
    let isRecorded = Set(bodies)
    let (whole, torn) = split(scene.eventLines(), by: isRecorded.contains)
    for line in torn { #expect(bodies.contains { $0.hasPrefix(line) }, "not of the database: \(line)") }
    var seen: Set<String> = []
    let order = whole.filter { seen.insert($0).inserted }
    #expect(seen == isRecorded, "every event is told")
    let ids = try order.map { try object($0)["id"] as? String }
    #expect(Set(ids).count == ids.count, "one body per event")
    #expect(try bySubject(order) == bySubject(bodies), "per tag in the order of recording")

    #expect(try scene.sql("PRAGMA integrity_check") == ["ok"])
    #expect(try scene.sql("PRAGMA foreign_key_check") == [])
    #expect(try scene.sql("SELECT DISTINCT state FROM delivery") == ["delivered"])
    print(
      "\(Self.rounds) kills at work, \(bodies.count) events, \(whole.count - order.count) lines written twice, "
        + "\(torn.count) cut off")
  }

  // MARK: Pieces

  private func move(_ tag: Int, _ version: Int) -> String {
    registry.put(FakeRegistryImage("\(tag) \(version)"), in: "app\(tag)", tag: "stable").description
  }

  private func lastRecorded() throws -> [Int: String] {
    guard access(scene.database, F_OK) == 0,
      try scene.sql("SELECT count(*) FROM sqlite_schema WHERE name = 'snapshot'") == ["1"]
    else { return [:] }
    let rows = try snapshots("WHERE s.id IN (SELECT max(id) FROM snapshot GROUP BY tag_id)")
    return Dictionary(uniqueKeysWithValues: rows)
  }

  private func snapshots(_ clause: String) throws -> [(Int, String)] {
    try scene.sql(
      "SELECT substr(t.repository, 4), s.digest FROM snapshot s JOIN tag t ON t.id = s.tag_id \(clause)"
    ).map { row in
      let parts = row.split(separator: "|")
      return (try #require(Int(parts[0])), String(parts[1]))
    }
  }

  private func bySubject(_ lines: [String]) throws -> [String: [String]] {
    Dictionary(grouping: lines) { (try? object($0)["subject"] as? String) ?? "" }
  }

  private func split(_ lines: [String], by test: (String) -> Bool) -> (yes: [String], no: [String]) {
    (lines.filter(test), lines.filter { !test($0) })
  }
}
