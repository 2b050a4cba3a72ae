import Foundation
import Glibc
import TestSupport
import Testing

/// `kill -9` while a database of version 6 is brought up to date: it is as it was, or up to date, and the next start goes
/// on with it.
@Suite struct MigrationKillTests {
  private static let rounds = 12
  private static let documents = 20_000

  private let scene: Scene
  private var old: String { scene.directory + "/old.db" }
  /// What becomes of it where nothing comes between.
  private var whole: String { scene.directory + "/whole.db" }

  init() throws {
    scene = try Scene(watch: ["localhost:1/app:stable"])
    try FileManager.default.copyItem(
      atPath: ProjectFile.path("Tests/HistoryTests/fixtures/v6.db"), toPath: scene.database)
    try scene.change(
      """
      WITH RECURSIVE n(i) AS (VALUES(1000) UNION ALL SELECT i + 1 FROM n WHERE i < \(Self.documents + 1_000))
      INSERT INTO document(digest, media_type, bytes)
        SELECT 'sha256:' || printf('%064x', i), 'application/vnd.oci.image.config.v1+json',
          CAST('{"number":' || i || ',"text":"' || printf('%064x%064x', i * 2654435761, i * i * 40503) || printf('%.*c', i % 3000, 'x') || '"}' AS BLOB)
        FROM n;
      PRAGMA wal_checkpoint(TRUNCATE);
      """)
    try place(scene.database, at: old)
  }

  @Test func itIsAsItWasOrUpToDate() throws {
    var random = TestRandom()
    let began = ContinuousClock.now
    #expect(try scene.run(["db", "migrate"]).status == 0)
    let duration = ContinuousClock.now - began
    try place(scene.database, at: whole)
    let (before, after) = (try contents(of: old), try contents(of: whole))
    #expect(before != after)
    #expect(try size(whole) * 2 < size(old))
    var versions: [String] = []
    for round in 0..<Self.rounds {
      try place(old, at: scene.database)
      let migration = try start()
      // Somewhere in each part of the time that it takes.
      let part = duration / Self.rounds
      usleep(microseconds(part * round) + UInt32.random(in: 0...microseconds(part), using: &random))
      migration.signal(SIGKILL)
      try migration.finish()
      let version = try scene.sql("PRAGMA user_version")[0]
      versions.append(version)
      #expect(try scene.sql("PRAGMA integrity_check") == ["ok"])
      #expect(try contents(of: scene.database) == (version == "6" ? before : after), "round \(round)")
      #expect(try scene.run(["db", "migrate"]).status == 0)
      #expect(try contents(of: scene.database) == after, "round \(round)")
      #expect(try scene.sql("SELECT count(*) FROM meta WHERE key = 'shrink'") == ["0"])
      #expect(try size(scene.database) == size(whole), "round \(round): it is made smaller as well")
    }
    #expect(Set(versions).isSubset(of: ["6", "7"]) && versions.contains("6"))
    print("killed at version \(versions.joined(separator: ", "))")
  }

  private func start() throws -> Child {
    try scene.binary.start(
      ["db", "migrate"], environment: ["WATCHER_DATABASE": scene.database], stdout: scene.stdout, stderr: scene.stderr)
  }

  /// How much is recorded, and much of it byte by byte.
  private func contents(of path: String) throws -> [String] {
    try scene.sql(
      """
      ATTACH 'file:\(path)?mode=ro' AS it;
      SELECT count(*), sum(length(bytes)), hex(max(bytes)), hex(min(bytes)) FROM it.document;
      SELECT hex(bytes) FROM it.document WHERE rowid % 100 = 1 ORDER BY digest;
      SELECT hex(body) FROM it.event ORDER BY sequence;
      """)
  }

  private func place(_ path: String, at target: String) throws {
    for name in ["", "-wal", "-shm", ".pre-v7", ".pre-v7.new"] { unlink(target + name) }
    try FileManager.default.copyItem(atPath: path, toPath: target)
  }

  private func size(_ path: String) throws -> Int {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
  }

  private func microseconds(_ duration: Duration) -> UInt32 {
    UInt32(duration / .microseconds(1))
  }
}
