import GRDB
import GRDBSQLite
import ImageModel
import Synchronization
import TestSupport
import Testing

@testable import History

@Suite struct EventTests {
  let scratch = Scratch()
  private let other = TagReference(domain: "ghcr.io", path: "o/i", tag: "1")

  /// Events 1 to 6, a second apart, of two tags and two types in turn; each is recorded a hundred seconds after it was
  /// seen.
  private func reader() throws -> HistoryReader {
    let writer = try HistoryWriter.open(scratch.database, clock: Self.secondsFrom(100))
    defer { writer.close() }
    try writer.transactionSync { history in
      let tags = [try history.amazonTag(), try history.ensureTag(other, selection: .all)]
      for index in 0..<6 {
        let type = index < 2 ? EventType.tagFirstSeen : .imageChanged
        _ = try history.appendEvent(
          event("e\(index + 1)", type, at: Int64(index)), tag: tags[index % 2].id, snapshot: nil, sinks: [])
      }
    }
    return try HistoryReader.open(scratch.database)
  }

  /// A clock that is a second later each time it is looked at.
  static func secondsFrom(_ first: Int64) -> @Sendable () -> Timestamp {
    let next = Mutex(first)
    return {
      next.withLock { second in
        defer { second += 1 }
        return time(second)
      }
    }
  }

  private func sequences(
    _ reader: HistoryReader, limit: Int = 100, _ change: (inout EventQuery) -> Void = { _ in }
  ) throws -> [EventSequence] {
    var query = EventQuery()
    change(&query)
    return try reader.events(query, limit: limit).events.map(\.sequence)
  }

  @Test func filtersNarrowAndTheOldestComesFirst() throws {
    let reader = try reader()
    #expect(try sequences(reader) == [1, 2, 3, 4, 5, 6])
    #expect(try sequences(reader) { $0.after = 4 } == [5, 6])
    #expect(try sequences(reader) { $0.after = 99 } == [])
    #expect(try sequences(reader) { $0.tags = [other] } == [2, 4, 6])
    #expect(try sequences(reader) { $0.tags = [other, amazon] } == [1, 2, 3, 4, 5, 6])
    #expect(try sequences(reader) { $0.tags = [TagReference(domain: "no", path: "such", tag: "tag")] } == [])
    #expect(try sequences(reader) { $0.types = [.tagFirstSeen] } == [1, 2])
    #expect(try sequences(reader) { $0.types = [] } == [])
    #expect(try sequences(reader) { $0.since = time(103) } == [4, 5, 6], "its own time included")
    #expect(try sequences(reader) { $0.since = time(50) }.count == 6, "recorded then, though seen before")
    #expect(
      try sequences(reader, limit: 1) {
        $0.tags = [amazon]
        $0.types = [.imageChanged]
        $0.after = 3
      } == [5])
  }

  @Test func eventsAreAsTheyWereRecorded() throws {
    let reader = try reader()
    let events = try reader.events(EventQuery(), limit: 2).events
    #expect(events.map(\.type) == [.tagFirstSeen, .tagFirstSeen])
    #expect(events.map(\.tag) == [amazon, other])
    #expect(events.map(\.time) == [time(0), time(1)])
    let body = event("e2", .tagFirstSeen, at: 1)
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    #expect(events[1].body == body.document(source: writer.instance, sequence: 2))
  }

  /// A page that is not full ends where the events end, also when the last ones were not wanted: a follower does not
  /// go through them again.
  @Test func pagesTakeUpWhereTheLastOneEnded() throws {
    let reader = try reader()
    var query = EventQuery()
    query.tags = [amazon]
    var pages: [[EventSequence]] = []
    while true {
      let page = try reader.events(query, limit: 2)
      pages.append(page.events.map(\.sequence))
      query.after = page.last
      if !page.isFull { break }
    }
    #expect(pages == [[1, 3], [5]])
    #expect(query.after == 6)
    query.after = 40
    #expect(try reader.events(query, limit: 2).last == 40, "a cursor never goes back")
  }

  /// A tag may have a hundred of a million events.
  @Test func eventsOfOtherTagsAreNotRead() throws {
    let others = 600
    let random = TestRandom()
    let writer = try HistoryWriter.open(scratch.database)
    try writer.transactionSync { history in
      let (tag, other) = (try history.amazonTag(), try history.ensureTag(other, selection: .all))
      for number in 0..<others {
        // One to a page of the file.
        var large = event("other-\(number)", at: 0)
        large.labels = ["large": noise(3_000, random).map { String($0, radix: 16) }.joined()]
        _ = try history.appendEvent(large, tag: other.id, snapshot: nil, sinks: [])
        guard number % 200 == 100 else { continue }
        _ = try history.appendEvent(event("event-\(number)", at: 0), tag: tag.id, snapshot: nil, sinks: [])
      }
    }
    writer.close()
    /// What is found, and how many pages of the file are read for that.
    func find<T>(_ read: (HistoryReader) throws -> T) throws -> (T, pages: Int) {
      let reader = try HistoryReader.open(scratch.database)
      let found = try read(reader)
      let pages = reader.queue.inDatabase { db in
        var (count, highest) = (CInt(0), CInt(0))
        sqlite3_db_status(db.sqliteConnection, SQLITE_DBSTATUS_CACHE_MISS, &count, &highest, 0)
        return Int(count)
      }
      return (found, pages)
    }
    var all = EventQuery()
    let whole = try find { try $0.events(all, limit: 1_000).events.count }
    #expect(whole.0 == others + 3 && whole.pages > others)
    all.tags = [amazon]
    var queries = [all, all, all]
    queries[1].types = [.imageChanged]
    queries[2].since = time(0)
    for query in queries {
      let events = try find { try $0.events(query, limit: 1_000).events.count }
      #expect(events.0 == 3 && events.pages < 60, "\(events)")
      let beginning = try find { try $0.beginning(ofLast: 101, query) }
      #expect(beginning.0 == 0 && beginning.pages < 60, "\(beginning)")
    }
  }

  @Test func aReaderThatIsOpenSeesWhatComesLater() throws {
    let reader = try reader()
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    try writer.transactionSync { history in
      _ = try history.appendEvent(
        event("e7", at: 7), tag: history.amazonTag().id, snapshot: nil, sinks: [])
    }
    #expect(try sequences(reader) { $0.after = 6 } == [7])
  }
}
