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
        if before.identities != state.identities { left -= 1 }
        state = before
      }
      return state
    }
  }

  /// The digests of a tag's states, each once, the newest first.
  package func states(of tag: TagReference, limit: Int) throws(StoreError) -> [Digest] {
    try read { db in try SnapshotRow.digests(db, of: tag, limit: limit) }
  }

  /// The stored manifests and configs of a state, by their digests.
  package func documents(of state: StoredSnapshot) throws(StoreError) -> [Digest: Document] {
    try read { db in
      var documents: [Digest: Document] = [:]
      for digest in state.images.flatMap({ [$0.manifest, $0.imageID] }).compactMap(\.self) {
        documents[digest] = try DocumentRow.fetch(db, digest)
      }
      return documents
    }
  }

  /// When the state after this one was first seen; `nil` of the newest.
  package func end(of state: StoredSnapshot, of tag: TagReference) throws(StoreError) -> Timestamp? {
    try read { db in
      guard let id = try Self.row(db, of: tag) else { return nil }
      var states = try SnapshotCursor(db, tag: id, .upward(from: state.id))
      _ = try states.next()
      return try states.next()?.firstSeen
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

extension StoredSnapshot {
  /// What its images are told apart by.
  fileprivate var identities: Set<[String]> {
    Set(images.map { [$0.platform?.description ?? "", $0.identity.description] })
  }
}
