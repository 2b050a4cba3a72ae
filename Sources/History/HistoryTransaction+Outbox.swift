import GRDB
package import ImageModel

extension HistoryTransaction {
  /// Makes `sinks` the configured ones, in this order; others become `removed`, and what waits for them is kept.
  /// A disabled sink stays disabled while its definition is the same, also if it is taken out and put back.
  package func registerSinks(_ sinks: [SinkDefinition]) throws {
    try renewFingerprints(sinks)
    let placeholders = Array(repeating: "?", count: sinks.count).joined(separator: ", ")
    try db.execute(
      sql: """
        UPDATE sink SET state = 'removed',
          fingerprint = CASE state WHEN 'disabled' THEN 'disabled ' || fingerprint ELSE fingerprint END
        WHERE name NOT IN (\(placeholders)) AND state <> 'removed'
        """,
      arguments: StatementArguments(sinks.map(\.name)))
    let upsert = try db.cachedStatement(
      sql: """
        INSERT INTO sink(name, position, type, fingerprint) VALUES(?, ?, ?, ?)
        ON CONFLICT(name) DO UPDATE SET position = excluded.position,
          state = CASE
            WHEN state = 'disabled' AND fingerprint = excluded.fingerprint THEN 'disabled'
            -- Taken out while it was disabled, and put back as it was.
            WHEN state = 'removed' AND fingerprint = 'disabled ' || excluded.fingerprint THEN 'disabled'
            ELSE 'ok' END,
          -- What a receiver asked for holds for that receiver.
          rests_until_ms = CASE
            WHEN fingerprint IN (excluded.fingerprint, 'disabled ' || excluded.fingerprint) THEN rests_until_ms END,
          -- What still waits of the former one shows whether it works.
          failing_since_ms = CASE
            WHEN fingerprint IN (excluded.fingerprint, 'disabled ' || excluded.fingerprint)
              OR EXISTS (SELECT 1 FROM delivery d INDEXED BY delivery_troubled
                WHERE d.sink = sink.name AND d.state = 'waiting' AND d.last_error IS NOT NULL)
            THEN failing_since_ms END,
          type = excluded.type, fingerprint = excluded.fingerprint
        """)
    for (position, sink) in sinks.enumerated() {
      try upsert.execute(arguments: [sink.name, position, sink.type, sink.fingerprint])
    }
  }

  /// A definition that is written otherwise now is still the same.
  private func renewFingerprints(_ sinks: [SinkDefinition]) throws {
    let renew = try db.cachedStatement(
      sql: """
        UPDATE sink SET fingerprint = replace(fingerprint, :former, :now)
        WHERE name = :name AND fingerprint IN (:former, 'disabled ' || :former)
        """)
    for sink in sinks {
      guard let former = sink.formerFingerprint else { continue }
      try renew.execute(arguments: ["former": former, "now": sink.fingerprint, "name": sink.name])
    }
  }

  /// Sets a sink's state: `disabled` when its receiver is gone, `ok` when it is to be tried again.
  func setSink(_ name: String, _ state: SinkState) throws {
    try db.cachedStatement(sql: "UPDATE sink SET state = ? WHERE name = ?").execute(arguments: [state.rawValue, name])
  }

  /// Notes that a sink's receiver is gone, unless the sink has another definition by now or is removed.
  package func disableSink(_ name: String, fingerprint: String) throws {
    try db.cachedStatement(
      sql: "UPDATE sink SET state = 'disabled' WHERE name = ? AND fingerprint = ? AND state = 'ok'"
    ).execute(arguments: [name, fingerprint])
  }

  /// Notes until when a sink's receiver wants nothing, unless the sink has another definition by now.
  package func restSink(_ name: String, fingerprint: String, until time: Timestamp) throws {
    try db.cachedStatement(sql: "UPDATE sink SET rests_until_ms = ? WHERE name = ? AND fingerprint = ?")
      .execute(arguments: [time.milliseconds, name, fingerprint])
  }

  /// Until when a sink's receiver wants nothing, `nil` if that is over.
  package func restsUntil(sink: String, now: Timestamp) throws -> Timestamp? {
    let ends = SinkRest.ends(after: now)
    return try Row.fetchOne(
      db.cachedStatement(sql: "SELECT rests_until_ms FROM sink WHERE name = ? AND rests_until_ms BETWEEN ? AND ?"),
      arguments: [sink, ends.lowerBound, ends.upperBound])?.optionalTime(0)
  }

  /// The sinks, in the order of the configuration.
  package func sinks() throws -> [(definition: SinkDefinition, state: SinkState)] {
    try Row.fetchAll(db, sql: "SELECT name, type, fingerprint, state FROM sink ORDER BY position, name").map { row in
      (
        SinkDefinition(name: try row.text(0), type: try row.text(1), fingerprint: try row.text(2)),
        try row.named(3, SinkState.self)
      )
    }
  }

