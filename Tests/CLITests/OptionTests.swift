import ArgumentParser
import History
import ImageModel
import Questions
import TestSupport
import Testing

@testable import watcher

@Suite struct OptionTests {
  static let now = Timestamp(milliseconds: 1_789_680_605_123)  // 2026-09-17T21:30:05.123Z

  @Test func nothingLiesBetweenTimesTheWrongWayRound() throws {
    let command = try HistoryCommand.parse(["a", "--since", "1h", "--until", "2h"])
    let error = #expect(throws: QuestionError.self) { try command.query(now: Self.now) }
    #expect(
      error?.message == "--since is later than --until (2026-09-17 20:30:05 and 2026-09-17 19:30:05, UTC): "
        + "nothing lies between; exchange them")
    #expect(error?.status == .usage)
    #expect(throws: Never.self) {
      try HistoryCommand.parse(["a", "--since", "1h", "--until", "1h"]).query(now: Self.now)
    }
  }

  @Test func historyOptionsMakeTheQuery() throws {
    let command = try HistoryCommand.parse([
      "amazonlinux", "--platform", "linux/amd64", "--platform", "linux/arm64", "--since", "1d", "--until", "2026-09-17",
      "--at", "2h", "--limit", "3", "--all",
    ])
    var expected = HistoryQuery(now: Self.now)
    expected.platforms = [Samples.amd64, Samples.arm64]
    expected.since = try Samples.time("2026-09-16T21:30:05.123Z")
    expected.until = try Samples.time("2026-09-17T00:00:00Z")
    expected.at = try Samples.time("2026-09-17T19:30:05.123Z")
    expected.limit = 3
    expected.all = true
    #expect(try command.query(now: Self.now) == expected)
    #expect(try HistoryCommand.parse(["amazonlinux"]).query(now: Self.now) == HistoryQuery(now: Self.now))
  }

  @Test func followingBeginsWithTheLastTen() throws {
    #expect(try EventsCommand.parse(["--follow"]).begin == 10)
    #expect(try EventsCommand.parse(["--follow", "--last", "3"]).begin == 3)
    for options in [["--since", "1d"], ["--after", "0"]] {
      #expect(try EventsCommand.parse(["--follow"] + options).begin == nil)
    }
    #expect(try EventsCommand.parse([]).begin == nil)
    #expect(throws: (any Error).self) { try EventsCommand.parse(["--last", "1", "--limit", "1"]) }
    #expect(throws: (any Error).self) { try EventsCommand.parse(["--last", "0"]) }
  }

  @Test func eventOptionsMakeTheQuery() throws {
    let command = try EventsCommand.parse([
      "--tag", "amazonlinux", "--tag", "ghcr.io/example/app:stable", "--type", "watcher.tag.deleted", "--since", "1d",
      "--after", "000000000042", "--limit", "3",
    ])
    var expected = EventQuery()
    expected.tags = [Samples.tag, Samples.app]
    expected.types = [.tagDeleted]
    expected.since = try Samples.time("2026-09-16T21:30:05.123Z")
    expected.after = 42
    #expect(try command.query(now: Self.now) == expected)
    #expect(try EventsCommand.parse([]).query(now: Self.now) == EventQuery())
  }

  @Test func deliveriesAreChosenByEventSinkAndTime() throws {
    let change = try DeliveryChange.parse(["17", "0b9f-1", "--sink", "ops", "--since", "1d"])
    var expected = DeliveryQuery(states: [.failed])
    expected.events = [.sequence(17), .id("0b9f-1")]
    expected.sinks = ["ops"]
    expected.since = try Samples.time("2026-09-16T21:30:05.123Z")
    #expect(try change.selection.query(states: [.failed], now: Self.now) == expected)
    #expect(throws: (any Error).self) { try DeliveryChange.parse([]) }
    #expect(throws: (any Error).self) { try DeliveryChange.parse(["--all", "--sink", "ops"]) }
    #expect(try DeliveriesListCommand.parse(["--failed", "--waiting"]).states == [.failed, .waiting])
  }
}
