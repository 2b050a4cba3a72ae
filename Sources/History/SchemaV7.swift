/// Version 7. Frozen, as version 1.
///
/// - `tag.moved_*`: what the registry names for the tag since then, whose documents could not be had yet.
enum SchemaV7 {
  static let sql = """
    ALTER TABLE tag ADD COLUMN moved_digest TEXT;
    ALTER TABLE tag ADD COLUMN moved_type TEXT;
    ALTER TABLE tag ADD COLUMN moved_ms INTEGER;
    """
}
