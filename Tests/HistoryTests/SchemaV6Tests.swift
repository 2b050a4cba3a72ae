import GRDB
import Testing

@testable import History

/// What the step to version 6 makes of what older versions recorded.
@Suite struct SchemaV6Tests {
  let scratch = Scratch()

  @Test func everyTagHasAnEntryOfItsOwn() throws {
    let queue = try scratch.migrated(from: "v5") { db in
      try db.execute(
        sql: """
          INSERT INTO tag(id, registry, repository, tag, watched)
            VALUES(1, 'r.example', 'app', 'latest', 1), (2, 'r.example', 'app', 'old', 0);
          """)
    }
    let (given, repositories) = try queue.read { db in
      (
        try Int.fetchAll(db, sql: "SELECT given FROM tag ORDER BY id"),
        try Int.fetchOne(db, sql: "SELECT count(*) FROM repository")
      )
    }
    #expect(given == [0, 0] && repositories == 0)
  }
}
