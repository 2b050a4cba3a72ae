import Compression
import FoundationEssentials
import GRDB
import ImageModel
import TestSupport
import Testing

@testable import History

/// What the step to version 7 makes of what older versions recorded.
@Suite struct SchemaV7Tests {
  let scratch = Scratch()

  /// Of each kind, what is no JSON, nothing, and more than a page.
  private static let documents: [(type: MediaType, bytes: [UInt8], dictionary: FrameDictionary)] = [
    (.ociIndex, Array(#"{"schemaVersion":2,"manifests":[]}"#.utf8), .manifests), (.dockerManifest, [], .manifests),
    (.schema1Signed, [0x28, 0xb5, 0x2f, 0xfd], .manifests), (.ociConfig, [0, 255, 128], .configs),
    (MediaType("application/x-other"), [UInt8](repeating: 0x20, count: 100_000), .configs),
  ]
  private static let bodies = [#"{"specversion":"1.0","data":{}}"#, "{}", "no JSON"]

  private func old(_ db: Database) throws {
    try db.execute(sql: "INSERT INTO meta(key, value) VALUES('instance', 'i')")
    try db.execute(
      sql:
        "INSERT INTO tag(id, registry, repository, tag, watched) VALUES(1, 'docker.io', 'library/amazonlinux', 'latest', 1)"
    )
    for (number, document) in Self.documents.enumerated() {
      try db.execute(
        sql: "INSERT INTO document(digest, media_type, bytes) VALUES(?, ?, ?)",
        arguments: [digest(UInt8(number)).description, document.type.description, document.bytes.blob])
    }
    for (number, body) in Self.bodies.enumerated() {
      try db.execute(
        sql: "INSERT INTO event(id, tag_id, type, time_ms, body) VALUES(?, 1, 'watcher.image.changed', 1000, ?)",
        arguments: ["e\(number)", Array(body.utf8).blob])
    }
  }

  @Test func everyDocumentAndEventIsInAFrame() throws {
    try scratch.migrated(from: "v6", writing: old).close()
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    #expect(!writer.isToShrink)
    try writer.transactionSync { history in
      for (number, document) in Self.documents.enumerated() {
        let stored = try #require(try history.document(digest(UInt8(number))))
        #expect(stored.bytes == document.bytes && stored.mediaType == document.type)
        let frame = try #require(
          try Data.fetchOne(
            history.db, sql: "SELECT bytes FROM document WHERE digest = ?",
            arguments: [
              digest(UInt8(number)).description
            ]))
        #expect(frame.starts(with: [0x28, 0xb5, 0x2f, 0xfd]), "also of what looks like one")
        let named = Array(frame)[5...6].reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(named == Int(document.dictionary.rawValue))
      }
    }
    let events = try HistoryReader.open(scratch.database).events(EventQuery(), limit: 9).events
    #expect(events.map { String(decoding: $0.body, as: UTF8.self) } == Self.bodies)
  }

  /// What was freed within the file is given back, once.
  @Test func theFileGetsSmaller() throws {
    let queue = try Connection.writer(scratch.database)
    try Schema.migrator.migrate(queue, upTo: "v6")
    try queue.writeWithoutTransaction(Connection.setDurability)
    try queue.write { db in
      try old(db)
      for number in 0..<100 {
        try db.execute(
          sql: "INSERT INTO document(digest, media_type, bytes) VALUES(?, ?, ?)",
          arguments: ["sha256:\(number)", "a/b", Array(repeating: UInt8(number), count: 50_000).blob])
      }
    }
    try queue.close()
    let before = size(scratch.database) + size(scratch.database + "-wal")
    try HistoryWriter.open(scratch.database).close()
    #expect(size(scratch.database) * 10 < before)
    let reader = try Connection.reader(scratch.database)
    defer { try? reader.close() }
    let left = try reader.read { db in
      try ["SELECT count(*) FROM meta WHERE key = 'shrink'", "PRAGMA freelist_count"].map {
        try Int.fetchOne(db, sql: $0)
      }
    }
    #expect(left == [0, 0])
  }

  /// Where somebody reads for a while it waits; the next writer begins it again.
  @Test func whatCouldNotBeShrunkIsShrunkLater() throws {
    let queue = try scratch.migrated(from: "v6", writing: old)
    try queue.writeWithoutTransaction(Connection.setDurability)
    let other = try Connection.writer(scratch.database)
    try other.writeWithoutTransaction { held in
      try held.inTransaction(.immediate) {
        let isLeft = try queue.writeWithoutTransaction { db in
          try db.execute(sql: "PRAGMA busy_timeout = 1")
          return try FileShrinking.finish(db, path: scratch.database)
        }
        #expect(isLeft)
        return .rollback
      }
    }
    try other.close()
    #expect(try !queue.writeWithoutTransaction { try FileShrinking.finish($0, path: scratch.database) })
    #expect(try !queue.writeWithoutTransaction { try FileShrinking.finish($0, path: scratch.database) })
    try queue.close()
  }

  /// There is nothing to give back.
  @Test func aNewDatabaseIsNotToShrink() throws {
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    let marks = try writer.transactionSync {
      try Int.fetchOne($0.db, sql: "SELECT count(*) FROM meta WHERE key = 'shrink'")
    }
    #expect(marks == 0 && !writer.isToShrink)
  }
}
