import GRDB
import ImageModel
import TestSupport
import Testing

@testable import History

/// What the step to version 6 makes of what older versions recorded.
@Suite struct SchemaV6Tests {
  let scratch = Scratch()

  private static let columns = """
    registry, repository, tag, watched, selection, interval_s, failures, failing_since_ms, error_code, error_message
    """
  private static let rows = [
    "'docker.io', 'library/amazonlinux', 'latest', 1, NULL, 900, 3, 5000, 'timeout', 'no answer'",
    "'r.example', 'app', 'old', 0, NULL, NULL, 0, NULL, NULL, NULL",
  ]

  /// Each tag is as it was, and one that an entry of its own has given; no move of it waits for its details.
  @Test func everyTagHasAnEntryOfItsOwn() throws {
    try scratch.migrated(from: "v5") { db in
      for row in Self.rows { try db.execute(sql: "INSERT INTO tag(\(Self.columns)) VALUES(\(row))") }
    }.close()
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    try writer.transactionSync { history in
      let record = try #require(try history.tag(amazon))
      #expect(record.state.failure?.code == .timeout && record.state.failure?.what == "no answer")
      #expect(try history.givenTags(of: RepositoryReference(domain: amazon.domain, path: amazon.path)).isEmpty)
    }
    let queue = try Connection.reader(scratch.database)
    defer { try? queue.close() }
    try queue.read { db in
      for (id, row) in zip(1..., Self.rows) {
        let kept = try Int.fetchOne(
          db,
          sql: """
            SELECT 1 FROM tag WHERE id = \(id) AND (\(Self.columns)) IS (\(row))
              AND given = 0 AND coalesce(moved_digest, moved_type, moved_ms) IS NULL
            """)
        #expect(kept != nil, "tag \(id)")
      }
      #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM repository") == 0)
    }
  }
}
