/// Version 1. Frozen: tests open a database that was written with exactly this text.
///
/// Times are UTC milliseconds for people to read; order is by id and by sequence, never by clock.
enum SchemaV1 {
  static let sql = """
    CREATE TABLE meta(
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT;

    CREATE TABLE tag(
      id INTEGER PRIMARY KEY,
      registry TEXT NOT NULL,
      repository TEXT NOT NULL,
      tag TEXT NOT NULL,
      watched INTEGER NOT NULL CHECK(watched IN (0, 1)),
      selection TEXT,
      walked TEXT,
      head_digest TEXT,
      details_pending INTEGER NOT NULL DEFAULT 0 CHECK(details_pending IN (0, 1)),
      interval_s INTEGER,
      last_checked_ms INTEGER,
      last_success_ms INTEGER,
      next_check_ms INTEGER,
      reach TEXT NOT NULL DEFAULT 'ok' CHECK(reach IN ('ok', 'unreachable', 'deleted')),
      failures INTEGER NOT NULL DEFAULT 0,
      failing_since_ms INTEGER,
      error_code TEXT,
      error_message TEXT,
      missing_since_ms INTEGER,
      missing_count INTEGER NOT NULL DEFAULT 0,
      withheld INTEGER NOT NULL DEFAULT 0,
      last_move_ms INTEGER,
      announced_snapshot_id INTEGER,
      UNIQUE(registry, repository, tag)
    ) STRICT;

    CREATE TABLE event(
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      tag_id INTEGER NOT NULL REFERENCES tag(id),
      type TEXT NOT NULL,
      time_ms INTEGER NOT NULL,
      body BLOB NOT NULL
    ) STRICT;
    CREATE INDEX event_by_tag ON event(tag_id, time_ms);

    CREATE TABLE snapshot(
      id INTEGER PRIMARY KEY,
      tag_id INTEGER NOT NULL REFERENCES tag(id),
      digest TEXT NOT NULL,
      media_type TEXT NOT NULL,
      size INTEGER NOT NULL,
      first_seen_ms INTEGER NOT NULL,
      last_seen_ms INTEGER NOT NULL CHECK(last_seen_ms >= first_seen_ms),
      ended TEXT CHECK(ended IN ('deleted')),
      event_sequence INTEGER REFERENCES event(sequence)
    ) STRICT;
    CREATE INDEX snapshot_by_tag ON snapshot(tag_id, id);
    CREATE INDEX snapshot_by_digest ON snapshot(digest);
    CREATE INDEX snapshot_by_event ON snapshot(event_sequence) WHERE event_sequence IS NOT NULL;

    CREATE TABLE snapshot_platform(
      snapshot_id INTEGER NOT NULL REFERENCES snapshot(id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      platform TEXT,
      manifest TEXT NOT NULL,
      manifest_size INTEGER NOT NULL,
      image_id TEXT,
      config_size INTEGER,
      created TEXT,
      class TEXT CHECK(class IN ('content', 'rebuilt', 'repacked', 'added', 'removed')),
      PRIMARY KEY(snapshot_id, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX snapshot_platform_by_image ON snapshot_platform(image_id, snapshot_id) WHERE image_id IS NOT NULL;
    CREATE INDEX snapshot_platform_by_manifest ON snapshot_platform(manifest, snapshot_id);

    CREATE TABLE document(
      digest TEXT PRIMARY KEY,
      media_type TEXT NOT NULL,
      bytes BLOB NOT NULL
    ) STRICT;

    CREATE TABLE sink(
      name TEXT PRIMARY KEY,
      position INTEGER NOT NULL,
      type TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      state TEXT NOT NULL DEFAULT 'ok' CHECK(state IN ('ok', 'disabled', 'removed'))
    ) STRICT;

    CREATE TABLE delivery(
      sink TEXT NOT NULL REFERENCES sink(name),
      event_sequence INTEGER NOT NULL REFERENCES event(sequence),
      tag_id INTEGER NOT NULL REFERENCES tag(id),
      state TEXT NOT NULL CHECK(state IN ('waiting', 'delivered', 'failed')),
      attempts INTEGER NOT NULL DEFAULT 0,
      next_attempt_ms INTEGER NOT NULL,
      delivered_ms INTEGER,
      last_error TEXT,
      PRIMARY KEY(sink, event_sequence)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX delivery_waiting ON delivery(sink, event_sequence, next_attempt_ms) WHERE state = 'waiting';
    CREATE INDEX delivery_waiting_by_tag ON delivery(sink, tag_id, event_sequence, next_attempt_ms)
      WHERE state = 'waiting';
    CREATE INDEX delivery_failed ON delivery(sink, event_sequence) WHERE state = 'failed';
    CREATE INDEX delivery_delivered ON delivery(delivered_ms) WHERE state = 'delivered';
    CREATE INDEX delivery_by_event ON delivery(event_sequence);
    """
}
