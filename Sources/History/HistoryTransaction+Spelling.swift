import GRDB
package import ImageModel

extension HistoryTransaction {
  /// Gives tags the name that they have by now, with their whole history, where an older version kept the registry's
  /// name as it was written. A tag that is there under both names keeps both: which history is whose, nobody can say.
  /// What events say of their tag stays as it was sent.
  ///
  /// - Parameter canonical: the name of a tag by now. Asked once per registry while there is nothing to do.
  package func respell(_ canonical: (TagReference) -> TagReference) throws {
    for (registry, sample) in try registries() where canonical(sample) != sample {
      let rows = try Row.fetchAll(
        db, sql: "SELECT id, repository, tag FROM tag WHERE registry = ?", arguments: [registry])
      let update = try db.cachedStatement(sql: "UPDATE OR IGNORE tag SET registry = ?, repository = ? WHERE id = ?")
      for row in rows {
        let tag = canonical(TagReference(domain: registry, path: try row.text(1), tag: try row.text(2)))
        try update.execute(arguments: [tag.domain, tag.path, try row.integer(0)])
      }
    }
  }

  /// Each registry with one of its tags. A step in the index for each of them, and not one for each tag.
  private func registries() throws -> [(String, TagReference)] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        WITH RECURSIVE name(registry) AS (
          SELECT min(registry) FROM tag
          UNION ALL
          SELECT (SELECT min(registry) FROM tag WHERE registry > name.registry) FROM name WHERE registry IS NOT NULL
        )
        SELECT tag.registry, tag.repository, tag.tag FROM name
        JOIN tag ON tag.id = (SELECT id FROM tag AS t WHERE t.registry = name.registry LIMIT 1)
        """)
    return try rows.map { row in
      let registry = try row.text(0)
      return (registry, TagReference(domain: registry, path: try row.text(1), tag: try row.text(2)))
    }
  }
}
