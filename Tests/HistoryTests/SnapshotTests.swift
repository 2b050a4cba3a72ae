import ImageModel
import TestSupport
import Testing

@testable import History

@Suite struct SnapshotTests {
  let scratch = Scratch()
  let writer: HistoryWriter

  init() throws { writer = try HistoryWriter.open(scratch.database) }

  @Test func theLatestSnapshotComesBackAsRecorded() throws {
    defer { writer.close() }
    let stored = try writer.transactionSync { history in
      let tag = try history.amazonTag()
      #expect(try history.latestSnapshot(tag: tag.id) == nil)
      let images = [image(arm64, 3, created: "2026-01-01T00:00:00Z"), image(amd64, 2)]
      try history.record(snapshot(1, images), .tagFirstSeen, classes: [.added], tag: tag.id, at: 0)
      return try history.latestSnapshot(tag: tag.id)
    }
    let latest = try #require(stored)
    #expect(latest.digest == digest(1))
    #expect(latest.mediaType == .ociIndex)
    #expect(latest.size == 2_000)
    #expect(latest.firstSeen == time(0))
    #expect(latest.lastSeen == time(0))
    #expect(latest.ended == nil)
    #expect(latest.event == .tagFirstSeen)
    #expect(latest.images.map(\.platform) == [arm64, amd64])
    #expect(latest.images.map(\.created) == ["2026-01-01T00:00:00Z", nil])
    #expect(latest.images.map(\.changeClass) == [.added, nil])
    #expect(latest.images[0].imageID == digest(3))
    #expect(latest.images[0].manifest == digest(103))
    #expect(latest.images[0].configSize == 500)
  }

