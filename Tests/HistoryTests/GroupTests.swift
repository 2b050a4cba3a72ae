import Foundation
import GRDB
import ImageModel
import TestSupport
import Testing

@testable import History

@Suite struct GroupTests {
  let scratch = Scratch()
  let writer: HistoryWriter

  init() throws { writer = try HistoryWriter.open(scratch.database) }

  private static let day = Duration.seconds(86_400)

  /// Events `e1` … for the sinks `ops` and `journal`, of two tags in turn; `labels` makes them large.
  private func prepare(_ history: HistoryTransaction, _ count: Int, labels: Int = 0) throws -> [[UInt8]] {
    try history.registerSinks(["ops", "journal"].map { SinkDefinition(name: $0, type: "webhook", fingerprint: "1") })
    let tags = try history.registerTags(
      ["a", "b"].map {
        WatchedTag(
          tag: TagReference(domain: "docker.io", path: "library/x", tag: $0), selection: .all, intervalSeconds: 60)
      })
    return try (1...count).map { number in
      var event = event("e\(number)", at: Int64(number))
      event.labels = ["padding": String(repeating: "x", count: labels)]
      return try history.appendEvent(
        event, tag: tags[number % 2].id, snapshot: nil, sinks: ["ops", "journal"]
      ).body
    }
  }

  private func first(_ history: HistoryTransaction, now: Int64 = 100) throws -> OutboxRow? {
    try history.waitingGroup(sink: "ops", now: time(now), within: Self.day)
  }

