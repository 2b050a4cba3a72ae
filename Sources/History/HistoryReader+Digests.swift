import GRDB
package import ImageModel

extension HistoryReader {
  /// The recorded digests that begin so, in their order: image IDs, manifests and what tags resolved to.
  package func digests(_ prefix: DigestPrefix, limit: Int) throws(StoreError) -> [Digest] {
    try read { db in
      var found: Set<String> = []
      for (from, before) in prefix.ranges {
        for column in DigestColumn.allCases {
          found.formUnion(try column.values(db, from: from, before: before, limit: limit))
        }
        let moved = try db.cachedStatement(
          sql: "SELECT DISTINCT moved_digest FROM tag WHERE moved_digest >= ? AND moved_digest < ? LIMIT ?")
        found.formUnion(try Row.fetchAll(moved, arguments: [from, before, limit]).map { try $0.text(0) })
      }
      return try found.sorted().prefix(limit).map { text in
        do { return try Digest(text) } catch { throw ColumnError(column: 0) }
      }
    }
  }

  /// When which tags named a digest, by tag, kind and platform, the newest state first.
  package func uses(of digest: Digest) throws(StoreError) -> [DigestUse] {
    try read { db in
      let texts = ParsedTexts()
      var uses: [DigestUse] = []
      for column in DigestColumn.allCases {
        var period = Period()
        let rows = try Row.fetchCursor(db.cachedStatement(sql: column.select), arguments: [digest.description])
        while let row = try rows.next() {
          // What a tag without an index resolves to is found among the manifests.
          if column == .top, !MediaType(try row.text(Column.mediaType)).isIndex { continue }
          try period.take(row, column.kind, digest, texts, &uses)
        }
      }
      uses += try pending(db, digest)
      return uses.enumerated().sorted { one, other in
        let (left, right) = (one.element, other.element)
        let names = (left.tag.description, right.tag.description)
        if names.0 != names.1 { return names.0 < names.1 }
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
        let platforms = (left.platform?.description ?? "", right.platform?.description ?? "")
        if platforms.0 != platforms.1 { return platforms.0 < platforms.1 }
        return one.offset > other.offset
      }.map(\.element)
    }
  }