  @Test func theStatesOfATagAreToldOnceEachTheNewestFirst() async throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      for number in [1, 2, 3, 1] as [UInt8] {
        try history.record(snapshot(number, [image(amd64, 9)]), tag: tag.id, at: Int64(number))
      }
    }
    #expect(try await writer.states(of: amazon, limit: 5) == [digest(1), digest(3), digest(2)])
    #expect(try await writer.states(of: amazon, limit: 1) == [digest(1)])
    let other = TagReference(domain: amazon.domain, path: amazon.path, tag: "other")
    #expect(try await writer.states(of: other, limit: 5).isEmpty)
  }

  @Test func anArtifactHasNoImageID() throws {
    defer { writer.close() }
    let latest = try writer.transactionSync { history in
      let tag = try history.amazonTag()
      let artifact = PlatformImage(
        platform: nil, manifest: digest(5), manifestSize: 1, imageID: nil, configSize: nil, layers: [], config: nil,
        artifactType: "application/vnd.cncf.helm.config.v1+json")
      _ = try history.insertSnapshot(
        tag: tag.id, snapshot: snapshot(5, [artifact], type: .ociManifest), classes: [], at: time(0))
      return try history.latestSnapshot(tag: tag.id)
    }
    #expect(latest?.images.first?.imageID == nil)
    #expect(latest?.images.first?.artifactType == "application/vnd.cncf.helm.config.v1+json")
    #expect(latest?.images.first?.platform == nil)
    #expect(latest?.event == nil)
  }

  @Test func lastSeenOnlyGoesForward() throws {
    defer { writer.close() }
    let seen = try writer.transactionSync { history in
      let tag = try history.amazonTag()
      try history.record(snapshot(1, [image(amd64, 2)]), tag: tag.id, at: 0)
      var seen: [Timestamp?] = []
      for seconds in [60, 30, -100, 90] as [Int64] {
        try history.confirmSnapshot(tag: tag.id, at: time(seconds))
        seen.append(try history.latestSnapshot(tag: tag.id)?.lastSeen)
      }
      try history.see(tag.id, at: 0)
      try history.mark([UnchangedMark(tagID: tag.id, at: time(80), nextCheck: time(100))])
      seen.append(try history.latestSnapshot(tag: tag.id)?.lastSeen)
      return seen
    }
    #expect(seen == [time(60), time(60), time(60), time(90), time(90)])
  }

  @Test func anEndedSnapshotKeepsWhenItWasSeen() throws {
    defer { writer.close() }
    let latest = try writer.transactionSync { history in
      let tag = try history.amazonTag()
      try history.record(snapshot(1, [image(amd64, 2)]), tag: tag.id, at: 0)
      try history.confirmSnapshot(tag: tag.id, at: time(60))
      try history.endSnapshot(tag: tag.id)
      try history.see(tag.id, at: 60)
      try history.mark([UnchangedMark(tagID: tag.id, at: time(90), nextCheck: time(100))])
      return try history.latestSnapshot(tag: tag.id)
    }
    #expect(latest?.ended == .deleted)
    #expect(latest?.lastSeen == time(60))
  }

  @Test func aStateThatIsFollowedKeepsWhenItWasSeen() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      try history.record(snapshot(1, [image(amd64, 2)]), tag: tag.id, at: 0)
      try history.see(tag.id, at: 0)
      try history.mark([UnchangedMark(tagID: tag.id, at: time(60), nextCheck: time(100))])
      // The clock has been set back: what is seen now does not reach into the past of the state before.
      try history.record(snapshot(3, [image(amd64, 4)]), tag: tag.id, at: 30)
      #expect(try history.latestSnapshot(tag: tag.id)?.lastSeen == time(30))
      try history.mark([UnchangedMark(tagID: tag.id, at: time(90), nextCheck: time(100))])
    }
    let reader = try HistoryReader.open(scratch.database)
    #expect(try reader.history(amazon)?.map(\.lastSeen) == [time(90), time(60)])
  }

  @Test func imagesAreReplacedAndKeepTheirClass() throws {
    defer { writer.close() }
    let latest = try writer.transactionSync { history in
      let tag = try history.amazonTag()
      let id = try history.record(
        snapshot(1, [image(amd64, 2), image(nil, 4)]), classes: [.rebuilt, .content], tag: tag.id, at: 0)
      try history.updateImages(
        snapshot: id,
        images: [
          image(arm64, 3), image(amd64, 2, created: "2026-01-01T00:00:00Z"),
          image(Platform(os: "linux", architecture: "s390x"), 4),
        ])
      return try history.latestSnapshot(tag: tag.id)
    }
    #expect(latest?.images.map(\.platform?.architecture) == ["arm64", "amd64", "s390x"])
    #expect(latest?.images.map(\.changeClass) == [nil, .rebuilt, .content])
    #expect(latest?.images.map(\.created) == [nil, "2026-01-01T00:00:00Z", nil])
    #expect(latest?.event == .imageChanged)
  }

  @Test func lastUseFindsTheNewestEarlierState() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      let other = try history.ensureTag(TagReference(domain: "ghcr.io", path: "a/b", tag: "1"), selection: .all)
      let first = try history.record(snapshot(1, [image(amd64, 10), image(arm64, 20)]), tag: tag.id, at: 0)
      try history.record(snapshot(2, [image(amd64, 11)]), tag: tag.id, at: 10)
      try history.record(snapshot(3, [image(amd64, 10)]), tag: tag.id, at: 20)
      try history.record(snapshot(9, [image(amd64, 12)]), tag: other.id, at: 25)
      let current = try history.record(snapshot(4, [image(amd64, 12)]), tag: tag.id, at: 30)
      func use(_ platform: Platform?, _ id: UInt8, before snapshot: SnapshotID) throws -> String? {
        try history.lastUse(tag: tag.id, platform: platform, identity: digest(id), before: snapshot)
          .map { "\($0.lastSeen.milliseconds - time(0).milliseconds) \($0.digest == digest(3))" }
      }
      #expect(try use(amd64, 10, before: current) == "20000 true")
      #expect(try use(amd64, 10, before: SnapshotID(rawValue: current.rawValue - 2)) == "0 false")
      #expect(try use(amd64, 12, before: current) == nil, "another tag's history does not count")
      #expect(try use(amd64, 12, before: SnapshotID(rawValue: current.rawValue + 1)) != nil)
      #expect(try use(amd64, 10, before: first) == nil)
      #expect(try use(amd64, 20, before: current) == nil, "it was current on another platform")
      #expect(try use(nil, 10, before: current) == nil)
      let artifact = PlatformImage(
        platform: nil, manifest: digest(60), manifestSize: 1, imageID: nil, configSize: nil, layers: [], config: nil)
      try history.record(snapshot(5, [artifact]), tag: tag.id, at: 40)
      #expect(
        try use(nil, 60, before: SnapshotID(rawValue: current.rawValue + 2)) == "40000 false",
        "without an image ID it is known by its manifest")
      #expect(try use(amd64, 110, before: current) == nil, "an image is known by its ID alone, not by its manifest")
    }
  }

  @Test func announcementsAreCountedByTypeAndTime() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      for (index, type) in [EventType.imageChanged, .imageRepacked, .imageChanged, .imageChanged].enumerated() {
        _ = try history.appendEvent(
          event("e\(index)", type, at: Int64(index)), tag: tag.id, snapshot: nil, sinks: [])
      }
      #expect(try history.announcements(tag: tag.id, type: .imageChanged, since: time(0), until: time(9)) == 3)
      #expect(try history.announcements(tag: tag.id, type: .imageChanged, since: time(2), until: time(9)) == 2)
      #expect(try history.announcements(tag: tag.id, type: .imageChanged, since: time(4), until: time(9)) == 0)
      #expect(try history.announcements(tag: tag.id, type: .imageChanged, since: time(0), until: time(2)) == 2)
      #expect(
        try history.announcements(
          tag: TagID(rawValue: tag.id.rawValue + 1), type: .imageChanged, since: time(0), until: time(9)) == 0)
    }
  }

  @Test func currentStatesOfSomeTagsAreThoseOfAll() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let tags = ["a", "b", "c", "d"].map { TagReference(domain: "docker.io", path: "library/x", tag: $0) }
      let ids = try history.registerTags(
        tags.map { WatchedTag(tag: $0, selection: .all, intervalSeconds: 60) }
      ).map(\.id)
      let (a, b, c) = (ids[0], ids[1], ids[2])
      for tag in [a, b, a, c] {
        try history.record(snapshot(UInt8(tag.rawValue), [image(amd64, 1)]), tag: tag, at: 0)
      }
      try history.endSnapshot(tag: b)
      #expect(try history.currentSnapshots() == [a: 3, c: 4])
      #expect(try history.currentSnapshots(of: ids) == [a: 3, c: 4])
      #expect(try history.currentSnapshots(of: [c, b, 99]) == [c: 4])
      #expect(try history.currentSnapshots(of: []) == [:])
    }
  }
}
