import GRDB
import ImageModel

/// The columns of `repository` behind a `ListingState`.
enum RepositoryRow {
  static let columns = """
    last_listed_ms, last_success_ms, next_list_ms, failures, failing_since_ms, error_code, error_message, listed,
    fitting
    """

  static func state(_ row: Row, from column: Int = 0) throws(ColumnError) -> ListingState {
    var state = ListingState()
    state.lastListed = try row.optionalTime(column)
    state.lastSuccess = try row.optionalTime(column + 1)
    state.nextListing = try row.optionalTime(column + 2)
    state.failures = Int(try row.integer(column + 3))
    state.failingSince = try row.optionalTime(column + 4)
    if let code = try row.optionalNamed(column + 5, CheckFailure.Code.self) {
      state.failure = CheckFailure(code, try row.text(column + 6))
    }
    state.listed = try row.optionalInteger(column + 7).map(Int.init)
    state.fitting = try row.optionalInteger(column + 8).map(Int.init)
    return state
  }

  /// All of them, by name.
  static func fetchAll(_ db: Database) throws -> [RepositoryRecord] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT registry, repository,
          (SELECT count(*) FROM tag t WHERE t.registry = r.registry AND t.repository = r.repository AND t.given = 1),
          \(columns)
        FROM repository r ORDER BY registry, repository
        """)
    return try rows.map { row in
      RepositoryRecord(
        repository: RepositoryReference(domain: try row.text(0), path: try row.text(1)),
        tags: Int(try row.integer(2)), state: try state(row, from: 3))
    }
  }
}
