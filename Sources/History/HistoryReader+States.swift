import GRDB
package import ImageModel

/// Which of a tag's states is meant.
package struct StateName: Hashable, Sendable {
  package enum Point: Hashable, Sendable {
    case newest
    /// The newest that had begun by then.
    case at(Timestamp)
    /// Begun by this event.
    case event(EventSequence)
    /// The newest with this digest: its own, or that of one of its images or manifests.
    case digest(DigestPrefix)
  }

  package let point: Point
  /// How many changes of an image before that.
  package let back: Int

  package init(_ point: Point, back: Int = 0) { (self.point, self.back) = (point, back) }
}

extension HistoryReader {
  /// A state of a tag; `nil` where there is none of that name, or the tag is not in the database.
  ///
  /// - Parameter later: a state that `newest` stands for.
  package func state(
    of tag: TagReference, _ name: StateName, from later: SnapshotID? = nil
  ) throws(StoreError) -> StoredSnapshot? {
    try read { db in
      guard let id = try Self.row(db, of: tag), let row = try Self.find(db, name.point, tag: id, later) else {
        return nil
      }
      var states = try SnapshotCursor(db, tag: id, .downward(from: row))
      guard var state = try states.next() else { return nil }
      var left = name.back
      while left > 0 {
        guard let before = try states.next() else { return nil }
        if !EntryGrouping.hasSameImages(before, state) { left -= 1 }
        state = before
      }
      return state
    }
  }

  /// The digests of a tag's states, each once, the newest first.
  package func states(of tag: TagReference, limit: Int) throws(StoreError) -> [Digest] {
    try read { db in try SnapshotRow.digests(db, of: tag, limit: limit) }
  }

  /// The digests of a tag's states, and of their images and manifests, that begin so, in their order.
  package func digests(
    _ prefix: DigestPrefix, of tag: TagReference, limit: Int
  ) throws(StoreError) -> [Digest] {
    try read { db in
      guard let id = try Self.row(db, of: tag) else { return [] }
      let statement = try db.cachedStatement(
        sql: """
          SELECT digest AS d FROM snapshot WHERE tag_id = ?1 AND digest >= ?2 AND digest < ?3
          UNION SELECT p.image_id FROM snapshot s JOIN snapshot_platform p ON p.snapshot_id = s.id
            WHERE s.tag_id = ?1 AND p.image_id >= ?2 AND p.image_id < ?3
          UNION SELECT p.manifest FROM snapshot s JOIN snapshot_platform p ON p.snapshot_id = s.id
            WHERE s.tag_id = ?1 AND p.manifest >= ?2 AND p.manifest < ?3
          ORDER BY d LIMIT ?4
          """)
      return try prefix.ranges.flatMap { from, before in
        try Row.fetchAll(statement, arguments: [id, from, before, limit]).map { try $0.digest(0) }
      }
    }
  }

  /// The stored documents of a state, by their digests: its own, manifests and configs; `nil` where they have more than
  /// `limit` bytes together.
  package func documents(of state: StoredSnapshot, limit: Int) throws(StoreError) -> [Digest: Document]? {
    try read { db in
      var documents: [Digest: Document] = [:]
      var left = limit
      let digests = Set([state.digest] + state.images.flatMap { [$0.manifest, $0.imageID] }.compactMap(\.self))
      for digest in digests {
        documents[digest] = try DocumentRow.fetch(db, digest)
        left -= documents[digest]?.bytes.count ?? 0
        guard left >= 0 else { return nil }
      }
      return documents
    }
  }

  /// When a tag was first seen; `nil` where it never was.
  package func beginning(of tag: TagReference) throws(StoreError) -> Timestamp? {
    try read { db in
      guard let id = try Self.row(db, of: tag) else { return nil }
      let statement = try db.cachedStatement(
        sql: "SELECT first_seen_ms FROM snapshot WHERE tag_id = ? ORDER BY id LIMIT 1")
      return try Row.fetchOne(statement, arguments: [id])?.time(0)
    }
  }

  /// The long time around a moment for which nobody saw a tag, after it was seen in a state.
  package func gap(of state: StoredSnapshot, at time: Timestamp) throws(StoreError) -> ObservationGap? {
    try read { db in
      let statement = try db.cachedStatement(
        sql: "SELECT from_ms, to_ms FROM gap WHERE snapshot_id = ?1 AND from_ms < ?2 AND to_ms > ?2")
      return try Row.fetchOne(statement, arguments: [state.id, time.milliseconds]).map {
        ObservationGap(from: try $0.time(0), to: try $0.time(1))
      }
    }
  }

  private static func find(
    _ db: Database, _ point: StateName.Point, tag: TagID, _ later: SnapshotID?
  ) throws -> SnapshotID? {
    func one(_ condition: String, _ arguments: StatementArguments) throws -> SnapshotID? {
      let statement = try db.cachedStatement(
        sql: "SELECT max(s.id) FROM snapshot s WHERE s.tag_id = ?1 AND \(condition)")
      return try Row.fetchOne(statement, arguments: [tag] + arguments)?.optionalID(0)
    }
    switch point {
    case .newest: return try later ?? one("1", [])
    case .at(let time): return try one("s.first_seen_ms <= ?2", [time.milliseconds])
    case .event(let sequence): return try one("s.event_sequence = ?2", [sequence])
    case .digest(let prefix):
      return try prefix.ranges.compactMap { from, before in
        try one(
          """
          (s.digest >= ?2 AND s.digest < ?3 OR EXISTS (
            SELECT 1 FROM snapshot_platform p WHERE p.snapshot_id = s.id
            AND (p.image_id >= ?2 AND p.image_id < ?3 OR p.manifest >= ?2 AND p.manifest < ?3)))
          """, [from, before])
      }.max()
    }
  }
}
