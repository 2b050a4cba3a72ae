import GRDB
package import ImageModel

extension HistoryTransaction {
  /// Makes these the repositories of which tags are watched. One whose tags are chosen in another way than before is to
  /// be listed at once.
  ///
  /// - Parameter repositories: with the text of what is wanted of their tags.
  /// - Returns: how listing each went, in the same order.
  package func registerRepositories(
    _ repositories: [(RepositoryReference, selection: String)]
  ) throws -> [ListingState] {
    let find = try db.cachedStatement(
      sql: "SELECT \(RepositoryRow.columns), selection FROM repository WHERE registry = ? AND repository = ?")
    let put = try db.cachedStatement(
      sql: """
        INSERT INTO repository(registry, repository, selection) VALUES(?, ?, ?)
        ON CONFLICT DO UPDATE SET selection = excluded.selection, next_list_ms = NULL
        """)
    var states: [ListingState] = []
    for (repository, selection) in repositories {
      let row = try Row.fetchOne(find, arguments: [repository.domain, repository.path])
      var state = try row.map { try RepositoryRow.state($0) } ?? ListingState()
      if try row?.text(row.map { $0.count - 1 } ?? 0) != selection {
        state.nextListing = nil
        try put.execute(arguments: [repository.domain, repository.path, selection])
      }
      states.append(state)
    }
    let kept = Set(repositories.map(\.0))
    for row in try Row.fetchAll(db, sql: "SELECT registry, repository FROM repository") {
      let repository = RepositoryReference(domain: try row.text(0), path: try row.text(1))
      guard !kept.contains(repository) else { continue }
      try db.execute(
        sql: "DELETE FROM repository WHERE registry = ? AND repository = ?",
        arguments: [repository.domain, repository.path])
    }
    return states
  }

  /// The tags that the entry for a repository has given, in no order.
  package func givenTags(of repository: RepositoryReference) throws -> [String] {
    let rows = try Row.fetchAll(
      db.cachedStatement(sql: "SELECT tag FROM tag WHERE registry = ? AND repository = ? AND given = 1"),
      arguments: [repository.domain, repository.path])
    return try rows.map { try $0.text(0) }
  }

  /// Writes down how listing a repository went, and watches other tags of it.
  ///
  /// - Returns: a record for each tag that arrives, `nil` where it is watched already; their current states.
  package func record(_ change: ListingChange) throws -> (arrived: [TagRecord?], snapshots: [TagID: SnapshotID]) {
    let state = change.state
    try db.cachedStatement(
      sql: """
        UPDATE repository SET last_listed_ms = ?, last_success_ms = ?, next_list_ms = ?, failures = ?,
          failing_since_ms = ?, error_code = ?, error_message = ?, listed = ?, fitting = ?
        WHERE registry = ? AND repository = ?
        """
    ).execute(arguments: [
      state.lastListed?.milliseconds, state.lastSuccess?.milliseconds, state.nextListing?.milliseconds, state.failures,
      state.failingSince?.milliseconds, state.failure?.code.rawValue, state.failure?.message, state.listed,
      state.fitting, change.repository.domain, change.repository.path,
    ])
    for tag in change.leaving { try unwatch(tag) }
    let arrived = try change.arriving.map { wanted in
      try tag(wanted.tag)?.isWatched == true ? nil : try watch(wanted)
    }
    return (arrived, try currentSnapshots(of: arrived.compactMap { $0?.id }))
  }
}

extension HistoryReader {
  /// How listing the repositories of which tags are watched goes, by name.
  package func repositories() throws(StoreError) -> [RepositoryRecord] { try read(RepositoryRow.fetchAll) }
}
