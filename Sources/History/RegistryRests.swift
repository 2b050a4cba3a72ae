import GRDB
package import ImageModel

/// Until when registries are left alone because they asked for it, by domain: one fact of the database, which the
/// daemon that runs keeps up to date.
enum RegistryRests {
  static func fetch(_ db: Database) throws -> [String: Timestamp] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT j.key, j.value FROM meta m JOIN json_each(CASE WHEN json_valid(m.value) THEN m.value ELSE '{}' END) j
        WHERE m.key = 'registry_rests' AND j.type = 'integer'
        """)
    var rests: [String: Timestamp] = [:]
    for row in rows { rests[try row.text(0)] = try row.time(1) }
    return rests
  }
}

extension HistoryTransaction {
  /// Until when registries want to be left alone, by domain, as was recorded last.
  package func rests() throws -> [String: Timestamp] { try RegistryRests.fetch(db) }

  /// Those of which nothing is said are not left alone.
  package func recordRests(_ rests: [String: Timestamp]) throws {
    let members = rests.sorted { $0.key < $1.key }.map { JSONOutput.Member($0.key, .int($0.value.milliseconds)) }
    try keep(String(decoding: JSONOutput.object(members).bytes, as: UTF8.self), as: "registry_rests")
  }
}
