import History
import ImageModel
import Testing

@testable import Polling

/// That nobody saw a tag for long is recorded, with the time between. The interval is a minute.
@Suite struct ObservationGapTests {
  private static func gaps(_ tag: OneTag) throws -> [[ObservationGap]] { try tag.history().map(\.gaps) }

  private static func gap(_ tag: OneTag, _ from: Int, _ to: Int) -> ObservationGap {
    ObservationGap(from: tag.wall(from), to: tag.wall(to))
  }

  @Test(arguments: [(600, false), (601, true), (200_000, true)])
  func aLongTimeWithinAStateIsOne(seconds: Int, isGap: Bool) throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    #expect(try tag.poll(at: 60) == nil, "a mark is all there is to it")
    #expect((try tag.poll(at: 60 + seconds) == nil) == !isGap)
    #expect(try tag.poll(at: 120 + seconds) == nil)
    #expect(try Self.gaps(tag) == [isGap ? [Self.gap(tag, 60, 60 + seconds)] : []])
    #expect(try tag.history()[0].lastSeen == tag.wall(120 + seconds))
  }

  @Test func aStopOfTheDaemonIsOne() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    try tag.restart(selection: .all, at: 50_000)
    _ = try tag.poll(at: 50_000)
    try tag.restart(selection: .all, at: 90_000)
    _ = try tag.unchanged(at: 90_000)
    #expect(try Self.gaps(tag) == [[Self.gap(tag, 50_000, 90_000), Self.gap(tag, 0, 50_000)]])
  }

  /// Somebody looked, and could not see it.
  @Test func soAreChecksThatFail() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    for time in stride(from: 60, through: 1_200, by: 60) { _ = try tag.fail(.connect, at: time) }
    #expect(try Self.gaps(tag) == [[]])
    _ = try tag.poll(at: 1_260)
    #expect(try Self.gaps(tag) == [[Self.gap(tag, 0, 1_260)]])
  }

  @Test func betweenTwoStatesItIsTheFirstOnes() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    tag.world.move(0, .content)
    _ = try tag.poll(at: 5_000)
    tag.world.move(0, .content)
    _ = try tag.poll(at: 5_060)
    #expect(try Self.gaps(tag) == [[], [], [Self.gap(tag, 0, 5_000)]])
  }

  /// States with the same images are one entry, and what was between them is within it.
  @Test func betweenStatesOfOneEntryItIsTheEntrys() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    tag.world.move(0, .indexOnly)
    _ = try tag.poll(at: 5_000)
    _ = try tag.poll(at: 9_000)
    #expect(try Self.gaps(tag) == [[Self.gap(tag, 5_000, 9_000), Self.gap(tag, 0, 5_000)]])
    #expect(try tag.history(all: true).map(\.gaps) == [[Self.gap(tag, 5_000, 9_000)], [Self.gap(tag, 0, 5_000)]])
  }

  /// It was seen to be gone, and is not current between.
  @Test func aDeletionIsNone() throws {
    let tag = try OneTag()
    _ = try tag.poll(at: 0)
    for time in stride(from: 60, through: 4_000, by: 60) { _ = try tag.fail(.tagMissing, at: time) }
    #expect(try tag.history()[0].ended == .deleted)
    _ = try tag.poll(at: 9_000)
    #expect(try Self.gaps(tag) == [[], []])
  }
}
