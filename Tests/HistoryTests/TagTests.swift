import GRDB
import Host
import ImageModel
import TestSupport
import Testing

@testable import History

@Suite struct TagTests {
  let scratch = Scratch()
  let writer: HistoryWriter

  init() throws { writer = try HistoryWriter.open(scratch.database) }

  private func tag(_ number: Int) -> TagReference {
    TagReference(domain: "registry.example.com", path: "team/app", tag: "v\(number)")
  }

  private func watched(_ number: Int, _ selection: PlatformSelection = .all, every seconds: Int = 900) -> WatchedTag {
    WatchedTag(tag: tag(number), selection: selection, intervalSeconds: seconds)
  }

  @Test func registeringKeepsIdsStateAndOrder() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let first = try history.registerTags([watched(2), watched(1)])
      #expect(first.map(\.tag) == [tag(2), tag(1)])
      #expect(first.map(\.state) == [TagState(), TagState()])
      var state = TagState()
      state.lastChecked = time(5)
      try history.updateState(first[1].id, state)
      let second = try history.registerTags([watched(1, .only([amd64]), every: 60), watched(3)])
      #expect(second[0].id == first[1].id)
      #expect(second[0].state == state)
      #expect(second[0].selection == .only([amd64]))
      #expect(second[0].intervalSeconds == 60)
      #expect(second[0].isWatched)
      #expect(try history.tag(tag(2))?.isWatched == false)
      #expect(try history.tag(tag(1)) == second[0])
      #expect(try history.tag(tag(3)) == second[1])
      #expect(try history.tag(tag(4)) == nil)
    }
  }

  @Test func registeringTheSameAgainWritesNothing() throws {
    defer { writer.close() }
    let list = (0..<100).map { watched($0) }
    func register() throws -> Int {
      try writer.queue.writeWithoutTransaction { db in
        let before = db.totalChangesCount
        _ = try HistoryTransaction(db: db, instance: "", clock: { .now() }).registerTags(list)
        return db.totalChangesCount - before
      }
    }
    #expect(try register() == 100)
    #expect(try register() == 0)
  }

  @Test func aTagOutsideTheWatchlistIsKnownAndNotWatched() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let record = try history.ensureTag(tag(1), selection: .all)
      #expect(!record.isWatched)
      #expect(try history.ensureTag(tag(1), selection: .only([arm64])).selection == .only([arm64]))
      let listed = try history.registerTags([watched(1, .only([amd64]))])
      #expect(listed[0].id == record.id)
      let again = try history.ensureTag(tag(1), selection: .all)
      #expect(again.isWatched)
      #expect(again.selection == .only([amd64]), "a watched tag keeps what the configuration says")
    }
  }

  @Test func everyPartOfTheStateComesBack() throws {
    defer { writer.close() }
    var state = TagState()
    state.walked = .only([amd64, Platform(os: "windows", architecture: "amd64", osVersion: "10.0.20348")])
    state.headDigest = digest(7)
    state.detailsPending = true
    state.lastChecked = time(1)
    state.lastSuccess = time(2)
    state.nextCheck = time(3)
    state.reach = .unreachable
    state.failures = 4
    state.failingSince = time(5)
    state.failure = CheckFailure(.rateLimited, "slow down")
    state.missingSince = time(6)
    state.missingCount = 7
    state.withheld = 8
    state.lastMove = time(9)
    state.announcedSnapshot = 10
    try writer.transactionSync { history in
      let id = try history.amazonTag().id
      try history.updateState(id, state)
      #expect(try history.tag(amazon)?.state == state)
      try history.updateState(id, TagState())
      #expect(try history.tag(amazon)?.state == TagState())
    }
  }

  @Test(arguments: CheckFailure.Code.allCases) func everyFailureComesBack(_ code: CheckFailure.Code) throws {
    defer { writer.close() }
    var state = TagState()
    state.failure = CheckFailure(code, "m")
    try writer.transactionSync { history in
      try history.updateState(history.amazonTag().id, state)
      #expect(try history.tag(amazon)?.state == state)
    }
  }

  @Test func aMarkIsASuccessfulCheck() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let record = try history.amazonTag()
      try history.record(snapshot(1, [image(amd64, 2)]), tag: record.id, at: 0)
      var state = TagState()
      state.lastChecked = time(3)
      state.reach = .unreachable
      state.failures = 3
      state.failingSince = time(1)
      state.failure = CheckFailure(.timeout, "m")
      state.missingSince = time(2)
      state.missingCount = 2
      state.withheld = 1
      try history.updateState(record.id, state)
      try history.mark([UnchangedMark(tagID: record.id, at: time(60), nextCheck: time(960))])
      let marked = try #require(try history.tag(amazon)).state
      var expected = TagState()
      expected.reach = .unreachable
      expected.withheld = 1
      expected.lastChecked = time(60)
      expected.lastSuccess = time(60)
      expected.nextCheck = time(960)
      #expect(marked == expected)
      #expect(try history.latestSnapshot(tag: record.id)?.lastSeen == time(60))
    }
  }

  @Test func aMarkAfterAConfirmationIsForItsOwnTag() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let ids = try history.registerTags([watched(1), watched(2)]).map(\.id)
      for id in ids { try history.record(snapshot(1, [image(amd64, 2)]), tag: id, at: 0) }
      try history.see(ids[1], at: 0)
      try history.confirmSnapshot(tag: ids[0], at: time(10))
      try history.mark([UnchangedMark(tagID: ids[1], at: time(60), nextCheck: time(960))])
      #expect(try history.latestSnapshot(tag: ids[0])?.lastSeen == time(10))
      #expect(try history.latestSnapshot(tag: ids[1])?.lastSeen == time(60))
    }
  }

  @Test func marksDoNotGrowTheDatabase() throws {
    defer { writer.close() }
    let marks = try writer.transactionSync { history in
      try history.registerTags((0..<500).map { watched($0) }).map { record in
        _ = try history.insertSnapshot(
          tag: record.id, snapshot: snapshot(1, [image(amd64, 2)]), classes: [], at: time(0))
        try history.see(record.id, at: 0)
        return UnchangedMark(tagID: record.id, at: time(0), nextCheck: time(900))
      }
    }
    func mark(at seconds: Int64) throws {
      try writer.transactionSync { history in
        try history.mark(
          marks.map { UnchangedMark(tagID: $0.tagID, at: time(seconds), nextCheck: time(seconds + 900)) })
      }
    }
    func pages() throws -> Int? {
      try writer.queue.writeWithoutTransaction { db in
        try db.checkpoint(.truncate)
        return try Int.fetchOne(db, sql: "PRAGMA page_count")
      }
    }
    try mark(at: 900)
    let before = try pages()
    let bytes = size(scratch.database)
    for round in 2..<50 { try mark(at: Int64(round) * 900) }
    #expect(try pages() == before)
    #expect(size(scratch.database) == bytes)
  }
}
