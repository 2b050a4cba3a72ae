import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

/// `kill -9` at random moments while tags move: whatever was recorded is written at least once, and what moved
/// is recorded.
@Suite struct KillTests {
  static let rounds = 100
  static let tags = 20
  /// Of one tag: what moves more often in an hour is announced in a summary.
  static let moves = 4

  @Test func nothingIsLost() throws {
    let registry = try FakeRegistry()
    defer { registry.stop() }
    var random = TestRandom()
    var expected = (0..<Self.tags).map { tag in [put(registry, tag, 0)] }
    let scene = try Scene(watch: (0..<Self.tags).map { "\(registry.authority)/app\($0):stable" })
    for _ in 0..<Self.rounds {
      let daemon = try scene.daemon()
      // The moment is meant to be random; nothing is awaited here.
      usleep(UInt32.random(in: 5_000...500_000, using: &random))
      kill(daemon.pid, SIGKILL)
      try daemon.finish()
      // A tag moves on only when its last move is in the database, so every move must be found there.
      for (tag, digest) in try currentDigests(scene) where digest == expected[tag].last {
        guard expected[tag].count <= Self.moves, Int.random(in: 0..<4, using: &random) == 0 else { continue }
        expected[tag].append(put(registry, tag, expected[tag].count))
      }
    }
    let daemon = try scene.daemon()
    let settled = try eventually(within: 60) {
      let current = try currentDigests(scene)
      let waiting = try scene.sql("SELECT count(*) FROM delivery WHERE sink = 'all' AND state = 'waiting'")
      return waiting == ["0"] && (0..<Self.tags).allSatisfy { current[$0] == expected[$0].last }
    }
    #expect(settled)
    daemon.terminate()
    #expect(try daemon.finish() == 0)
    try judge(scene, expected)
  }

  private func judge(_ scene: Scene, _ expected: [[String]]) throws {
    for tag in 0..<Self.tags {
      let recorded = try scene.sql(
        """
        SELECT s.digest FROM snapshot s JOIN tag t ON t.id = s.tag_id WHERE t.repository = 'app\(tag)' ORDER BY s.id
        """)
      #expect(recorded == expected[tag], "every move of app\(tag), once and in order")
    }
    let bodies = try scene.bodies()
    // A kill in the middle of a write leaves the beginning of a line; the whole one follows later.
    let cut = scene.eventLines().filter { line in !bodies.contains(line) }
    #expect(cut.allSatisfy { line in bodies.contains { $0.hasPrefix(line) } }, "nothing but what is recorded")
    let lines = scene.eventLines().filter { bodies.contains($0) }
    #expect(Set(lines) == Set(bodies), "what is recorded is written")
    #expect(Set(bodies).count == bodies.count)
    #expect(bodies.count == expected.reduce(0) { $0 + $1.count })
    let ids = try Set(lines).map { try object($0)["id"] as? String }
    #expect(Set(ids).count == ids.count, "one body per event id")
    var firstSeen = Set<String>()
    let order = lines.filter { firstSeen.insert($0).inserted }
    #expect(order == bodies, "in the order of recording")
    #expect(try scene.sql("PRAGMA integrity_check") == ["ok"])
    #expect(try scene.sql("PRAGMA foreign_key_check").isEmpty)
    print("\(Self.rounds) kills, \(bodies.count) events, \(lines.count - bodies.count) lines written twice")
  }

  private func put(_ registry: FakeRegistry, _ tag: Int, _ version: Int) -> String {
    registry.put(FakeRegistryImage("\(tag) \(version)"), in: "app\(tag)", tag: "stable").description
  }

  private func currentDigests(_ scene: Scene) throws -> [Int: String] {
    let rows = try scene.sql(
      """
      SELECT t.repository, s.digest FROM snapshot s JOIN tag t ON t.id = s.tag_id
      WHERE s.id IN (SELECT max(id) FROM snapshot GROUP BY tag_id)
      """)
    var digests: [Int: String] = [:]
    for row in rows {
      let parts = row.split(separator: "|")
      if parts.count == 2, let tag = Int(parts[0].dropFirst(3)) { digests[tag] = String(parts[1]) }
    }
    return digests
  }
}
