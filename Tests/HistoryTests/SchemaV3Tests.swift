import GRDB
import ImageModel
import Testing

@testable import History

/// What the step to version 3 makes of what older versions recorded.
@Suite struct SchemaV3Tests {
  let scratch = Scratch()

  /// Neither what an artifact is nor the second image of a Windows version was recorded: the next check looks anew.
  @Test func whatWasNotRecordedIsLookedAtAgain() throws {
    let queue = try scratch.migrated(from: "v2") { db in
      for (id, platform, image, ended) in [
        (1, "linux/amd64", "x", nil), (2, nil, nil, nil), (3, "windows/amd64:10.0.20348", "x", nil),
        (4, nil, nil, "deleted"), (5, nil, nil, nil),
      ] as [(Int, String?, String?, String?)] {
        try db.execute(
          sql: "INSERT INTO tag(id, registry, repository, tag, watched) VALUES(?1, 'r.example', 'app', 't' || ?1, 1)",
          arguments: [id])
        try db.execute(
          sql: """
            INSERT INTO snapshot(id, tag_id, digest, media_type, size, first_seen_ms, last_seen_ms, ended)
            VALUES(?1, ?1, 'd', 'm', 1, 0, 0, ?2)
            """, arguments: [id, ended])
        guard id < 5 else { continue }
        try db.execute(
          sql: """
            INSERT INTO snapshot_platform(snapshot_id, position, platform, manifest, manifest_size, image_id)
            VALUES(?, 0, ?, 'm', 1, ?)
            """, arguments: [id, platform, image])
      }
    }
    let pending = try queue.read {
      try Int.fetchAll($0, sql: "SELECT id FROM tag WHERE details_pending = 1 ORDER BY id")
    }
    #expect(pending == [2, 3, 5])
  }

  /// They recorded a SHA-256 that nobody can pull where the registry names documents otherwise: it is found anew.
  @Test func aDigestOfAnotherAlgorithmIsLookedAtAgain() throws {
    let heads = ["sha256:\(String(repeating: "a", count: 64))", "sha512:\(String(repeating: "a", count: 128))", nil]
    let queue = try scratch.migrated(from: "v2") { db in
      for (id, head) in heads.enumerated() {
        try db.execute(
          sql: """
            INSERT INTO tag(id, registry, repository, tag, watched, head_digest)
            VALUES(?1, 'r.example', 'app', 't' || ?1, 1, ?2)
            """, arguments: [id, head])
      }
    }
    let kept = try queue.read { try String?.fetchAll($0, sql: "SELECT head_digest FROM tag ORDER BY id") }
    #expect(kept == [heads[0], nil, nil])
  }
}
