import GRDB
package import ImageModel

extension HistoryReader {
  /// Recorded events in the order of recording, at most `limit`.
  package func events(_ query: EventQuery, limit: Int) throws(StoreError) -> EventPage {
    try read { db in
      let condition = Self.condition(query)
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT e.sequence, e.type, t.registry, t.repository, t.tag, e.time_ms, e.body
          FROM event e NOT INDEXED CROSS JOIN tag t ON t.id = e.tag_id
          WHERE \(condition.sql) ORDER BY e.sequence LIMIT ?
          """,
        arguments: condition.arguments + [limit])
      var events: [StoredEvent] = []
      while let row = try rows.next() {
        events.append(
          StoredEvent(
            sequence: try row.id(0), type: try row.named(1, EventType.self),
            tag: TagReference(domain: try row.text(2), path: try row.text(3), tag: try row.text(4)),
            time: try row.time(5), body: try row.event(6, row.id(0))))
      }
      let isFull = events.count >= limit
      let highest = isFull ? events.last?.sequence : try Self.highestSequence(db)
      return EventPage(events: events, last: max(highest ?? .zero, query.after), isFull: isFull)
    }
  }

  /// Behind which sequence the newest events begin that a query asks for; where there are no more than `count`, where
  /// the query itself begins.
  package func beginning(ofLast count: Int, _ query: EventQuery) throws(StoreError) -> EventSequence {
    try read { db in
      let condition = Self.condition(query)
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT e.sequence FROM event e NOT INDEXED
          WHERE \(condition.sql) ORDER BY e.sequence DESC LIMIT 1 OFFSET ?
          """,
        arguments: condition.arguments + [count - 1])
      guard let first: EventSequence = try row?.id(0) else { return query.after }
      return EventSequence(rawValue: first.rawValue - 1)
    }
  }

  /// The sequence of the newest event; zero where there is none.
  package func newestSequence() throws(StoreError) -> EventSequence {
    try read { db in try Self.highestSequence(db) ?? .zero }
  }

  /// On an event `e`. Rows come by sequence, whatever is filtered: a page takes up where the one before it ended, and
  /// any other order would sort everything anew for each page.
  static func condition(_ query: EventQuery) -> SQLCondition {
    var condition = SQLCondition()
    condition.and("sequence > ?", [query.after])
    if let before = query.before { condition.and("sequence < ?", [before]) }
    if !query.tags.isEmpty {
      let names = query.tags.map { _ in "(?, ?, ?)" }.joined(separator: ", ")
      let range = condition
      // Their numbers first, from the index alone: a tag may have a hundred of a million events.
      condition = SQLCondition()
      condition.and(
        """
        e.sequence IN (
          SELECT sequence FROM event INDEXED BY event_by_tag
          WHERE tag_id IN (SELECT id FROM tag WHERE (registry, repository, tag) IN (VALUES \(names)))
            AND \(range.sql))
        """, StatementArguments(query.tags.flatMap { [$0.domain, $0.path, $0.tag] }) + range.arguments)
      // A group has the tag of its first member, and holds others.
      condition.and("e.type != 'watcher.changes'")
    }
    if let types = query.types { condition.and("e.type", in: types.map(\.rawValue)) }
    if let since = query.since { condition.and("\(EventQuery.recordedMilliseconds) >= ?", [since.milliseconds]) }
    return condition
  }

  private static func highestSequence(_ db: Database) throws -> EventSequence? {
    try Row.fetchOne(db, sql: "SELECT max(sequence) FROM event")?.optionalID(0)
  }
}

extension EventQuery {
  /// When an event `e` was recorded, in SQL. Versions before schema 3 kept only when it was seen.
  static let recordedMilliseconds = "coalesce(e.recorded_ms, e.time_ms)"
}
