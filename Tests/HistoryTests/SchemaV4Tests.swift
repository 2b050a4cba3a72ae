import GRDB
import Testing

@testable import History

/// What the step to version 4 makes of deliveries that older versions recorded.
@Suite struct SchemaV4Tests {
  let scratch = Scratch()

  /// A receiver that asks to wait does not fail, and one that is gone is told apart from one that fails.
  @Test func aSinkFailsWhereADeliveryToItHasFailed() throws {
    let queue = try scratch.migrated(from: "v3") { db in
      try db.execute(
        sql: """
          INSERT INTO tag(id, registry, repository, tag, watched) VALUES(1, 'r.example', 'app', 'latest', 1);
          INSERT INTO event(sequence, id, tag_id, type, time_ms, body)
            VALUES(1, 'e1', 1, 'watcher.image.changed', 1000, x'7b7d'),
              (2, 'e2', 1, 'watcher.image.changed', 2000, x'7b7d');
          INSERT INTO sink(name, position, type, fingerprint, state)
            VALUES('fails', 0, 'webhook', '', 'ok'), ('asks', 1, 'webhook', '', 'ok'),
              ('gone', 2, 'webhook', '', 'disabled'), ('fine', 3, 'webhook', '', 'ok');
          INSERT INTO delivery(sink, event_sequence, tag_id, state, next_attempt_ms, last_error, refused_since_ms)
            VALUES('fails', 1, 1, 'waiting', 0, 'answered 429', 1000),
              ('fails', 2, 1, 'waiting', 0, 'answered 500', NULL),
              ('asks', 1, 1, 'waiting', 0, 'answered 429', 1000), ('gone', 1, 1, 'waiting', 0, 'answered 410', 1000),
              ('fine', 1, 1, 'waiting', 0, NULL, NULL);
          """)
    }
    let sinks = try queue.read { db in
      try Row.fetchAll(db, sql: "SELECT failing_since_ms, error_code, error_message FROM sink ORDER BY position")
        .map { "\($0[0] as Int? ?? 0) \($0[1] as String? ?? "-") \($0[2] as String? ?? "-")" }
    }
    #expect(sinks == ["2000 failed answered 500", "0 - -", "1000 gone answered 410", "0 - -"])
  }
}
