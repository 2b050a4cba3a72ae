/// Version 7. Frozen, as version 1; the functions are those of `StoredFrame`.
///
/// - `document.bytes`, `event.body`: zstd frames of what older versions kept as it was.
/// - `meta.shrink`: the file is larger than what is in it, and is to be made anew (`FileShrinking`).
enum SchemaV7 {
  static let sql = """
    INSERT INTO meta(key, value)
      SELECT 'shrink', '7' WHERE EXISTS (SELECT 1 FROM document) OR EXISTS (SELECT 1 FROM event);
    """

  static let rewriting = [
    "document": "UPDATE document SET bytes = document_frame(media_type, bytes) WHERE rowid > ? AND rowid <= ?",
    "event": "UPDATE event SET body = event_frame(body) WHERE rowid > ? AND rowid <= ?",
  ]
}
