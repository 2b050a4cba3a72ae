import GRDB
package import ImageModel

/// Which part of the watchlist is wanted.
package struct WatchlistQuery: Hashable, Sendable {
  /// Words that a tag's canonical name has, all of them, in upper or lower case.
  package var text = ""
  /// Only tags of this `TagStatus.word`; `nil` means all.
  package var word: String?
  /// From 1 on.
  package var page = 1
  package let pageSize: Int
  /// From when on changes are counted; `nil`: they are not.
  package var since: Timestamp?

  package init(pageSize: Int) { self.pageSize = pageSize }
}

/// A page of the watchlist.
package struct WatchlistPage: Hashable, Sendable {
  /// Those that need somebody first, then what changed last.
  package let tags: [TagReference]
  /// How many fit, on all pages.
  package let count: Int
  /// How many tags have the text, by their `TagStatus.word`.
  package let words: [String: Int]
  /// Of those tags that have changed of late.
  package var moves: [TagReference: RecentMoves] = [:]
  /// All there are.
  package var repositories: [RepositoryRecord] = []
}

extension HistoryReader {
  /// Which watched tags are to be shown: in the order of `TagStatus.comesFirst`, without reading the states of others.
  package func watchlist(_ query: WatchlistQuery) throws(StoreError) -> WatchlistPage {
    try read { db in
      var words: [String: Int] = [:]
      var ranks: [(rank: TagRank, id: TagID)] = []
      let texts = ParsedTexts()
      let condition = Self.condition(query)
      let rows = try Row.fetchCursor(db, sql: Self.select + condition.sql, arguments: condition.arguments)
      while let row = try rows.next() {
        let tag = TagReference(domain: try row.text(0), path: try row.text(1), tag: try row.text(2))
        let state = TagStatus.State(
          try row.named(3, Reach.self), isFailing: try row.integer(4) != 0, wasSeen: try row.integer(5) != 0)
        // What of it is not there is asked of few: of those without any image.
        let hasNoPlatform = try row.integer(7) != 0 ? Self.hasNoPlatform(db, tag, texts) : false
        let word = TagStatus.word(state, hasNoPlatform: hasNoPlatform)
        words[word, default: 0] += 1
        guard query.word == nil || query.word == word else { continue }
        let isUnwell = TagStatus.isUnwell(state, hasNoPlatform: hasNoPlatform)
        let rank = TagRank(isUnwell: isUnwell, lastChanged: try row.optionalTime(6), tag: tag)
        ranks.append((rank, try row.id(8)))
      }
      ranks.sort { $0.rank < $1.rank }
      let skipped = (query.page - 1).multipliedReportingOverflow(by: query.pageSize)
      let shown = ranks.dropFirst(skipped.overflow ? ranks.count : max(0, skipped.partialValue)).prefix(query.pageSize)
      var moves: [TagReference: RecentMoves] = [:]
      if let since = query.since {
        for (rank, id) in shown { moves[rank.tag] = try Self.recentMoves(db, of: id, since: since) }
      }
      return WatchlistPage(
        tags: shown.map(\.rank.tag), count: ranks.count, words: words, moves: moves,
        repositories: try RepositoryRow.fetchAll(db))
    }
  }

  private static func hasNoPlatform(_ db: Database, _ tag: TagReference, _ texts: ParsedTexts) throws -> Bool {
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: "SELECT \(TagRow.columns) FROM tag WHERE registry = ? AND repository = ? AND tag = ?"),
      arguments: [tag.domain, tag.path, tag.tag])
    guard let record = try row.map({ try TagRow.record($0, tag: tag, texts) }) else { return false }
    return TagStatus(record: record, current: try SnapshotRow.latest(db, tag: record.id, texts)).hasNoPlatform
  }

  /// Name, reach, whether it fails, whether it was ever seen, when it moved, whether its state has no image; its row.
  private static let select = """
    SELECT t.registry, t.repository, t.tag, t.reach, t.error_code IS NOT NULL,
      t.last_success_ms IS NOT NULL AND (t.moved_digest IS NULL OR s.id IS NOT NULL AND s.ended IS NULL),
      t.last_move_ms,
      s.id IS NOT NULL AND s.ended IS NULL
        AND NOT EXISTS (SELECT 1 FROM snapshot_platform p WHERE p.snapshot_id = s.id), t.id
    FROM tag t LEFT JOIN snapshot s ON s.id = (SELECT max(id) FROM snapshot WHERE tag_id = t.id) WHERE
    """ + " "

  private static func condition(_ query: WatchlistQuery) -> SQLCondition {
    var condition = SQLCondition()
    condition.and("t.watched = 1")
    for word in query.text.split(whereSeparator: \.isWhitespace).prefix(8) {
      condition.and("instr(lower(t.registry || '/' || t.repository || ':' || t.tag), lower(?)) > 0", [String(word)])
    }
    return condition
  }
}
