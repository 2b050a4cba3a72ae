import Foundation
import History
import ImageModel
import Recording
import Testing

@testable import Polling

/// What has no image ID is told apart by its manifest, and what lists a platform twice is a set.
@Suite struct ArtifactTests {
  @Test func anotherVersionIsToldWithItsManifests() throws {
    let tag = try OneTag(kind: .artifact)
    let first = tag.world.snapshot(0).digest
    _ = try tag.poll(at: 0)
    tag.world.move(0, .content)
    let record = try #require(try tag.poll(at: 60))
    #expect(record.events.map(\.type) == [.artifactChanged])
    #expect(record.events[0].sinks == ["default", "all"])
    guard case .changed = record.outcome else {
      Issue.record("\(String(describing: record.outcome))")
      return
    }
    let data = try tag.data(record.events[0])
    let change = try #require((data["changes"] as? [[String: Any]])?.first)
    #expect(change["class"] as? String == "content")
    #expect(change["platform"] is NSNull)
    let (old, new) = (change["previous"] as? [String: Any], change["current"] as? [String: Any])
    #expect(old?["image_id"] is NSNull && new?["image_id"] is NSNull)
    #expect(old?["manifest"] as? String == first.description)
    #expect(new?["manifest"] as? String == tag.world.snapshot(0).digest.description)
    #expect(data["digest"] as? String == tag.world.snapshot(0).digest.description)

    let entries = try tag.history()
    #expect(entries.map(\.event) == [.artifactChanged, .tagFirstSeen], "an entry of its own, without --all")
    #expect(try tag.status()?.platforms.map(\.artifactType) == [SimulatedWorld.artifactType])
    #expect(try tag.status()?.lastChanged == tag.wall(60))
  }

  @Test func theWayBackIsARollbackWithoutImageID() throws {
    let tag = try OneTag(kind: .artifact)
    let first = tag.world.snapshot(0).digest
    _ = try tag.poll(at: 0)
    tag.world.move(0, .content)
    _ = try tag.poll(at: 60)
    tag.world.move(0, .rollback)
    let record = try #require(try tag.poll(at: 120))
    #expect(record.events[0].isRollback)
    let rollback = try #require((try tag.data(record.events[0])["rollback"] as? [[String: Any]])?.first)
    #expect(rollback["image_id"] is NSNull)
    #expect(rollback["digest"] as? String == first.description)
    #expect(rollback["last_current"] as? String == tag.wall(0).description)
  }

  /// A chart that two pipelines push by turns is as noisy as an image.
  @Test func toAndFroIsToldSparingly() throws {
    let tag = try OneTag(kind: .artifact)
    _ = try tag.poll(at: 0)
    tag.world.move(0, .content)
    var told = 0
    for step in 1...9 {
      if step > 1 { tag.world.flip(0) }
      let record = try #require(try tag.poll(at: step * 60))
      #expect(record.isWithheld == record.events.isEmpty)
      told += record.events.count { $0.type == .artifactChanged }
    }
    #expect(told == Limits.announcementsPerHour)
    #expect(try tag.history().count == 10)
    let summary = try #require(try tag.poll(at: 540 + Limits.flapQuietSeconds))
    #expect(summary.events.map(\.type) == [.artifactChanged])
    #expect(try tag.data(summary.events[0])["flaps"] as? Int == 5)
    tag.world.flip(0)
    #expect(try tag.poll(at: 540 + Limits.flapQuietSeconds + 60)?.isWithheld == true, "the summary counts, too")
  }

  @Test func patchLevelsOfWindowsThatSwapPlacesAreNoChange() throws {
    let tag = try OneTag(kind: .windows)
    _ = try tag.poll(at: 0)
    let before = tag.world.snapshot(0).images.map(\.imageID)
    tag.world.move(0, .indexOnly)
    #expect(tag.world.snapshot(0).images.map(\.imageID) == before.reversed(), "they do swap places")
    let record = try #require(try tag.poll(at: 60))
    #expect(record.events.map(\.type) == [.indexChanged])
    #expect(try tag.history().count == 1)
    tag.world.move(0, .rebuilt)
    #expect(try #require(try tag.poll(at: 120)).events.map(\.type) == [.imageChanged])
  }
}
