import GRDB
package import ImageModel

/// What registries have shown of themselves to the daemon: one fact of the database, which the daemon that runs keeps
/// up to date.
enum RegistryReports {
  fileprivate static let key = "registry_reports"

  static func fetch(_ db: Database) throws -> [String: RegistryReport] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT j.key, j.value ->> '$.credentials', j.value ->> '$.limit', j.value ->> '$.remaining',
          j.value ->> '$.resets'
        FROM meta m JOIN json_each(CASE WHEN json_valid(m.value) THEN m.value ELSE '{}' END) j
        WHERE m.key = ? AND j.type = 'object'
        """, arguments: [key])
    var reports: [String: RegistryReport] = [:]
    for row in rows {
      let name = try row.text(0)
      reports[name] = RegistryReport(
        name: name, credentials: try row.optionalText(1), limit: try row.optionalInteger(2).map(Int.init),
        remaining: try row.optionalInteger(3).map(Int.init), resets: try row.optionalTime(4))
    }
    return reports
  }
}

extension HistoryTransaction {
  /// Of registries that are not among them nothing is known.
  package func recordReports(_ reports: [RegistryReport]) throws {
    let members = reports.sorted { $0.name < $1.name }.map { report in
      JSONOutput.Member(
        report.name,
        .members([
          "credentials": .text(report.credentials), "limit": report.limit.map { .number($0) } ?? .null,
          "remaining": report.remaining.map { .number($0) } ?? .null,
          "resets": report.resets.map { .int($0.milliseconds) } ?? .null,
        ]))
    }
    try keep(String(decoding: JSONOutput.object(members).bytes, as: UTF8.self), as: RegistryReports.key)
  }
}
