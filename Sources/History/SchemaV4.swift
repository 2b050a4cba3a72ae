/// Version 4. Frozen, as version 1.
///
/// - `sink.failing_since_ms`: the first attempt that failed since everything that was tried had arrived.
/// - `sink.error_code`, `error_message`: why the latest attempt failed, or what its receiver asked to wait with.
/// - `sink.retries_ms`: after failures nothing is sent before.
///
/// Older versions kept the errors with the deliveries alone: a sink to which one of these had failed was failing.
enum SchemaV4 {
  static let sql = """
    ALTER TABLE sink ADD COLUMN failing_since_ms INTEGER;
    ALTER TABLE sink ADD COLUMN error_code TEXT;
    ALTER TABLE sink ADD COLUMN error_message TEXT;
    ALTER TABLE sink ADD COLUMN retries_ms INTEGER;
    CREATE INDEX delivery_troubled ON delivery(sink, event_sequence)
      WHERE state = 'waiting' AND last_error IS NOT NULL;
    UPDATE sink SET (failing_since_ms, error_code, error_message) = (
      SELECT e.time_ms, CASE sink.state WHEN 'disabled' THEN 'gone' ELSE 'failed' END, d.last_error
      FROM delivery d JOIN event e ON e.sequence = d.event_sequence
      WHERE d.sink = sink.name AND d.state = 'waiting' AND d.last_error IS NOT NULL
        AND (sink.state = 'disabled' OR d.refused_since_ms IS NULL)
      ORDER BY d.event_sequence LIMIT 1);
    """
}
