import GRDB
import ImageModel

extension HistoryTransaction {
  /// Records an event: gives it the next sequence, which is never given again, freezes its bytes, and puts one
  /// waiting delivery per sink beside it. An event that is there already (same id) comes back as it was recorded.
  ///
  /// - Parameters:
  ///   - snapshot: the state that this content event began; `nil` for events of reachability.
  ///   - sinks: names known to `registerSinks`.
  public func appendEvent(
    _ event: ChangeEvent, tag: Int64, snapshot: Int64?, sinks: [String]
  ) throws -> (sequence: Int64, body: [UInt8]) {
    let recorded = try recordedEvent(id: event.id) ?? insert(event, tag: tag)
    // The first attempt is due at once, whatever the clock says later.
    let deliver = try db.cachedStatement(
      sql: """
        INSERT INTO delivery(sink, event_sequence, tag_id, state, next_attempt_ms) VALUES(?, ?, ?, 'waiting', 0)
        ON CONFLICT DO NOTHING
        """)
    for sink in sinks {
      try deliver.execute(arguments: [sink, recorded.sequence, tag])
    }
    if let snapshot {
      try db.cachedStatement(sql: "UPDATE snapshot SET event_sequence = ? WHERE id = ?")
        .execute(arguments: [recorded.sequence, snapshot])
    }
    return recorded
  }

  /// How many events of a type a tag has had between two moments, both included. Those of a future that a clock
  /// set back has left behind do not count.
  public func announcements(tag: Int64, type: EventType, since: Timestamp, until: Timestamp) throws -> Int {
    let statement = try db.cachedStatement(
      sql: "SELECT count(*) FROM event WHERE tag_id = ? AND time_ms BETWEEN ? AND ? AND type = ?")
    let row = try Row.fetchOne(statement, arguments: [tag, since.milliseconds, until.milliseconds, type.rawValue])
    return Int(try row?.integer(0) ?? 0)
  }

  private func recordedEvent(id: String) throws -> (sequence: Int64, body: [UInt8])? {
    let statement = try db.cachedStatement(sql: "SELECT sequence, body FROM event WHERE id = ?")
    return try Row.fetchOne(statement, arguments: [id]).map { (try $0.integer(0), try $0.bytes(1)) }
  }

  private func insert(_ event: ChangeEvent, tag: Int64) throws -> (sequence: Int64, body: [UInt8]) {
    // The bytes hold the sequence, so it is taken before the row: AUTOINCREMENT keeps the highest ever given here.
    let last = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'event'"))
    let sequence = (try last?.integer(0) ?? 0) + 1
    let body = event.document(source: instance, sequence: sequence)
    try db.cachedStatement(
      sql: "INSERT INTO event(sequence, id, tag_id, type, time_ms, body) VALUES(?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [sequence, event.id, tag, event.type.rawValue, event.time.milliseconds, body.blob])
    return (sequence, body)
  }
}
