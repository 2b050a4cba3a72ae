/// Version 5. Frozen, as version 1.
///
/// - `gap`: a long time for which nobody saw a tag. It goes with the state that was seen before it.
///
/// Older versions kept nothing of those within a state. Between a state and the next one they are what the times of
/// both say.
enum SchemaV5 {
  static let sql = """
    CREATE TABLE gap(
      snapshot_id INTEGER NOT NULL REFERENCES snapshot(id) ON DELETE CASCADE,
      from_ms INTEGER NOT NULL,
      to_ms INTEGER NOT NULL CHECK(to_ms > from_ms),
      PRIMARY KEY(snapshot_id, from_ms)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO gap
      SELECT id, from_ms, to_ms FROM (
        SELECT s.id, s.ended, t.interval_s, s.last_seen_ms AS from_ms,
          lead(s.first_seen_ms) OVER (PARTITION BY s.tag_id ORDER BY s.id) AS to_ms
        FROM snapshot s JOIN tag t ON t.id = s.tag_id)
      WHERE ended IS NULL AND to_ms - from_ms > 1000 * max(600, 3 * coalesce(interval_s, 0));
    """
}
