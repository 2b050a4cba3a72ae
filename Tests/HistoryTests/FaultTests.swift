import GRDB
import ImageModel
import TestSupport
import Testing

@testable import History

@Suite struct FaultTests {
  let scratch = Scratch()

  @Test(arguments: [
    (ResultCode.SQLITE_FULL, StoreError.Code.full), (.SQLITE_IOERR, .io), (.SQLITE_IOERR_FSYNC, .io),
    (.SQLITE_CORRUPT, .damaged), (.SQLITE_NOTADB, .damaged), (.SQLITE_BUSY, .busy), (.SQLITE_BUSY_SNAPSHOT, .busy),
    (.SQLITE_LOCKED, .busy), (.SQLITE_READONLY, .permission), (.SQLITE_READONLY_DBMOVED, .io),
    (.SQLITE_CONSTRAINT_UNIQUE, .internalError), (.SQLITE_MISUSE, .internalError),
  ]) func resultCodesHaveAMeaning(_ result: ResultCode, _ expected: StoreError.Code) {
    let error = StoreError.mapping(DatabaseError(resultCode: result, message: "m\u{1b}[2J"), path: scratch.directory)
    #expect(error.code == expected)
    #expect(error.message.contains(scratch.directory))
    #expect(!error.message.contains("\u{1b}"))
  }

  /// A limit on the number of pages is to SQLite what a full disk is.
  @Test func aFullDiskKeepsNothingOfTheTransactionAndNeedsNoRestart() throws {
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    func limit(_ pages: Int) throws {
      try writer.queue.writeWithoutTransaction { db in
        let used = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(used + pages)")
      }
    }
    let bytes = noise(100_000, TestRandom())
    func record() throws {
      try writer.transactionSync { history in
        let tag = try history.amazonTag()
        try history.record(snapshot(1, [image(amd64, 2)]), tag: tag.id, at: 0)
        try history.insertDocuments([Document(digest: digest(1), mediaType: .ociIndex, bytes: bytes)])
      }
    }
    try limit(2)
    #expect(code(record) == .full)
    #expect(code(record) == .full)
    let reader = try HistoryReader.open(scratch.database)
    #expect(try reader.near(amazon, limit: 1).isEmpty, "reads go on, and nothing was kept")
    try limit(1_000)
    try record()
    #expect(try reader.history(amazon)?.count == 1)
  }
}
