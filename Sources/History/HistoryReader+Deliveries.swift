import GRDB
import Host
package import ImageModel

extension HistoryReader {
  /// The deliveries asked for, in the order of recording, then of the sinks in the configuration.
  ///
  /// - Parameters:
  ///   - limit: at most this many.
  ///   - now: until a sink's receiver wants something, nothing is sent there.
  package func deliveries(
    _ query: DeliveryQuery, limit: Int = .max, now: Timestamp = .now()
  ) throws(StoreError) -> [StoredDelivery] {
    try read { db in
      var condition = query.condition
      // Nearly all there are have arrived; those before the first that has not are passed over in its index.
      if !query.states.contains(.delivered) { condition.and("d.event_sequence >= (\(Self.firstOpen))") }
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT d.sink, d.event_sequence, e.id, e.type, t.registry, t.repository, t.tag, d.state, d.attempts,
            d.next_attempt_ms, d.delivered_ms, d.last_error, k.state,
            k.rests_until_ms
          FROM delivery d JOIN event e ON e.sequence = d.event_sequence JOIN tag t ON t.id = d.tag_id
            JOIN sink k ON k.name = d.sink
          WHERE \(condition.sql) ORDER BY d.event_sequence, k.position, d.sink LIMIT ?
          """,
        arguments: condition.arguments + [limit])
      var deliveries: [StoredDelivery] = []
      while let row = try rows.next() { deliveries.append(try Self.delivery(row, now)) }
      return deliveries
    }
  }

  /// Those of `events` that were never recorded.
  package func unrecorded(_ events: [DeliveryQuery.EventName]) throws(StoreError) -> [DeliveryQuery.EventName] {
    try read { db in
      try events.filter { event in
        let (column, value): (String, any DatabaseValueConvertible) =
          switch event {
          case .id(let id): ("id", id)
          case .sequence(let sequence): ("sequence", sequence)
          }
        return try Row.fetchOne(
          db.cachedStatement(sql: "SELECT 1 FROM event WHERE \(column) = ?"), arguments: [value]) == nil
      }
    }
  }

  /// The sinks by name, in the order of the configuration.
  package func sinkNames() throws(StoreError) -> [String] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT name FROM sink ORDER BY position, name").map { try $0.text(0) }
    }
  }

  /// How the sinks are doing, in the order of the configuration.
  package func sinks(now: Timestamp = .now()) throws(StoreError) -> [SinkStatus] {
    try read { db in try SinkStatus.fetchAll(db, now: now) }
  }

  /// The sequence of the first event that waits for a sink or has failed there.
  private static let firstOpen = """
    SELECT min(first) FROM (
      SELECT (SELECT min(w.event_sequence) FROM delivery w INDEXED BY delivery_waiting
        WHERE w.sink = k.name AND w.state = 'waiting') AS first FROM sink k
      UNION ALL
      SELECT (SELECT min(w.event_sequence) FROM delivery w INDEXED BY delivery_failed
        WHERE w.sink = k.name AND w.state = 'failed') FROM sink k)
    """

  private static func delivery(_ row: Row, _ now: Timestamp) throws -> StoredDelivery {
    let state = try row.named(7, DeliveryState.self)
    let type = try row.named(3, EventType.self)
    let rest = try row.optionalTime(13).flatMap {
      SinkRest.ends(after: now).contains($0.milliseconds) ? $0 : nil
    }
    let next = max(try row.time(9), rest ?? Timestamp(milliseconds: 0))
    let tag = TagReference(domain: try row.text(4), path: try row.text(5), tag: try row.text(6))
    return StoredDelivery(
      sink: try row.text(0), sinkState: try row.named(12, SinkState.self), sequence: try row.id(1),
      eventID: try row.text(2), type: type, tag: type == .changes ? nil : tag, state: state,
      attempts: Int(try row.integer(8)), nextAttempt: state == .waiting && next.milliseconds > 0 ? next : nil,
      delivered: try row.optionalTime(10), lastError: try row.optionalText(11))
  }
}
