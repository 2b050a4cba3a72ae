import GRDB
package import ImageModel

extension HistoryTransaction {
  /// Records an event: gives it the next sequence, which is never given again, freezes its bytes, and puts one
  /// waiting delivery per sink beside it. An event that is there already (same id) comes back as it was recorded.
  ///
  /// - Parameters:
  ///   - snapshot: the state that this content event began; `nil` for events of reachability.
  ///   - sinks: names known to `registerSinks`.
  package func appendEvent(
    _ event: ChangeEvent, tag: TagID, snapshot: SnapshotID?, sinks: [String]
  ) throws -> (sequence: EventSequence, body: [UInt8]) {
    let recorded = try recordedEvent(id: event.id) ?? insert(event, tag: tag)
    try deliver(recorded.sequence, tag: tag, to: sinks)
    if let snapshot {
      try db.cachedStatement(sql: "UPDATE snapshot SET event_sequence = ? WHERE id = ?")
        .execute(arguments: [recorded.sequence, snapshot])
    }
    return recorded
  }

  /// How many events of a type a tag has had between two moments, both included. Those of a future that a clock
  /// set back has left behind do not count.
  package func announcements(tag: TagID, type: EventType, since: Timestamp, until: Timestamp) throws -> Int {
    let statement = try db.cachedStatement(
      sql: "SELECT count(*) FROM event WHERE tag_id = ? AND time_ms BETWEEN ? AND ? AND type = ?")
    let row = try Row.fetchOne(statement, arguments: [tag, since.milliseconds, until.milliseconds, type.rawValue])
    return Int(try row?.integer(0) ?? 0)
  }

  private func recordedEvent(id: String) throws -> (sequence: EventSequence, body: [UInt8])? {
    let statement = try db.cachedStatement(sql: "SELECT sequence, body FROM event WHERE id = ?")
    return try Row.fetchOne(statement, arguments: [id]).map { (try $0.id(0), try $0.event(1, $0.id(0))) }
  }

  private func insert(_ event: ChangeEvent, tag: TagID) throws -> (sequence: EventSequence, body: [UInt8]) {
    let sequence = try nextSequence()
    let body = event.document(source: instance, sequence: sequence)
    try insertEvent(sequence, id: event.id, tag: tag, type: event.type, time: event.time, body: body)
    return (sequence, body)
  }

  /// The bytes hold the sequence, so it is taken before the row: AUTOINCREMENT keeps the highest ever given here.
  func nextSequence() throws -> EventSequence {
    let last = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'event'"))
    return EventSequence(rawValue: (try last?.integer(0) ?? 0) + 1)
  }

  func insertEvent(
    _ sequence: EventSequence, id: String, tag: TagID, type: EventType, time: Timestamp, body: [UInt8]
  ) throws {
    try db.cachedStatement(
      sql: "INSERT INTO event(sequence, id, tag_id, type, time_ms, recorded_ms, body) VALUES(?, ?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      sequence, id, tag, type.rawValue, time.milliseconds, clock().milliseconds, StoredFrame.event(body),
    ])
  }

  /// Puts a waiting delivery for each sink beside an event.
  func deliver(_ sequence: EventSequence, tag: TagID, to sinks: [String]) throws {
    // The first attempt is due at once, whatever the clock says later.
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO delivery(sink, event_sequence, tag_id, state, next_attempt_ms) VALUES(?, ?, ?, 'waiting', 0)
        ON CONFLICT DO NOTHING
        """)
    for sink in sinks { try statement.execute(arguments: [sink, sequence, tag]) }
  }
}