  /// Of the tags that have moved to it, and of which no more is known.
  private func pending(_ db: Database, _ digest: Digest) throws -> [DigestUse] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT registry, repository, tag, moved_type, moved_ms, max(moved_ms, coalesce(last_success_ms, 0)),
          \(Column.interval)
        FROM tag t WHERE moved_digest = ?
        """)
    return try Row.fetchAll(statement, arguments: [digest.description]).map { row in
      let isIndex = MediaType(try row.text(3)).isIndex
      return DigestUse(
        kind: isIndex ? .index : .manifest, digest: digest,
        tag: TagReference(domain: try row.text(0), path: try row.text(1), tag: try row.text(2)), platform: nil,
        firstSeen: try row.time(4), lastSeen: try row.time(5), isCurrent: true, top: digest,
        manifest: isIndex ? nil : digest, isPending: true,
        intervalSeconds: try row.optionalInteger(6).map(Int.init))
    }
  }

  private enum Column {
    static let (registry, repository, tag, platform, manifest, snapshot, top) = (0, 1, 2, 3, 4, 5, 6)
    static let (mediaType, firstSeen, lastSeen, ended, next) = (7, 8, 9, 10, 11)
    static let (movedDigest, movedType, moved, intervalSeconds) = (12, 13, 14, 15)
    static let interval = "CASE WHEN t.watched = 1 THEN coalesce(t.interval_s, 0) END"
  }

  /// Where a digest may stand.
  private enum DigestColumn: String, CaseIterable {
    case imageID = "p.image_id"
    case manifest = "p.manifest"
    case top = "s.digest"

    var kind: DigestKind {
      switch self {
      case .imageID: .imageID
      case .manifest: .manifest
      case .top: .index
      }
    }

    /// The states that have it, by tag and platform in their order.
    var select: String {
      let (platform, manifest) = self == .top ? ("NULL", "NULL") : ("p.platform", "p.manifest")
      let tables =
        self == .top ? "snapshot s" : "snapshot_platform p JOIN snapshot s ON s.id = p.snapshot_id"
      return """
        SELECT t.registry, t.repository, t.tag, \(platform), \(manifest), s.id, s.digest, s.media_type, s.first_seen_ms,
          \(SnapshotRow.lastSeen(of: "t.id")), s.ended,
          (SELECT min(id) FROM snapshot n WHERE n.tag_id = s.tag_id AND n.id > s.id),
          t.moved_digest, t.moved_type, t.moved_ms, \(Column.interval)
        FROM \(tables) JOIN tag t ON t.id = s.tag_id
        WHERE \(rawValue) = ?
        ORDER BY s.tag_id, \(platform), s.id
        """
    }

    /// Each once: from one to the next by the index, however many states have it.
    func values(_ db: Database, from: String, before: String, limit: Int) throws -> [String] {
      let (table, column) = self == .top ? ("snapshot", "digest") : ("snapshot_platform", String(rawValue.dropFirst(2)))
      func statement(_ comparison: String) throws -> Statement {
        try db.cachedStatement(
          sql: "SELECT min(\(column)) FROM \(table) WHERE \(column) \(comparison) ? AND \(column) < ?")
      }
      var values: [String] = []
      var next = try Row.fetchOne(statement(">="), arguments: [from, before])?.optionalText(0)
      while let value = next, values.count < limit {
        values.append(value)
        next = try Row.fetchOne(statement(">"), arguments: [value, before])?.optionalText(0)
      }
      return values
    }
  }

  /// Joins states that follow each other.
  private struct Period {
    private var last: (snapshot: Int64, next: Int64?, isEnded: Bool)?

    mutating func take(
      _ row: Row, _ kind: DigestKind, _ digest: Digest, _ texts: ParsedTexts, _ uses: inout [DigestUse]
    ) throws {
      let snapshot = try row.integer(Column.snapshot)
      let next = try row.optionalInteger(Column.next)
      let isEnded = try row.optionalText(Column.ended) != nil
      let platform = try row.optionalPlatform(Column.platform, texts)
      let moved = next == nil && !isEnded ? try Self.move(row) : nil
      let isCurrent = next == nil && !isEnded && moved == nil
      defer { last = (snapshot, next, isEnded) }
      if let last, !uses.isEmpty, uses[uses.count - 1].kind == kind, uses[uses.count - 1].platform == platform,
        last.snapshot == snapshot || (last.next == snapshot && !last.isEnded)
      {
        uses[uses.count - 1].lastSeen = try row.time(Column.lastSeen)
        uses[uses.count - 1].isCurrent = isCurrent
        uses[uses.count - 1].moved = moved
        uses[uses.count - 1].top = try row.digest(Column.top)
        uses[uses.count - 1].manifest = try row.optionalDigest(Column.manifest)
        return
      }
      uses.append(
        DigestUse(
          kind: kind, digest: digest,
          tag: TagReference(
            domain: try row.text(Column.registry), path: try row.text(Column.repository),
            tag: try row.text(Column.tag)),
          platform: platform, firstSeen: try row.time(Column.firstSeen), lastSeen: try row.time(Column.lastSeen),
          isCurrent: isCurrent, top: try row.digest(Column.top), manifest: try row.optionalDigest(Column.manifest),
          moved: moved, intervalSeconds: try row.optionalInteger(Column.intervalSeconds).map(Int.init)))
    }

    private static func move(_ row: Row) throws -> PendingMove? {
      guard let digest = try row.optionalDigest(Column.movedDigest) else { return nil }
      return PendingMove(
        to: MovedTag(digest: digest, mediaType: MediaType(try row.text(Column.movedType))),
        since: try row.time(Column.moved))
    }
  }
}