  @Test func theGroupTakesThePlaceOfItsMembersForOneSink() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let bodies = try prepare(history, 3)
      #expect(try first(history) == nil)
      #expect(try history.group(sink: "ops", id: "g1", now: time(50)) == 3)
      #expect(try history.group(sink: "ops", id: "g2", now: time(50)) == 0, "nothing is grouped twice")
      let row = try #require(try first(history))
      #expect(row.eventID == "g1" && row.type == .changes && row.sequence == 4 && row.attempts == 0)
      let document = try #require(try JSONSerialization.jsonObject(with: Data(row.body)) as? [String: Any])
      #expect(document["id"] as? String == "g1" && document["type"] as? String == "watcher.changes")
      #expect(document["sequence"] as? String == "000000000004" && document["specversion"] as? String == "1.0")
      #expect(document["source"] as? String == history.instance)
      let text = String(decoding: row.body, as: UTF8.self)
      let events = bodies.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",")
      let summary = "3 events of x:b, x:a"
      #expect(
        text.hasSuffix(#","data":{"schema":1,"summary":"\#(summary)","events":["# + events + "]}}"), "byte for byte")
      #expect(!text.contains("\n"))
      #expect(
        try history.waiting(sink: "journal", now: time(100), within: Self.day, limit: 10).map(\.eventID)
          == ["e1", "e2", "e3"])
    }
  }

  /// It tells of several tags, and what it tells of this one is recorded beside it.
  @Test func aGroupIsNoEventOfATag() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      _ = try prepare(history, 2)
      _ = try history.group(sink: "ops", id: "g1", now: time(50))
    }
    let reader = try HistoryReader.open(scratch.database)
    var query = EventQuery()
    #expect(try reader.events(query, limit: 9).events.map(\.sequence) == [1, 2, 3])
    query.tags = [TagReference(domain: "docker.io", path: "library/x", tag: "b")]
    #expect(try reader.events(query, limit: 9).events.map(\.sequence) == [1])
  }

  @Test func groupsAreSplitAndHoldEverythingInOrder() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let bodies = try prepare(history, 50, labels: 12_000)
      var counts: [Int] = []
      while let count = Optional(try history.group(sink: "ops", id: "g\(counts.count)", now: time(60))), count > 0 {
        counts.append(count)
      }
      #expect(counts.reduce(0, +) == 50 && counts.count == 3)
      var seen: [String] = []
      for _ in counts {
        let row = try #require(try first(history))
        #expect(row.body.count <= Limits.groupedEventBytes)
        let document = try #require(try JSONSerialization.jsonObject(with: Data(row.body)) as? [String: Any])
        let events = try #require((document["data"] as? [String: Any])?["events"] as? [[String: Any]])
        seen += events.compactMap { $0["id"] as? String }
        try history.settleDelivered(sink: "ops", sequences: [row.sequence], at: time(70))
      }
      #expect(seen == (1...50).map { "e\($0)" })
      #expect(bodies.count == 50)
      #expect(try first(history) == nil)
    }
  }

  /// Of one sink, whatever tags they tell of.
  @Test func aGroupWaitsForTheOneBeforeIt() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      _ = try prepare(history, 1)
      _ = try history.group(sink: "ops", id: "g1", now: time(50))
      let first = try #require(try first(history))
      try history.settleFailed(sink: "ops", sequence: first.sequence, attempts: 1, error: "503", .retry(at: time(160)))
      let tag = try history.registerTags([
        WatchedTag(
          tag: TagReference(domain: "docker.io", path: "library/y", tag: "c"), selection: .all, intervalSeconds: 60)
      ])[0]
      _ = try history.appendEvent(event("e9", at: 9), tag: tag.id, snapshot: nil, sinks: ["ops"])
      _ = try history.group(sink: "ops", id: "g2", now: time(60))
      #expect(try self.first(history) == nil)
      #expect(try history.nextGroupDue(sink: "ops", now: time(100), within: Self.day) == .milliseconds(60_000))
      #expect(try self.first(history, now: 160)?.eventID == "g1")
      #expect(try self.first(history, now: -100_000)?.eventID == "g1", "the clock was set back by more than a day")
      try history.settleFailed(sink: "ops", sequence: first.sequence, attempts: 10, error: "503", .rests)
      #expect(try self.first(history)?.eventID == "g2")
      try history.setSink("ops", .disabled)
      #expect(try self.first(history) == nil)
      #expect(try history.nextGroupDue(sink: "ops", now: time(100), within: Self.day) == nil)
    }
  }

  /// The sink is sent single events again while a group waits that tells of tags a and b: their later ones wait for it,
  /// those of other tags do not, and it waits for what is older or under way.
  @Test(arguments: [true, false]) func aGroupIsAnEventOfEachOfItsTags(firstOfTag: Bool) throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      _ = try prepare(history, 3)
      _ = try history.group(sink: "ops", id: "g1", now: time(50))
      let other = try history.ensureTag(TagReference(domain: "docker.io", path: "y", tag: "c"), selection: .all).id
      for (number, tag) in [(5, 1), (6, 2), (7, other)] as [(Int, TagID)] {
        _ = try history.appendEvent(event("e\(number)", at: 60), tag: tag, snapshot: nil, sinks: ["ops"])
      }
      func due(_ excluding: [EventSequence] = [], now: Int64 = 100) throws -> [EventSequence] {
        try history.waiting(
          sink: "ops", now: time(now), within: Self.day, limit: 10, firstOfTag: firstOfTag, excluding: excluding
        ).map(\.sequence)
      }
      func next(_ excluding: [EventSequence] = [], now: Int64 = 100) throws -> Duration? {
        try history.nextDue(sink: "ops", now: time(now), within: Self.day, excluding: excluding)
      }
      #expect(try due() == (firstOfTag ? [4, 7] : [4, 5, 6, 7]))
      #expect(try due([4]) == [7], "while it is under way")
      #expect(try due([4, 7]) == [] && next([4, 7]) == nil)
      // What takes all that waits is given nothing while anything is under way.
      if firstOfTag { #expect(try due([5]) == [7] && due([6]) == [7], "and while one of its tags is") }

      try history.settleFailed(sink: "ops", sequence: 4, attempts: 1, error: "503", .retry(at: time(200)))
      #expect(
        try due() == [7] && due([7]) == [] && next([7]) == .milliseconds(100_000), "it is put off, and they with it")

      let older = try history.appendEvent(event("e1", at: 1), tag: other, snapshot: nil, sinks: ["ops"]).sequence
      #expect(older == 1)
      #expect(try due(now: 300).first == 1 && due(now: 300).contains(4) != firstOfTag, "an older one was put back")
      #expect(try next([1], now: 300) == nil)
      try history.settleDelivered(sink: "ops", sequences: [1], at: time(300))
      try history.settleDelivered(sink: "ops", sequences: [4], at: time(300))
      #expect(try due() == [5, 6, 7])
    }
    #expect(try writer.transactionSync { try Int.fetchOne($0.db, sql: "SELECT count(*) FROM group_tag") } == 0)
  }

  @Test func whatIsDroppedHoldsNothingBack() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      _ = try prepare(history, 3)
      _ = try history.group(sink: "ops", id: "g1", now: time(50))
      _ = try history.appendEvent(event("e5", at: 60), tag: 1, snapshot: nil, sinks: ["ops"])
      var query = DeliveryQuery(states: [.waiting])
      query.events = [.id("g1")]
      #expect(try history.dropDeliveries(query) == 1)
      #expect(
        try history.waiting(sink: "ops", now: time(100), within: Self.day, limit: 9, firstOfTag: true).count == 1)
      #expect(try Int.fetchOne(history.db, sql: "SELECT count(*) FROM group_tag") == 0)
    }
  }
}
