import GRDB
package import ImageModel

/// Why a sink does not take events.
package struct SinkFailure: Hashable, Sendable {
  /// Source: docs/reference.md, sinks list.
  package enum Code: String, Sendable, CaseIterable {
    /// Nothing could be sent: its file, its pipe or its secret cannot be used as things are.
    case unusable
    /// An attempt failed.
    case failed
    /// Its receiver takes nothing for now (429, 503).
    case refused
    /// Its receiver wants nothing more (410).
    case gone
  }

  package let code: Code
  /// One line for a person, free of secrets.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

/// How a sink is doing.
package struct SinkStatus: Hashable, Sendable {
  package let name: String
  package let type: String
  package let state: SinkState
  /// Deliveries that wait, and those that were given up until they are retried by hand.
  package let waiting: Int
  package let failed: Int
  /// When the oldest waiting event was recorded.
  package let oldestWaiting: Timestamp?
  /// The first attempt that failed since everything that was tried had arrived.
  package let failingSince: Timestamp?
  /// When what failed is tried again, or its receiver wants something again; `nil` where that is at once, or nothing
  /// waits.
  package let nextAttempt: Timestamp?
  package let failure: SinkFailure?

  package init(
    name: String, type: String, state: SinkState, waiting: Int, failed: Int, oldestWaiting: Timestamp?,
    failingSince: Timestamp? = nil, nextAttempt: Timestamp? = nil, failure: SinkFailure? = nil
  ) {
    self.name = name
    self.type = type
    self.state = state
    self.waiting = waiting
    self.failed = failed
    self.oldestWaiting = oldestWaiting
    self.failingSince = failingSince
    self.nextAttempt = nextAttempt
    self.failure = failure
  }

  /// Nothing failed, but its receiver has asked to be left alone until `nextAttempt`.
  package var isResting: Bool { state == .ok && nextAttempt != nil }

  /// Somebody has to look after it.
  package var isUnwell: Bool { state == .failing || state == .disabled || isOwed }

  /// It is not configured any more, and events wait for it.
  package var isOwed: Bool { state == .removed && waiting > 0 }
}

extension SinkStatus {
  /// The sinks, in the order of the configuration, then those that were removed and that something still waits for.
  static func fetchAll(_ db: Database, now: Timestamp) throws -> [SinkStatus] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT k.name, k.type,
          CASE WHEN k.state = 'ok' AND k.failing_since_ms IS NOT NULL THEN 'failing' ELSE k.state END,
          (SELECT count(*) FROM delivery d INDEXED BY delivery_waiting WHERE d.sink = k.name AND d.state = 'waiting'),
          (SELECT count(*) FROM delivery d INDEXED BY delivery_failed WHERE d.sink = k.name AND d.state = 'failed'),
          (SELECT e.time_ms FROM event e WHERE e.sequence =
            (SELECT min(d.event_sequence) FROM delivery d INDEXED BY delivery_waiting
              WHERE d.sink = k.name AND d.state = 'waiting')),
          k.failing_since_ms, k.rests_until_ms, k.retries_ms,
          (SELECT min(d.next_attempt_ms) FROM delivery d INDEXED BY delivery_troubled
            WHERE d.sink = k.name AND d.state = 'waiting' AND d.last_error IS NOT NULL),
          k.error_code, k.error_message
        FROM sink k ORDER BY k.position, k.name
        """
    ).map { row in try SinkStatus(row, now) }.filter { $0.state != .removed || $0.waiting + $0.failed > 0 }
  }

  private init(_ row: Row, _ now: Timestamp) throws(ColumnError) {
    let state = try row.named(2, SinkState.self)
    let rest = try row.optionalTime(7).flatMap { SinkRest.ends(after: now).contains($0.milliseconds) ? $0 : nil }
    let failure = try row.optionalNamed(10, SinkFailure.Code.self).map { code throws(ColumnError) in
      SinkFailure(code, try row.text(11))
    }
    var next: Timestamp?
    switch state {
    case .ok: next = rest
    case .failing:
      // One that lies further ahead was put there by another clock.
      let pause = try row.optionalTime(8).flatMap { $0 <= now.advanced(bySeconds: Limits.sinkRestSeconds) ? $0 : nil }
      let attempt = try row.optionalTime(9)
      next = attempt.map { max($0, pause ?? $0, rest ?? $0) }.flatMap { $0.milliseconds > 0 ? $0 : nil }
    case .disabled, .removed: break
    }
    let isWell = state == .removed || state == .ok && rest == nil
    self.init(
      name: try row.text(0), type: try row.text(1), state: state, waiting: Int(try row.integer(3)),
      failed: Int(try row.integer(4)), oldestWaiting: try row.optionalTime(5),
      failingSince: isWell ? nil : try row.optionalTime(6), nextAttempt: next, failure: isWell ? nil : failure)
  }
}
