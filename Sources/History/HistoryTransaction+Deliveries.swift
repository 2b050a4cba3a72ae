import GRDB
import Host
package import ImageModel

extension HistoryTransaction {
  /// Makes failed deliveries, and waiting ones that were put off, due at once with all their attempts before them, and
  /// ends the time for which their sinks' receivers have asked to be sent nothing.
  /// The order of a tag stays: among what waits the oldest event goes first.
  ///
  /// - Returns: how many were changed, and the sinks that any of them, or any named, goes to.
  package func retryDeliveries(_ query: DeliveryQuery, now: Timestamp) throws -> (count: Int, sinks: [String]) {
    let sinks = try sinks(of: query)
    let rest = SinkRest.ends(after: now)
    var condition = query.condition
    condition.and(
      """
      (d.state = 'failed' OR d.state = 'waiting' AND (d.attempts > 0 OR d.next_attempt_ms > 0
        OR d.sink IN (SELECT name FROM sink WHERE rests_until_ms BETWEEN ? AND ?)))
      """, [rest.lowerBound, rest.upperBound])
    try db.execute(
      sql: """
        UPDATE delivery AS d SET state = 'waiting', attempts = 0, next_attempt_ms = 0, refused_since_ms = NULL
        WHERE \(condition.sql)
        """, arguments: condition.arguments)
    let count = db.changesCount
    for sink in sinks {
      try db.cachedStatement(sql: "UPDATE sink SET rests_until_ms = NULL WHERE name = ?").execute(arguments: [sink])
    }
    return (count, sinks)
  }

  private func sinks(of query: DeliveryQuery) throws -> [String] {
    try sinks().map(\.definition.name).filter { name in
      if query.sinks.contains(name) { return true }
      var condition = query.condition
      condition.and("d.sink = ?", [name])
      return try Row.fetchOne(
        db, sql: "SELECT 1 FROM delivery d WHERE \(condition.sql) LIMIT 1", arguments: condition.arguments) != nil
    }
  }

  /// Forgets deliveries that were not made; what was delivered, events and snapshots stay.
  ///
  /// - Returns: how many there were.
  package func dropDeliveries(_ query: DeliveryQuery) throws -> Int {
    var condition = query.condition
    condition.and("d.state != 'delivered'")
    let sinks = try sinks(of: query)
    try db.execute(sql: "DELETE FROM delivery AS d WHERE \(condition.sql)", arguments: condition.arguments)
    let count = db.changesCount
    try forgetFailures(of: sinks)
    return count
  }

  /// Tries sinks again whose receiver had asked not to be sent anything any more.
  ///
  /// - Returns: those that had been disabled.
  package func enableSinks(_ names: [String]) throws -> [String] {
    let disabled = try sinks().filter { $0.state == .disabled }.map(\.definition.name)
    let enabled = disabled.filter(names.contains)
    for name in enabled { try setSink(name, .ok) }
    try forgetFailures(of: enabled)
    return enabled
  }

  /// Deliveries that are still to be made, to all sinks, counted up to `limit`: a million would take a quarter of a
  /// second.
  package func waitingDeliveries(limit: Int) throws -> Int {
    let statement = try db.cachedStatement(
      sql: """
        SELECT count(*) FROM (SELECT 1 FROM delivery INDEXED BY delivery_waiting WHERE state = 'waiting' LIMIT ?)
        """)
    return try Int.fetchOne(statement, arguments: [limit]) ?? 0
  }

  /// How the sinks are doing, those that were removed too.
  package func sinkStatus(now: Timestamp = .now()) throws -> [SinkStatus] { try SinkStatus.fetchAll(db, now: now) }

  /// The wall clock was set: what waits for its next attempt keeps the rest of its time.
  ///
  /// - Parameter step: forward or back.
  package func moveAttempts(by step: Duration) throws {
    // Those at 0 are due at once, whatever the clock says.
    try db.execute(
      sql: """
        UPDATE delivery SET next_attempt_ms = max(1, next_attempt_ms + ?)
        WHERE state = 'waiting' AND next_attempt_ms > 0
        """, arguments: [step.milliseconds])
    try db.execute(
      sql: """
        UPDATE delivery SET refused_since_ms = refused_since_ms + ?
        WHERE state = 'waiting' AND refused_since_ms IS NOT NULL
        """, arguments: [step.milliseconds])
    try db.execute(
      sql: "UPDATE sink SET rests_until_ms = rests_until_ms + ?1, retries_ms = retries_ms + ?1",
      arguments: [step.milliseconds])
  }
}
