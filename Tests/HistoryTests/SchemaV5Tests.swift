import GRDB
import Testing

@testable import History

/// What the step to version 5 makes of states that older versions recorded.
@Suite struct SchemaV5Tests {
  let scratch = Scratch()

  /// Ten minutes and three intervals count; a deletion was seen.
  @Test func longTimesBetweenStatesAreGaps() throws {
    let queue = try scratch.migrated(from: "v4") { db in
      try db.execute(
        sql: """
          INSERT INTO tag(id, registry, repository, tag, watched, interval_s)
            VALUES(1, 'r.example', 'app', 'latest', 1, 60), (2, 'r.example', 'app', 'slow', 1, 3600),
              (3, 'r.example', 'app', 'checked', 0, NULL);
          INSERT INTO snapshot(id, tag_id, digest, media_type, size, first_seen_ms, last_seen_ms, ended)
            VALUES(1, 1, 'sha256:1', 'a/b', 1, 0, 1000, NULL), (2, 2, 'sha256:1', 'a/b', 1, 0, 1000, NULL),
              (3, 3, 'sha256:1', 'a/b', 1, 0, 1000, NULL), (4, 1, 'sha256:2', 'a/b', 1, 601000, 700000, NULL),
              (5, 2, 'sha256:2', 'a/b', 1, 10801001, 10802000, NULL),
              (6, 3, 'sha256:2', 'a/b', 1, 601001, 700000, NULL),
              (7, 1, 'sha256:3', 'a/b', 1, 1300001, 1400000, 'deleted'),
              (8, 1, 'sha256:1', 'a/b', 1, 9000000, 9000000, NULL), (9, 1, 'sha256:4', 'a/b', 1, 500, 600, NULL);
          """)
    }
    let gaps = try queue.read { db in
      try Row.fetchAll(db, sql: "SELECT snapshot_id, from_ms, to_ms FROM gap ORDER BY snapshot_id")
        .map { [$0[0], $0[1], $0[2]] as [Int] }
    }
    #expect(gaps == [[2, 1_000, 10_801_001], [3, 1_000, 601_001], [4, 700_000, 1_300_001]])
  }
}
