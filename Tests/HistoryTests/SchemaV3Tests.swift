import GRDB
import ImageModel
import Testing

@testable import History

/// What the step to version 3 makes of what older versions recorded.
@Suite struct SchemaV3Tests {
  let scratch = Scratch()

  /// Neither what an artifact is nor the second image of a Windows version was recorded: the next check looks anew.
  @Test func whatWasNotRecordedIsLookedAtAgain() throws {
    let queue = try Connection.writer(scratch.database)
    try Schema.migrator.migrate(queue, upTo: "v2")
    try queue.write { db in
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
    try Schema.migrator.migrate(queue)
    let pending = try queue.read {
      try Int.fetchAll($0, sql: "SELECT id FROM tag WHERE details_pending = 1 ORDER BY id")
    }
    try queue.close()
    #expect(pending == [2, 3, 5])
  }
}
