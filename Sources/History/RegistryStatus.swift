import GRDB
package import ImageModel

/// What is to be known of a registry beside its tags, by the configuration in force.
package struct RegistryStatus: Hashable, Sendable {
  /// `host[:port]`, as tags name it.
  package let name: String
  /// What is asked in its place; `nil` where it is asked itself.
  package let endpoint: String?
  /// Any certificate is taken for its own.
  package let isUnverified: Bool
  /// What it has shown of itself to the daemon.
  package var report: RegistryReport?

  package init(name: String, endpoint: String? = nil, isUnverified: Bool = false) {
    (self.name, self.endpoint, self.isUnverified) = (name, endpoint, isUnverified)
  }

  fileprivate static let key = "registries"

  /// Those of these names, in their order.
  static func fetch(_ db: Database, of names: Set<String>) throws -> [RegistryStatus] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT j.key, j.value ->> '$.endpoint', j.value ->> '$.unverified'
        FROM meta m JOIN json_each(CASE WHEN json_valid(m.value) THEN m.value ELSE '{}' END) j
        WHERE m.key = ? AND j.type = 'object'
        """, arguments: [key])
    var known: [String: RegistryStatus] = [:]
    for row in rows {
      let name = try row.text(0)
      known[name] = RegistryStatus(
        name: name, endpoint: try row.optionalText(1), isUnverified: try row.optionalInteger(2) == 1)
    }
    let reports = try RegistryReports.fetch(db)
    return names.sorted().map { name in
      var status = known[name] ?? RegistryStatus(name: name)
      status.report = reports[name]
      return status
    }
  }
}

extension HistoryTransaction {
  /// Of registries that are not among them there is nothing to say.
  package func recordRegistries(_ registries: [RegistryStatus]) throws {
    let members = registries.sorted { $0.name < $1.name }.map { registry in
      JSONOutput.Member(
        registry.name,
        .members(["endpoint": .text(registry.endpoint), "unverified": .bool(registry.isUnverified)]))
    }
    try keep(String(decoding: JSONOutput.object(members).bytes, as: UTF8.self), as: RegistryStatus.key)
  }
}
