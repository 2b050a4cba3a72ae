import GRDB
import Glibc
import ImageModel
import TestSupport
import Testing

@testable import History

/// Each of `fixtures` was written by the version it is named after and is never written again.
@Suite struct FixtureTests {
  static let versions = ["v1", "v2", "v3", "v4", "v5", "v6", "v7"]
  let scratch = Scratch()

  private func place(_ version: String) {
    let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    write(read("/\(folder)/fixtures/\(version).db"), to: scratch.database)
  }

  private static let body = """
    {"specversion":"1.0","id":"event-2-1800","source":"urn:uuid:c0d2aa8d-30bc-434b-bf99-f2ca47257838",\
    "type":"watcher.image.changed","subject":"docker.io/library/amazonlinux:latest",\
    "time":"2023-11-14T22:43:20.000Z","timestamp":"2023-11-14T22:43:20.000Z","datacontenttype":"application/json",\
    "sequence":"000000000002","data":{"schema":1,"registry":"docker.io","repository":"library/amazonlinux",\
    "tag":"latest","image":"amazonlinux:latest","digest":null,"media_type":null,"pull":null,"previous":null,\
    "changes":[],"rollback":null,"window":{"not_before":null,"not_after":"2023-11-14T22:43:20.000Z"},"labels":{}}}
    """

  @Test(arguments: versions) func everythingInItIsStillThere(version: String) throws {
    place(version)
    #expect(code { try HistoryReader.open(scratch.database) } == (version == Self.versions.last ? nil : .older))
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    #expect(writer.instance == "urn:uuid:c0d2aa8d-30bc-434b-bf99-f2ca47257838")
    try writer.transactionSync { history in
      let waiting = try history.waiting(sink: "ops", now: time(10_000), within: .seconds(86_400), limit: 10)
      #expect(waiting.map(\.sequence) == [2])
      #expect(waiting.map { String(decoding: $0.body, as: UTF8.self) } == [Self.body])
      #expect(waiting.map(\.attempts) == [1])
      #expect(try history.document(digest(1))?.bytes == Array(#"{"first":1}"#.utf8))
      let record = try #require(try history.tag(amazon))
      #expect(record.state.failure?.code == .timeout)
      #expect(record.state.walked == .only([amd64, arm64]))
      let next = try history.appendEvent(event("next", at: 5_000), tag: record.id, snapshot: nil, sinks: ["ops"])
      #expect(next.sequence == 3)
    }
    let reader = try HistoryReader.open(scratch.database)
    let entries = try #require(try reader.history(amazon))
    #expect(entries.map(\.digest) == [digest(2), digest(1)])
    #expect(entries.map(\.event) == [.imageChanged, .tagFirstSeen])
    #expect(entries.map(\.lastSeen) == [time(1_800), time(900)])
    #expect(entries[1].platforms.map(\.created) == ["2023-11-01T00:00:00Z", nil])
    let artifact = TagReference(domain: "ghcr.io", path: "example/app", tag: "stable")
    #expect(try reader.history(artifact)?.map(\.ended) == [.deleted])
    var since = EventQuery()
    since.since = time(1_800)
    #expect(try reader.events(since, limit: 10).events.map(\.sequence) == [2, 3])
    let status = try reader.status()
    #expect(status.tags.map(\.state) == [.failing])
    #expect(status.sinks.map(\.name) == ["ops", "journal"])
    // Older versions kept why a delivery failed, and not that the sink did.
    #expect(status.sinks.map(\.state) == [.failing, .ok])
    #expect(status.sinks[0].failingSince == time(1_800) && status.sinks[0].failure?.code == .failed)
  }

  @Test(arguments: versions) func whatIsMigratedIsKeptAsItWas(version: String) throws {
    place(version)
    let dump = { (path: String) in
      let queue = try Connection.reader(path)
      defer { try? queue.close() }
      return try queue.read { db in
        try ["meta", "tag", "snapshot", "event", "delivery", "document"].map { table in
          try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\($0)" }
        }
      }
    }
    let before = try dump(scratch.database)
    try HistoryWriter.open(scratch.database).close()
    let backup = MigrationBackup.path(for: scratch.database, version: Schema.version)
    guard version != Self.versions.last else { return #expect(!exists(backup)) }
    #expect(try dump(backup) == before)
    #expect(mode(backup) == 0o640)
    #expect(!exists(backup + ".new"))
    // It can be put back and is brought up to date again.
    rename(backup, scratch.database)
    try HistoryWriter.open(scratch.database).close()
    #expect(exists(backup))
  }

  /// Column by column: what a step adds is beside that, and what is recorded once is not touched by any.
  @Test(arguments: versions) func whatItHeldIsReadAsItWas(version: String) throws {
    place(version)
    let tables = try rows(of: nil)
    try #require(tables.contains { $0.key == "event" } && tables.contains { $0.key == "snapshot_platform" })
    try HistoryWriter.open(scratch.database).close()
    let now = try rows(of: tables.mapValues(\.columns))
    for (table, before) in tables {
      // The program adds what it knows of itself.
      let kept = now[table]?.rows.filter { table != "meta" || before.rows.contains($0) }
      #expect(kept == before.rows, "\(table) of \(version)")
    }
  }

  private typealias Contents = [String: (columns: [String], rows: [String])]

  /// What stands in the tables, in the columns that are named or in all.
  private func rows(of columns: [String: [String]]?) throws -> Contents {
    let queue = try Connection.reader(scratch.database)
    defer { try? queue.close() }
    return try queue.read { db in
      let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
      let names = columns.map { Array($0.keys) } ?? tables.filter { !$0.hasPrefix("sqlite_") && !$0.hasPrefix("grdb_") }
      var contents: Contents = [:]
      for name in names {
        let wanted = try columns?[name] ?? db.columns(in: name).map(\.name)
        let rows = try Row.fetchAll(
          db, sql: "SELECT \(wanted.map(Self.value).joined(separator: ", ")) FROM \(name)"
        ).map { "\($0)" }
        contents[name] = (wanted, rows.sorted())
      }
      return contents
    }
  }

  /// What is in a frame, where a column holds one.
  private static func value(of column: String) -> String {
    switch column {
    case "bytes", "body": "coalesce(frame_text(\(column)), CAST(\(column) AS TEXT))"
    default: column.quotedDatabaseIdentifier
    }
  }

  /// A released migration must not be edited: what it makes today is what it made then.
  @Test(arguments: versions) func theMigrationIsAsItWas(version: String) throws {
    place(version)
    func schema(_ path: String) throws -> [String] {
      let queue = try Connection.writer(path)
      defer { try? queue.close() }
      return try queue.read {
        try String.fetchAll($0, sql: "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name")
      }
    }
    let fresh = scratch.directory + "/fresh.db"
    let queue = try Connection.writer(fresh)
    try Schema.migrator.migrate(queue, upTo: version)
    try queue.close()
    #expect(try schema(fresh) == schema(scratch.database))
  }
}