  /// The tags of which something is under way: `?6` is the JSON array of the sequence numbers.
  private static let busyTags = """
    WITH busy(tag_id) AS MATERIALIZED (
      SELECT d.tag_id FROM json_each(?6) j CROSS JOIN delivery d ON d.sink = ?1 AND d.event_sequence = j.value
      UNION SELECT m.tag_id FROM json_each(?6) j CROSS JOIN group_tag m ON m.sink = ?1 AND m.event_sequence = j.value)
    """

  /// What is due for a sink, in the order of recording; nothing while it is disabled. A delivery that waits for its
  /// next attempt holds back the later ones of the same tag: order within a sink and tag is promised. A group that is
  /// left from when the sink was sent groups waits for all before it, and the tags in it wait for it.
  ///
  /// - Parameters:
  ///   - within: what is put off for longer was put off by another clock, and is due.
  ///   - limit: at most this many rows.
  ///   - firstOfTag: of each tag only the first that waits.
  ///   - excluding: what is under way, of whose tags there is nothing due.
  package func waiting(
    sink: String, now: Timestamp, within: Duration, limit: Int, firstOfTag: Bool = false,
    excluding: [EventSequence] = []
  ) throws -> [OutboxRow] {
    // The planner would rather walk the primary key, through every delivery made so far.
    // `excluding` is bound as JSON, which an array of integers prints as.
    let statement = try db.cachedStatement(
      sql: """
        \(Self.busyTags)
        SELECT \(Self.outboxColumns)
        FROM delivery d INDEXED BY delivery_waiting CROSS JOIN event e ON e.sequence = d.event_sequence
        WHERE d.sink = ?1 AND d.state = 'waiting' AND d.next_attempt_ms NOT BETWEEN ?2 + 1 AND ?3
          AND d.tag_id NOT IN (SELECT tag_id FROM busy)
          AND EXISTS (SELECT 1 FROM sink WHERE name = ?1 AND state != 'disabled')
          AND NOT EXISTS (
            SELECT 1 FROM delivery o INDEXED BY delivery_waiting_by_tag
            WHERE o.sink = ?1 AND o.state = 'waiting' AND o.tag_id = d.tag_id
              AND o.event_sequence < d.event_sequence AND (?5 OR o.next_attempt_ms BETWEEN ?2 + 1 AND ?3))
          AND NOT EXISTS (
            SELECT 1 FROM group_tag m CROSS JOIN delivery o ON o.sink = ?1 AND o.event_sequence = m.event_sequence
            WHERE m.sink = ?1 AND m.tag_id = d.tag_id AND m.event_sequence < d.event_sequence
              AND o.state = 'waiting' AND (?5 OR o.next_attempt_ms BETWEEN ?2 + 1 AND ?3))
          AND NOT EXISTS (
            SELECT 1 FROM group_tag m WHERE m.sink = ?1 AND m.event_sequence = d.event_sequence
              AND (m.tag_id IN (SELECT tag_id FROM busy)
                OR EXISTS (
                  SELECT 1 FROM delivery o INDEXED BY delivery_waiting
                  WHERE o.sink = ?1 AND o.state = 'waiting' AND o.event_sequence < d.event_sequence
                    AND (?5 OR o.next_attempt_ms BETWEEN ?2 + 1 AND ?3))))
        ORDER BY d.event_sequence LIMIT ?4
        """)
    let rows = try Row.fetchCursor(
      statement,
      arguments: [
        sink, now.milliseconds, now.advanced(by: within).milliseconds, limit, firstOfTag,
        excluding.map(\.rawValue).description,
      ])
    var waiting: [OutboxRow] = []
    while let row = try rows.next() { waiting.append(try Self.outboxRow(row)) }
    return waiting
  }

  /// Of a delivery `d` and its event `e`, as `outboxRow` reads them.
  static let outboxColumns =
    "d.event_sequence, d.tag_id, e.id, e.type, e.time_ms, e.body, d.attempts, d.next_attempt_ms, d.refused_since_ms"

  static func outboxRow(_ row: Row) throws -> OutboxRow {
    OutboxRow(
      sequence: try row.id(0), tagID: try row.id(1), eventID: try row.text(2),
      type: try row.named(3, EventType.self), time: try row.time(4), body: try row.event(5, row.id(0)),
      attempts: Int(try row.integer(6)), nextAttempt: try row.time(7),
      refusedSince: try row.optionalTime(8))
  }

