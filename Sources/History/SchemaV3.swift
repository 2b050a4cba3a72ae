/// Version 3. Frozen, as version 1.
///
/// - `tag.verified_ms`: when the tag's document was last fetched and compared with what HEAD says.
/// - `sink.rests_until_ms`: its receiver asked to be sent nothing before.
/// - `delivery.refused_since_ms`: the first time its receiver asked to wait, since anything else failed.
/// - `group_tag`: the tags of a group which is owed to a sink; they wait for it, and it for them.
/// - `event.recorded_ms`: when it was recorded; `time_ms` is when it was seen. Unknown of what older versions recorded.
/// - `snapshot_platform.artifact_type`: what a manifest without an image ID is.
///
/// Older versions recorded neither that, nor more than one image of a Windows version, nor anything of an index
/// without images: the next check of such a tag walks its documents, most of which are stored, so that nothing seems
/// to have come when the tag moves. They named by SHA-256 what a registry names by another algorithm, by which nobody
/// can pull it: of such a tag what HEAD named is forgotten, and the next check finds it anew.
enum SchemaV3 {
  static let sql = """
    ALTER TABLE tag ADD COLUMN verified_ms INTEGER;
    ALTER TABLE sink ADD COLUMN rests_until_ms INTEGER;
    ALTER TABLE delivery ADD COLUMN refused_since_ms INTEGER;
    CREATE TABLE group_tag(
      sink TEXT NOT NULL,
      event_sequence INTEGER NOT NULL,
      tag_id INTEGER NOT NULL,
      PRIMARY KEY(sink, event_sequence, tag_id),
      FOREIGN KEY(sink, event_sequence) REFERENCES delivery(sink, event_sequence) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX group_tag_by_tag ON group_tag(sink, tag_id, event_sequence);
    INSERT INTO group_tag
      SELECT DISTINCT d.sink, d.event_sequence, m.tag_id
      FROM delivery d JOIN event e ON e.sequence = d.event_sequence
        JOIN json_each(CAST(e.body AS TEXT), '$.data.events') j
        JOIN event m ON m.id = j.value ->> '$.id'
      WHERE d.state <> 'delivered' AND e.type = 'watcher.changes';
    ALTER TABLE event ADD COLUMN recorded_ms INTEGER;
    ALTER TABLE snapshot_platform ADD COLUMN artifact_type TEXT;
    UPDATE tag SET details_pending = 1 WHERE id IN (
      SELECT s.tag_id FROM snapshot s LEFT JOIN snapshot_platform p ON p.snapshot_id = s.id
      WHERE s.ended IS NULL AND (p.image_id IS NULL OR p.platform LIKE 'windows/%')
    );
    UPDATE tag SET head_digest = NULL WHERE head_digest NOT LIKE 'sha256:%';
    """
}
