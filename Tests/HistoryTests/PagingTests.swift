import ImageModel
import Testing

@testable import History

/// Pages, put together, are the whole.
@Suite struct PagingTests {
  let scratch = Scratch()

  @Test(arguments: [1, 2, 3, 7, 100]) func theWatchlistComesInPages(limit: Int) throws {
    let writer = try HistoryWriter.open(scratch.database)
    try writer.transactionSync { history in
      let tags = ["a.example", "b.example", "a.example.org"].flatMap { domain in
        ["x", "x/y", "z"].flatMap { path in
          ["1", "10", "2"].map { TagReference(domain: domain, path: path, tag: $0) }
        }
      }
      let records = try history.registerTags(
        tags.map { WatchedTag(tag: $0, selection: .all, intervalSeconds: 60) })
      for record in records where record.tag.tag == "10" {
        var state = TagState()
        state.failure = CheckFailure(.timeout, "m")
        try history.updateState(record.id, state)
      }
    }
    writer.close()
    let reader = try HistoryReader.open(scratch.database)
    let whole = try reader.status()
    #expect(whole.tags.count == 27)
    for isFailingOnly in [false, true] {
      var part = WatchlistPart()
      (part.limit, part.isFailingOnly) = (limit, isFailingOnly)
      var found: [TagStatus] = []
      while true {
        let page = try reader.status(part: part)
        // What concerns all of the watchlist is on every page.
        #expect(page.registries == whole.registries)
        #expect(page.tags.count <= limit)
        guard let last = page.tags.last else { break }
        found += page.tags
        part.after = last.record.tag
      }
      #expect(found == (isFailingOnly ? whole.failing : whole).tags)
    }
  }

  /// Forty states of two platforms; each image stays for some of them, one comes back, and the tag is deleted twice.
  private func longHistory() throws -> HistoryReader {
    let writer = try HistoryWriter.open(scratch.database)
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      for index in 0..<40 as Range<UInt8> {
        let images = [image(amd64, 10 + index / 3), image(arm64, 60 + index / 7 % 3)]
        try history.record(snapshot(index, images), tag: tag.id, at: Int64(index) * 10)
        if index % 17 == 16 { try history.endSnapshot(tag: tag.id) }
      }
    }
    writer.close()
    return try HistoryReader.open(scratch.database)
  }

  @Test func detailsAreOfSoManyEntries() throws {
    let reader = try longHistory()
    var query = HistoryQuery()
    query.detailed = 3
    let (found, whole) = (try reader.history(amazon, query) ?? [], try reader.history(amazon) ?? [])
    #expect(found.count == whole.count && found.prefix(3) == whole.prefix(3))
    #expect(whole.allSatisfy { $0.sequence != nil } && found.dropFirst(3).allSatisfy { $0.sequence == nil })
    #expect(found.map(\.first) == whole.map(\.first) && found.map(\.rollbacks) == whole.map(\.rollbacks))
  }

  @Test(arguments: [1, 2, 3, 5, 100]) func aHistoryComesInPages(limit: Int) throws {
    let reader = try longHistory()
    var queries = [HistoryQuery(), HistoryQuery(), HistoryQuery(), HistoryQuery(), HistoryQuery()]
    queries[1].all = true
    queries[2].platforms = [arm64]
    (queries[3].since, queries[3].until) = (time(45), time(301))
    (queries[4].until, queries[4].all) = (time(200), true)
    for query in queries {
      let whole = try #require(try reader.history(amazon, query))
      #expect(whole.count > 3)
      var (part, found) = (query, [HistoryEntry]())
      part.limit = limit
      while let page = try reader.history(amazon, part), let last = page.last {
        #expect(page.count <= limit)
        found += page
        part.before = last.first
      }
      #expect(found == whole)
    }
  }
}
