import History
import ImageModel
import Recording
import TestSupport
import Testing

@testable import Polling

/// A tag that has moved while its registry allows no pull.
@Suite struct MovedTagTests {
  private let one: OneTag
  private let first: TagSnapshot
  private let second: TagSnapshot

  init() throws {
    one = try OneTag()
    var world = SimulatedWorld(tags: 1)
    first = world.snapshot(0)
    world.move(0, .content)
    second = world.snapshot(0)
    _ = try one.found(first, at: 0)
  }

  @Test func itIsToldOnceAndCompletedLater() throws {
    let told = try #require(try one.moved(to: second.digest, at: 100))
    #expect(told.events.map(\.type) == [.tagMoved])
    #expect(told.events[0].sinks == ["default", "all"])
    let data = try one.data(told.events[0])
    #expect(data["digest"] as? String == second.digest.description && (data["changes"] as? [Any])?.isEmpty == true)
    #expect((data["previous"] as? [String: Any])?["digest"] as? String == first.digest.description)
    #expect(try one.moved(to: second.digest, at: 160)?.events.isEmpty == true)
    let status = try #require(try one.status())
    #expect(status.state == .ok && status.digest == first.digest)
    #expect(status.record.state.moved?.to.digest == second.digest && status.record.state.moved?.since == one.wall(100))
    #expect(try one.history().map(\.lastSeen) == [one.wall(0)], "nobody saw the state since")

    let completed = try #require(try one.found(second, at: 9_000))
    #expect(completed.events.map(\.type) == [.imageChanged])
    let window = try one.data(completed.events[0])["window"] as? [String: Any]
    #expect(window?["not_after"] as? String == one.wall(100).description)
    #expect(try one.status()?.record.state.moved == nil)
  }

  @Test func eachDigestIsToldOnce() throws {
    #expect(try one.moved(to: second.digest, at: 100)?.events.count == 1)
    #expect(try one.moved(to: try Digest("sha256:" + String(repeating: "e", count: 64)), at: 160)?.events.count == 1)
  }

  @Test func theWayBackEndsIt() throws {
    _ = try one.moved(to: second.digest, at: 100)
    _ = try one.unchanged(at: 200)
    let status = try #require(try one.status())
    #expect(status.record.state.moved == nil)
    #expect(try one.history().map(\.lastSeen) == [one.wall(200)])
  }

  @Test func aRestartTellsItNoSecondTime() throws {
    _ = try one.moved(to: second.digest, at: 100)
    try one.restart(selection: .all, at: 200)
    #expect(try one.moved(to: second.digest, at: 300)?.events.isEmpty == true)
    _ = try one.unchanged(at: 400)
    #expect(try one.status()?.record.state.moved == nil)
  }

  @Test func aTagThatGoesOnMovingIsToldSparingly() throws {
    let digests = try (0..<8).map { try Digest("sha256:" + String(repeating: "\($0)", count: 64)) }
    let told = try digests.enumerated().reduce(0) { count, item in
      count + (try one.moved(to: item.element, at: 100 + 60 * item.offset)?.events.count ?? 0)
    }
    #expect(told == Limits.announcementsPerHour)
  }

  /// What comes back after a deletion is what the registry names then.
  @Test func whatIsRestoredIsWhatItIsNow() throws {
    for at in [1_000, 2_000, 4_000] { _ = try one.fail(.tagMissing, at: at) }
    let back = try #require(try one.moved(to: second.digest, at: 5_000))
    #expect(back.events.map(\.type) == [.tagRestored])
    #expect(try one.data(back.events[0])["digest"] as? String == second.digest.description)
  }

  @Test func beforeItWasEverSeenNothingIsToldAndItIsPending() throws {
    let new = try OneTag()
    #expect(try new.moved(to: first.digest, at: 0)?.events.isEmpty == true)
    #expect(try new.status()?.state == .pending)
    #expect(try new.found(first, at: 60)?.events.map(\.type) == [.tagFirstSeen])
    #expect(try new.status()?.state == .ok)
  }
}
