import ImageModel
import TestSupport
import Testing

@testable import History

/// Tags of one repository that move together.
@Suite struct CompanionTests {
  private let scratch = Scratch()
  private let writer: HistoryWriter
  private static let other = TagReference(domain: amazon.domain, path: amazon.path, tag: "2023")

  init() throws { writer = try HistoryWriter.open(scratch.database) }

  /// Two tags that are looked at in turn, with the numbers of what they name and when that was seen: the last look at
  /// each state is where the next one begins.
  private func record(
    _ first: [(Int64, UInt8)], _ second: [(Int64, UInt8)], of other: TagReference = other, isWatched: Bool = true
  ) throws {
    try writer.transactionSync { history in
      let tags = try history.registerTags(
        [amazon, other].map { WatchedTag(tag: $0, selection: .only([amd64]), intervalSeconds: 900) })
      for (tag, states) in zip(tags, [first, second]) {
        var last: UInt8?
        for (time, number) in states {
          if number == last {
            try history.confirmSnapshot(tag: tag.id, at: HistoryTests.time(time))
          } else {
            try history.record(snapshot(number, [image(amd64, number)]), tag: tag.id, at: time)
          }
          last = number
        }
      }
      if !isWatched { _ = try history.registerTags([WatchedTag(tag: amazon, selection: .all, intervalSeconds: 900)]) }
    }
  }

  private func also(_ tag: TagReference) throws -> [[TagReference]]? {
    try HistoryReader.open(scratch.database).history(tag)?.map(\.also)
  }

  @Test func theyNameEachOther() throws {
    defer { writer.close() }
    // The push came between the looks at 50 and 60 of both.
    try record([(0, 1), (50, 1), (100, 2)], [(10, 1), (60, 2), (110, 2)])
    #expect(try also(amazon) == [[Self.other], []])
    #expect(try also(Self.other) == [[amazon], []])
  }

  /// One was there before the other had been seen elsewhere for the last time.
  @Test func whoComesLaterDoesNotMoveWithIt() throws {
    defer { writer.close() }
    try record([(0, 1), (50, 1), (100, 2)], [(10, 1), (40, 2), (110, 2)])
    #expect(try also(amazon) == [[], []])
    #expect(try also(Self.other) == [[], []])
  }

  @Test func aFirstSightIsNoMove() throws {
    defer { writer.close() }
    try record([(0, 1), (50, 1), (100, 2)], [(60, 2)])
    #expect(try also(amazon) == [[], []])
    #expect(try also(Self.other) == [[]])
  }

  @Test func oneOfAnotherRepositoryIsNotNamed() throws {
    defer { writer.close() }
    try record(
      [(0, 1), (50, 1), (100, 2)], [(10, 1), (60, 2)], of: TagReference(domain: "a.example", path: "b", tag: "c"))
    #expect(try also(amazon) == [[], []])
  }

  @Test func oneThatIsNotWatchedAnyMoreIsNotNamed() throws {
    defer { writer.close() }
    try record([(0, 1), (50, 1), (100, 2)], [(10, 1), (60, 2)], isWatched: false)
    #expect(try also(amazon) == [[], []])
  }

  @Test func noMoreThanTwentyAreNamed() throws {
    defer { writer.close() }
    let others = (1...21).map { TagReference(domain: amazon.domain, path: amazon.path, tag: "v\($0 + 100)") }
    try writer.transactionSync { history in
      let tags = try history.registerTags(
        ([amazon] + others).map { WatchedTag(tag: $0, selection: .only([amd64]), intervalSeconds: 900) })
      for at in [0, 100] as [Int64] {
        for tag in tags {
          try history.record(snapshot(UInt8(at + 1), [image(amd64, UInt8(at + 1))]), tag: tag.id, at: at)
        }
      }
    }
    #expect(try also(amazon)?.first == Array(others.prefix(20)))
  }

  /// What is about to be recorded, for its event.
  @Test func theEventNamesThoseThatWereSeenBefore() throws {
    defer { writer.close() }
    try record([(0, 1), (50, 1)], [(10, 1), (60, 2)])
    let found = try writer.transactionSync { history in
      let tags = try history.registerTags(
        [amazon, Self.other].map { WatchedTag(tag: $0, selection: .only([amd64]), intervalSeconds: 900) })
      return try history.companions(of: tags[0].id, at: digest(2), after: time(50), until: time(100))
    }
    #expect(found == [Self.other])
  }
}
