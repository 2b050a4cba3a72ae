/// Version 6. Frozen, as version 1.
///
/// - `repository`: those of which tags are watched, what is wanted of their tags (`selection`), and how listing these
///   went: of the last list that could be had how many tags it has (`listed`), and how many of them fit.
/// - `tag.moved_*`: what the registry names for the tag since then, whose documents could not be had yet.
/// - `tag.given`: the tag is watched because such an entry gave it.
enum SchemaV6 {
  static let sql = """
    CREATE TABLE repository(
      registry TEXT NOT NULL,
      repository TEXT NOT NULL,
      selection TEXT NOT NULL,
      last_listed_ms INTEGER,
      last_success_ms INTEGER,
      next_list_ms INTEGER,
      failures INTEGER NOT NULL DEFAULT 0,
      failing_since_ms INTEGER,
      error_code TEXT,
      error_message TEXT,
      listed INTEGER,
      fitting INTEGER,
      PRIMARY KEY(registry, repository)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE tag ADD COLUMN given INTEGER NOT NULL DEFAULT 0 CHECK(given IN (0, 1));
    ALTER TABLE tag ADD COLUMN moved_digest TEXT;
    ALTER TABLE tag ADD COLUMN moved_type TEXT;
    ALTER TABLE tag ADD COLUMN moved_ms INTEGER;
    """
}
