import ImageModel
import TestSupport
import Testing

@testable import History

/// A page of the watchlist, beside what `status` finds by reading everything.
@Suite struct WatchlistTests {
  let scratch = Scratch()

  private func reader(_ prepare: (HistoryTransaction) throws -> Void) throws -> HistoryReader {
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    try writer.transactionSync(prepare)
    return try HistoryReader.open(scratch.database)
  }

  /// Tags of which everything is drawn that a state depends on.
  private func fill(_ history: HistoryTransaction, _ count: Int, _ random: inout TestRandom) throws {
    let tags = (0..<count).map { TagReference(domain: "r\($0 % 3).example", path: "Team/app\($0 % 7)", tag: "v\($0)") }
    let selections: [PlatformSelection] = [.only([amd64, arm64]), .all]
    let records = try history.registerTags(
      tags.enumerated().map { WatchedTag(tag: $1, selection: selections[$0 % 2], intervalSeconds: 900) })
    for record in records {
      var state = TagState()
      let one = Int.random(in: 0..<8, using: &random)
      if one > 0 {
        let images = one > 2 ? [image(amd64, 10)] : []
        let type: MediaType = images.isEmpty || one > 4 ? .ociIndex : .ociManifest
        _ = try history.insertSnapshot(
          tag: record.id, snapshot: snapshot(1, images, type: type), classes: [], at: time(0))
        if one == 4 { try history.endSnapshot(tag: record.id) }
        state.lastSuccess = Bool.random(using: &random) ? time(Int64.random(in: 0..<9, using: &random)) : nil
        state.lastMove = Bool.random(using: &random) ? time(Int64.random(in: 0..<4, using: &random)) : nil
        state.walked = Bool.random(using: &random) ? record.selection : nil
      }
      state.reach = [.ok, .ok, .ok, .unreachable, .deleted].randomElement(using: &random) ?? .ok
      state.failure = Int.random(in: 0..<4, using: &random) == 0 ? CheckFailure(.timeout, "m") : nil
      state.moved =
        Int.random(in: 0..<5, using: &random) == 0
        ? PendingMove(to: MovedTag(digest: digest(9), mediaType: .ociIndex), since: time(0)) : nil
      try history.updateState(record.id, state)
    }
  }

  @Test func pagesAreWhatStatusFinds() throws {
    var random = TestRandom(stream: 1)
    let reader = try reader { try fill($0, 200, &random) }
    let all = try reader.status().tags.sorted(by: TagStatus.comesFirst)
    #expect(Set(all.map(\.word)) == Set(TagStatus.words))
    for word in [nil] + TagStatus.words.map(Optional.some) {
      var query = WatchlistQuery(pageSize: 30)
      query.word = word
      var found: [TagReference] = []
      while true {
        let page = try reader.watchlist(query)
        #expect(page.words == Dictionary(grouping: all) { $0.word }.mapValues(\.count))
        #expect(page.count == (word.map { page.words[$0] ?? 0 } ?? all.count))
        if page.tags.isEmpty { break }
        found += page.tags
        query.page += 1
      }
      #expect(found == all.filter { word == nil || $0.word == word }.map(\.record.tag))
    }
  }

  @Test(
    arguments: [
      ("", 200), ("team/APP3", 29), ("r1. v10", 5), ("r0.example/Team/app0:v0", 1), ("example/team:v", 0), ("%", 0),
      ("v1'", 0),
    ])
  func textIsFoundInNames(text: String, count: Int) throws {
    var random = TestRandom(stream: 2)
    let reader = try reader { try fill($0, 200, &random) }
    var query = WatchlistQuery(pageSize: 500)
    query.text = text
    let page = try reader.watchlist(query)
    let names = try reader.status().tags.map { $0.record.tag.description.lowercased() }
    let fits = names.filter { name in text.lowercased().split(separator: " ").allSatisfy { name.contains($0) } }
    #expect(page.count == fits.count && page.tags.count == fits.count && page.words.values.reduce(0, +) == fits.count)
    #expect(page.count == count)
  }

  @Test func recentChangesAreCounted() throws {
    let tags = ["often", "once", "never"].map { TagReference(domain: "r.example", path: "app", tag: $0) }
    let reader = try reader { history in
      let records = try history.registerTags(
        tags.map { WatchedTag(tag: $0, selection: .all, intervalSeconds: 900) })
      func happens(_ type: EventType, _ record: TagRecord, at seconds: Int64) throws {
        let event = ChangeEvent(
          id: "\(record.id)-\(seconds)-\(type)", type: type, tag: record.tag, time: time(seconds),
          notAfter: time(seconds))
        _ = try history.appendEvent(event, tag: record.id, snapshot: nil, sinks: [])
      }
      for seconds in 0..<150 { try happens(.imageChanged, records[0], at: Int64(seconds)) }
      try happens(.imageChanged, records[1], at: 99)
      try happens(.imageChanged, records[1], at: 120)
      try happens(.indexChanged, records[1], at: 130)
      try happens(.imageChanged, records[2], at: 10)
    }
    var query = WatchlistQuery(pageSize: 9)
    #expect(try reader.watchlist(query).moves.isEmpty)
    query.since = time(100)
    let moves = try reader.watchlist(query).moves
    #expect(moves.mapValues(\.count) == [tags[0]: 50, tags[1]: 1])
    #expect(moves[tags[1]].map { String(decoding: $0.latest, as: UTF8.self).contains("\(time(120))") } == true)
    query.since = time(0)
    #expect(try reader.watchlist(query).moves[tags[0]]?.count == RecentMoves.mostCounted)
  }

  @Test func aPageBehindTheLastIsEmpty() throws {
    var random = TestRandom(stream: 3)
    let reader = try reader { try fill($0, 5, &random) }
    for page in [2, 100_000, Int.max] {
      var query = WatchlistQuery(pageSize: 5)
      query.page = page
      #expect(try reader.watchlist(query).tags.isEmpty)
    }
  }

  @Test func eventsBeforeOne() throws {
    let reader = try reader { history in
      let tag = try history.amazonTag()
      for number in 1...5 {
        _ = try history.appendEvent(
          event("event-\(number)", at: Int64(number)), tag: tag.id, snapshot: nil, sinks: [])
      }
    }
    var query = EventQuery()
    query.before = 4
    #expect(try reader.events(query, limit: 9).events.map(\.sequence) == [1, 2, 3])
    #expect(try reader.beginning(ofLast: 2, query) == 1)
  }
}
