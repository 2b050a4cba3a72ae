import GRDB
package import ImageModel

/// What attempts that ended together say of a sink, beside what became of each delivery.
package struct SinkAttempts: Hashable, Sendable {
  /// The latest that failed.
  package var failure: SinkFailure?
  /// The latest answer of a receiver that only asked to wait.
  package var refusal: SinkFailure?
  /// Whether something arrived after the latest failure, or without any.
  package var endsWell = false
  /// After failures, nothing is sent before.
  package var retry: Timestamp?

  package init() {}
}

/// A sink begins to fail, or takes events again.
package enum SinkTurn: Hashable, Sendable {
  case fails(SinkFailure)
  case recovers(since: Timestamp)
}

extension HistoryTransaction {
  /// Notes how a sink is doing after attempts, once their deliveries are settled; nothing where the sink has another
  /// definition by now. It fails from the first failure on until something arrives and nothing that failed still waits:
  /// one event that its receiver does not take must not make it come and go with each of the others.
  ///
  /// - Returns: what has changed by them.
  package func noteAttempts(
    _ attempts: SinkAttempts, sink: String, fingerprint: String, now: Timestamp
  ) throws -> SinkTurn? {
    let known = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT failing_since_ms FROM sink WHERE name = ? AND fingerprint = ?"),
      arguments: [sink, fingerprint])
    guard let known else { return nil }
    let since = try known.optionalTime(0)
    let isFailing =
      if attempts.endsWell {
        try (since != nil || attempts.failure != nil) && hasTroubled(sink)
      } else {
        since != nil || attempts.failure != nil
      }
    if isFailing {
      let failure = attempts.failure ?? attempts.refusal
      try db.cachedStatement(
        sql: """
          UPDATE sink SET failing_since_ms = coalesce(failing_since_ms, ?1), retries_ms = ?2,
            error_code = coalesce(?3, error_code), error_message = coalesce(?4, error_message)
          WHERE name = ?5
          """
      ).execute(
        arguments: [now.milliseconds, attempts.retry?.milliseconds, failure?.code.rawValue, failure?.message, sink])
      return since == nil ? attempts.failure.map { .fails($0) } : nil
    }
    guard since != nil || attempts.refusal != nil else { return nil }
    try db.cachedStatement(
      sql: """
        UPDATE sink SET failing_since_ms = NULL, retries_ms = NULL, error_code = ?, error_message = ? WHERE name = ?
        """
    ).execute(arguments: [attempts.refusal?.code.rawValue, attempts.refusal?.message, sink])
    return since.map { .recovers(since: $0) }
  }

  /// Notes what a look at a sink has found without anything to send: that it could not be sent, or could again. Whether
  /// what was tried and failed arrives, only attempts can say.
  ///
  /// - Parameter fault: why nothing could be sent as things are; `nil` where nothing speaks against it.
  /// - Returns: what has changed by it.
  package func noteLook(_ fault: String?, sink: String, fingerprint: String, now: Timestamp) throws -> SinkTurn? {
    let known = try Row.fetchOne(
      db.cachedStatement(
        sql: "SELECT failing_since_ms, error_code FROM sink WHERE name = ? AND fingerprint = ? AND state = 'ok'"),
      arguments: [sink, fingerprint])
    guard let known else { return nil }
    let since = try known.optionalTime(0)
    var attempts = SinkAttempts()
    if let fault {
      guard since == nil else { return nil }
      attempts.failure = SinkFailure(.unusable, fault)
    } else {
      guard since != nil, try known.optionalText(1) == SinkFailure.Code.unusable.rawValue, try !hasTroubled(sink)
      else { return nil }
      attempts.endsWell = true
    }
    return try noteAttempts(attempts, sink: sink, fingerprint: fingerprint, now: now)
  }

  /// Somebody has dropped what was sent to sinks, or enabled them: where nothing waits that was tried, nothing is left
  /// that fails. Of one that could not be sent anything, the next look says whether it could be.
  func forgetFailures(of sinks: [String]) throws {
    for sink in sinks where try !hasTroubled(sink) {
      try db.cachedStatement(
        sql: """
          UPDATE sink SET failing_since_ms = NULL, retries_ms = NULL, error_code = NULL, error_message = NULL
          WHERE name = ? AND state = 'ok' AND failing_since_ms IS NOT NULL AND error_code IS NOT 'unusable'
          """
      ).execute(arguments: [sink])
    }
  }

  /// Whether something waits that was tried and has not arrived.
  private func hasTroubled(_ sink: String) throws -> Bool {
    try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT 1 FROM delivery INDEXED BY delivery_troubled
          WHERE sink = ? AND state = 'waiting' AND last_error IS NOT NULL LIMIT 1
          """), arguments: [sink]) != nil
  }

  /// Names of the sinks that somebody has to look after, with their states.
  package func unwellSinks() throws -> [(name: String, state: SinkState)] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT name, CASE state WHEN 'ok' THEN 'failing' ELSE state END FROM sink
          WHERE state = 'disabled' OR state = 'ok' AND failing_since_ms IS NOT NULL
            OR state = 'removed' AND EXISTS (SELECT 1 FROM delivery d INDEXED BY delivery_waiting
              WHERE d.sink = sink.name AND d.state = 'waiting')
          ORDER BY position, name
          """)
    ).map { (try $0.text(0), try $0.named(1, SinkState.self)) }
  }

  /// The tag of an event; `nil` of a group, which is of none alone, and where there is no such event.
  package func tag(of event: EventSequence) throws -> TagReference? {
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT t.registry, t.repository, t.tag FROM event e JOIN tag t ON t.id = e.tag_id
          WHERE e.sequence = ? AND e.type <> 'watcher.changes'
          """), arguments: [event])
    return try row.map { TagReference(domain: try $0.text(0), path: try $0.text(1), tag: try $0.text(2)) }
  }
}
