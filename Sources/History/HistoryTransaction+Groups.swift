import GRDB
package import ImageModel

/// Groups: one event in place of all that wait for a sink.
extension HistoryTransaction {
  /// Puts the oldest events that wait for a sink into one event of type `watcher.changes`, up to what it may hold. The
  /// group waits in their place: what a group carries is not sent beside it, and they stay recorded themselves.
  ///
  /// - Returns: how many events it holds; 0 when nothing waits.
  package func group(sink: String, id: String, now: Timestamp) throws -> Int {
    var members: [(sequence: EventSequence, tag: TagID, body: [UInt8])] = []
    var tags: [TagReference] = []
    var size = 0
    // No event is smaller than this many bytes, so more never fit.
    for row in try ungrouped(sink, limit: GroupedEvent.documentBytes / 256) {
      let body = try row.event(2, row.id(0))
      guard members.isEmpty || size + body.count + 1 <= GroupedEvent.documentBytes else { break }
      size += body.count + 1
      members.append((try row.id(0), try row.id(1), body))
      let tag = TagReference(domain: try row.text(3), path: try row.text(4), tag: try row.text(5))
      if !tags.contains(tag) { tags.append(tag) }
    }
    guard let first = members.first else { return 0 }
    let sequence = try nextSequence()
    let body = GroupedEvent(id: id, time: now, documents: members.map(\.body), tags: tags)
      .document(source: instance, sequence: sequence)
    try insertEvent(sequence, id: id, tag: first.tag, type: .changes, time: now, body: body)
    try deliver(sequence, tag: first.tag, to: [sink])
    let leave = try db.cachedStatement(sql: "DELETE FROM delivery WHERE sink = ? AND event_sequence = ?")
    for member in members { try leave.execute(arguments: [sink, member.sequence]) }
    let addMember = try db.cachedStatement(sql: "INSERT INTO group_tag(sink, event_sequence, tag_id) VALUES(?, ?, ?)")
    for tag in Set(members.map(\.tag)) { try addMember.execute(arguments: [sink, sequence, tag]) }
    return members.count
  }

  /// The first group that waits for a sink, if it is due. Groups go out one after another, whatever tags are in them.
  package func waitingGroup(sink: String, now: Timestamp, within: Duration) throws -> OutboxRow? {
    guard let first = try firstGroup(sink), first.wait(at: now, within) == .zero else { return nil }
    return first
  }

  /// How long until the first group is due for a sink, `nil` if none waits.
  package func nextGroupDue(sink: String, now: Timestamp, within: Duration) throws -> Duration? {
    try firstGroup(sink)?.wait(at: now, within)
  }

  private func firstGroup(_ sink: String) throws -> OutboxRow? {
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT \(Self.outboxColumns)
          FROM delivery d INDEXED BY delivery_waiting CROSS JOIN event e ON e.sequence = d.event_sequence
          WHERE d.sink = ?1 AND d.state = 'waiting' AND e.type = 'watcher.changes'
            AND EXISTS (SELECT 1 FROM sink WHERE name = ?1 AND state != 'disabled')
          ORDER BY d.event_sequence LIMIT 1
          """), arguments: [sink])
    return try row.map(Self.outboxRow)
  }

  private func ungrouped(_ sink: String, limit: Int) throws -> [Row] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT d.event_sequence, d.tag_id, e.body, t.registry, t.repository, t.tag
          FROM delivery d INDEXED BY delivery_waiting CROSS JOIN event e ON e.sequence = d.event_sequence
            CROSS JOIN tag t ON t.id = d.tag_id
          WHERE d.sink = ? AND d.state = 'waiting' AND e.type != 'watcher.changes' ORDER BY d.event_sequence LIMIT ?
          """), arguments: [sink, limit])
  }
}

extension OutboxRow {
  /// Until it is due; what is put off for longer than `within` was put off by another clock, and is due.
  fileprivate func wait(at now: Timestamp, _ within: Duration) -> Duration {
    let wait = Duration.milliseconds(nextAttempt.milliseconds - now.milliseconds)
    return wait > within ? .zero : max(.zero, wait)
  }
}
