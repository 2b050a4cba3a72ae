import GRDB
package import ImageModel

/// Tags that move together: `latest` and `2023` of one repository. Source: docs/reference.md, history.
enum Companions {
  /// More are not told of.
  private static let limit = 20

  /// The other watched tags of its repository that came to the same document as a tag, as far as anybody can tell at
  /// the same time: each was seen elsewhere before the other was seen there.
  ///
  /// - Parameters:
  ///   - after: when the tag was last seen elsewhere.
  ///   - until: when it was first seen there.
  static func fetch(
    _ db: Database, of tag: TagID, at digest: Digest, after: Timestamp, until: Timestamp
  ) throws -> [TagReference] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT DISTINCT o.registry, o.repository, o.tag
        FROM snapshot s JOIN tag o ON o.id = s.tag_id JOIN tag t ON t.id = ?
        WHERE s.digest = ? AND o.id <> t.id AND o.watched = 1 AND o.registry = t.registry
          AND o.repository = t.repository AND s.first_seen_ms > ?
          AND (SELECT p.last_seen_ms FROM snapshot p WHERE p.tag_id = s.tag_id AND p.id < s.id
            ORDER BY p.id DESC LIMIT 1) < ?
        ORDER BY o.tag LIMIT \(limit)
        """)
    let rows = try Row.fetchAll(
      statement, arguments: [tag, digest.description, after.milliseconds, until.milliseconds])
    return try rows.map { TagReference(domain: try $0.text(0), path: try $0.text(1), tag: try $0.text(2)) }
  }
}

extension HistoryTransaction {
  /// As `Companions.fetch`, of what is about to be recorded.
  package func companions(
    of tag: TagID, at digest: Digest, after: Timestamp, until: Timestamp
  ) throws -> [TagReference] {
    try Companions.fetch(db, of: tag, at: digest, after: after, until: until)
  }
}
