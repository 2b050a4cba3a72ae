/// Version 3. Frozen, as version 1.
///
/// - `tag.verified_ms`: when the tag's document was last fetched and compared with what HEAD says.
/// - `sink.rests_until_ms`: its receiver asked to be sent nothing before.
/// - `delivery.refused_since_ms`: the first time its receiver asked to wait, since it last used up an attempt.
/// - `event.recorded_ms`: when it was recorded; `time_ms` is when it was seen. Unknown of what older versions recorded.
/// - `snapshot_platform.artifact_type`: what a manifest without an image ID is.
///
/// Older versions recorded neither that nor more than one image of a Windows version: the next check of such a tag
/// walks its documents, most of which are stored, so that nothing seems to have come when the tag moves.
enum SchemaV3 {
  static let sql = """
    ALTER TABLE tag ADD COLUMN verified_ms INTEGER;
    ALTER TABLE sink ADD COLUMN rests_until_ms INTEGER;
    ALTER TABLE delivery ADD COLUMN refused_since_ms INTEGER;
    ALTER TABLE event ADD COLUMN recorded_ms INTEGER;
    ALTER TABLE snapshot_platform ADD COLUMN artifact_type TEXT;
    UPDATE tag SET details_pending = 1 WHERE id IN (
      SELECT s.tag_id FROM snapshot s JOIN snapshot_platform p ON p.snapshot_id = s.id
      WHERE s.ended IS NULL AND (p.image_id IS NULL OR p.platform LIKE 'windows/%')
    );
    """
}
