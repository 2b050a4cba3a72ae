import GRDB
import ImageModel
import Testing

@testable import History

/// What is not asked for is not read: here it cannot be.
@Suite struct BoundedReadTests {
  let scratch = Scratch()

  /// Twenty states of two images in turns, 0 to 190 s; those of `unreadable` cannot be read.
  private func sample(unreadable: Range<Int>) throws -> HistoryReader {
    let writer = try HistoryWriter.open(scratch.database)
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      for index in 0..<20 as Range<UInt8> {
        try history.record(snapshot(index, [image(amd64, 10 + index / 2)]), tag: tag.id, at: Int64(index) * 10)
      }
    }
    try writer.queue.write { db in
      for column in ["snapshot SET digest = 'none' WHERE id", "snapshot_platform SET manifest = '' WHERE snapshot_id"] {
        try db.execute(
          sql: "UPDATE \(column) > ? AND \(column.split(separator: " ").last ?? "") <= ?",
          arguments: [unreadable.lowerBound, unreadable.upperBound])
      }
    }
    writer.close()
    return try HistoryReader.open(scratch.database)
  }

  private func query(_ change: (inout HistoryQuery) -> Void) -> HistoryQuery {
    var query = HistoryQuery()
    change(&query)
    return query
  }

  @Test func olderStatesAreLeftAlone() throws {
    let reader = try sample(unreadable: 0..<14)
    #expect(try reader.history(amazon, query { $0.limit = 2 })?.map(\.firstSeen) == [time(180), time(160)])
    #expect(
      try reader.history(amazon, query { ($0.limit, $0.all) = (5, true) })?.map(\.firstSeen)
        == [190, 180, 170, 160, 150].map(time))
    #expect(try reader.history(amazon, query { $0.since = time(160) })?.map(\.firstSeen) == [time(180), time(160)])
    #expect(try reader.history(amazon, query { $0.at = time(999) })?.map(\.firstSeen) == [time(180)])
    #expect(try reader.status().tags.map(\.digest) == [digest(19)])
    #expect(try reader.platforms(of: amazon) == [amd64])
    #expect(code { try reader.history(amazon) } == .damaged)
    #expect(code { try reader.history(amazon, query { $0.limit = 4 }) } == .damaged)
  }

  @Test func newerStatesAreLeftAlone() throws {
    let reader = try sample(unreadable: 9..<20)
    #expect(try reader.history(amazon, query { $0.until = time(45) })?.map(\.firstSeen) == [40, 20, 0].map(time))
    #expect(try reader.history(amazon, query { $0.at = time(65) })?.map(\.firstSeen) == [time(60)])
    #expect(try reader.history(amazon, query { ($0.until, $0.since) = (time(45), time(25)) })?.count == 2)
    #expect(try reader.history(amazon, query { $0.until = time(-1) }) == [])
    #expect(code { try reader.history(amazon, query { $0.limit = 1 }) } == .damaged)
  }

  /// Rows come in the order of the indexes; sorted anew, all of them would be read for the first one.
  @Test func nothingIsSorted() throws {
    let reader = try sample(unreadable: 0..<0)
    try reader.read { db in
      for order in ["AND s.id >= ? ORDER BY s.id, p.position", "AND s.id <= ? ORDER BY s.id DESC, p.position"] {
        let plan = try Row.fetchAll(
          db, sql: "EXPLAIN QUERY PLAN \(SnapshotRow.selectWithImages) \(order)", arguments: [1, 1])
        let steps = try plan.map { try $0.text(3) }
        #expect(steps.contains { $0.contains("snapshot_by_tag") })
        #expect(!steps.contains { $0.contains("TEMP B-TREE") || $0.contains("SCAN") }, "\(steps)")
      }
    }
  }

  /// A container may be known by a hundred digests, and a tag have thousands of states.
  @Test func anIndexIsLookedForByItsDigest() throws {
    let reader = try sample(unreadable: 0..<0)
    try reader.read { db in
      let plan = try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(Standings.newestOfDigest)", arguments: ["", 1])
      #expect(try plan.map { try $0.text(3) } == ["SEARCH snapshot USING INDEX snapshot_by_digest (digest=?)"])
    }
  }
}
