/// Version 2. Frozen, as version 1.
///
/// `tag.seen_ms` is the last check that saw the tag's newest state. It stands beside the other times that every check
/// moves, so that a check without news writes one row; the state's own `last_seen_ms` follows when the state ends.
enum SchemaV2 {
  static let sql = """
    ALTER TABLE tag ADD COLUMN seen_ms INTEGER;
    UPDATE tag SET seen_ms = (SELECT s.last_seen_ms FROM snapshot s WHERE s.tag_id = tag.id ORDER BY s.id DESC LIMIT 1);
    """
}