  /// How long until the first delivery of some tag is due for a sink, `nil` if nothing waits or the sink is
  /// disabled. Those behind it wait for it, whatever their own times say.
  ///
  /// - Parameter excluding: what is under way, whose tags do not count.
  package func nextDue(sink: String, now: Timestamp, within: Duration, excluding: [EventSequence] = []) throws
    -> Duration?
  {
    // With min() SQLite takes the other columns from the row that holds it (lang_select.html, "Bare columns").
    let statement = try db.cachedStatement(
      sql: """
        \(Self.busyTags)
        SELECT min(CASE WHEN next BETWEEN ?2 + 1 AND ?3 THEN next - ?2 ELSE 0 END) FROM (
          SELECT tag_id, next_attempt_ms AS next, min(event_sequence) AS first
          FROM delivery INDEXED BY delivery_waiting_by_tag
          WHERE sink = ?1 AND state = 'waiting' AND EXISTS (SELECT 1 FROM sink WHERE name = ?1 AND state != 'disabled')
          GROUP BY tag_id) f
        WHERE f.tag_id NOT IN (SELECT tag_id FROM busy)
          AND NOT EXISTS (
            SELECT 1 FROM group_tag m CROSS JOIN delivery o ON o.sink = ?1 AND o.event_sequence = m.event_sequence
            WHERE m.sink = ?1 AND m.tag_id = f.tag_id AND m.event_sequence < f.first AND o.state = 'waiting')
          AND NOT EXISTS (
            SELECT 1 FROM group_tag m WHERE m.sink = ?1 AND m.event_sequence = f.first
              AND (m.tag_id IN (SELECT tag_id FROM busy)
                OR EXISTS (
                  SELECT 1 FROM delivery o INDEXED BY delivery_waiting
                  WHERE o.sink = ?1 AND o.state = 'waiting' AND o.event_sequence < f.first)))
        """)
    return try Row.fetchOne(
      statement,
      arguments: [
        sink, now.milliseconds, now.advanced(by: within).milliseconds, nil, nil, excluding.map(\.rawValue).description,
      ])?
      .optionalInteger(0).map { .milliseconds($0) }
  }

  /// What waits for a sink and why the first of it does; `nil` if nothing waits.
  package func leftOver(sink: String) throws -> (count: Int, error: String?, isDisabled: Bool)? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT count(*), (
          SELECT last_error FROM delivery INDEXED BY delivery_waiting
          WHERE sink = ?1 AND state = 'waiting' ORDER BY event_sequence LIMIT 1),
          EXISTS (SELECT 1 FROM sink WHERE name = ?1 AND state = 'disabled')
        FROM delivery INDEXED BY delivery_waiting WHERE sink = ?1 AND state = 'waiting'
        """)
    guard let row = try Row.fetchOne(statement, arguments: [sink]) else { return nil }
    let count = Int(try row.integer(0))
    return count == 0 ? nil : (count, try row.optionalText(1), try row.integer(2) != 0)
  }

  /// The sink has these events.
  package func settleDelivered(sink: String, sequences: [EventSequence], at time: Timestamp) throws {
    let statement = try db.cachedStatement(
      sql: """
        UPDATE delivery SET state = 'delivered', attempts = attempts + 1, delivered_ms = ?, last_error = NULL
        WHERE sink = ? AND event_sequence = ? AND state != 'delivered'
        """)
    let removeMembers = try db.cachedStatement(sql: "DELETE FROM group_tag WHERE sink = ? AND event_sequence = ?")
    for sequence in sequences {
      try statement.execute(arguments: [time.milliseconds, sink, sequence])
      try removeMembers.execute(arguments: [sink, sequence])
    }
  }

  /// An attempt failed.
  ///
  /// - Parameters:
  ///   - attempts: made so far, this one included.
  ///   - error: in one line, free of secrets.
  ///   - refused: when the receiver asked to wait with it; its patience is measured from the first time on, whatever
  ///     else fails in between.
  package func settleFailed(
    sink: String, sequence: EventSequence, attempts: Int, error: String, _ outcome: FailedDelivery,
    refused: Timestamp? = nil
  ) throws {
    let (state, next): (String, Int64?) =
      switch outcome {
      case .retry(let time): ("waiting", time.milliseconds)
      case .rests: ("failed", nil)
      }
    try db.cachedStatement(
      sql: """
        UPDATE delivery SET state = ?1, attempts = ?2, next_attempt_ms = coalesce(?3, next_attempt_ms),
          last_error = ?4,
          -- A time that lies ahead was written under another clock. min() of NULL is NULL.
          refused_since_ms = coalesce(min(coalesce(refused_since_ms, ?5), ?5), refused_since_ms)
        WHERE sink = ?6 AND event_sequence = ?7 AND state != 'delivered'
        """
    ).execute(arguments: [state, attempts, next, error, refused?.milliseconds, sink, sequence])
  }
}
