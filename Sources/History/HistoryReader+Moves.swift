import GRDB
import ImageModel

/// How often a tag's images have changed of late.
package struct RecentMoves: Hashable, Sendable {
  /// Of more nobody counts on.
  package static let mostCounted = 100

  /// Up to `mostCounted`.
  package let count: Int
  /// The document of the latest.
  package let latest: [UInt8]
}

extension HistoryReader {
  /// The newest of so many moves of a tag, by when they were seen.
  private static let newest = """
    SELECT sequence FROM event WHERE tag_id = ? AND time_ms >= ? AND type = ?
    ORDER BY time_ms DESC, sequence DESC LIMIT \(RecentMoves.mostCounted)
    """

  static func recentMoves(_ db: Database, of tag: TagID, since: Timestamp) throws -> RecentMoves? {
    let sequences = try Int64.fetchAll(
      db.cachedStatement(sql: newest),
      arguments: [tag.rawValue, since.milliseconds, EventType.imageChanged.rawValue])
    guard let latest = sequences.first else { return nil }
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT body FROM event WHERE sequence = ?"), arguments: [latest])
    return try row.map { RecentMoves(count: sequences.count, latest: try $0.event(0, EventSequence(rawValue: latest))) }
  }
}
