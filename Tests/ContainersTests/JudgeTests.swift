import History
import ImageModel
import TestSupport
import Testing

@testable import Containers

/// The table of states, one by one: docs/reference.md, drift.
@Suite struct JudgeTests {
  private let past: RecordedPast

  init() throws { past = try RecordedPast() }

  private func judge(
    _ digests: [KnownDigest], image: String = "amazonlinux", platform: Platform? = Samples.amd64,
    tellsOrigin: Bool = false, gap: String? = nil, after minutes: Int = 0
  ) throws -> ContainerDrift {
    let container = RunningContainer(
      name: "web", image: image, platform: platform, digests: digests, tellsOrigin: tellsOrigin, gap: gap)
    return try #require(past.reader().drift(of: [container], now: past.time(past.minute + minutes)).first)
  }

  private func id(_ seed: UInt8) -> KnownDigest { KnownDigest(past.id(seed, Samples.amd64), .id) }
  private func index(_ seed: UInt8) -> KnownDigest { KnownDigest(past.top(seed), .pulled) }

  /// Five states of images 1 to 5, the last built anew from the layers of the one before.
  private func recordTheSummer() throws {
    for (seed, change) in [(1, nil), (2, .content), (3, .content), (4, .content), (5, .rebuilt)]
      as [(UInt8, ChangeClass?)]
    {
      try past.move(to: seed, change)
    }
  }

  @Test func theSummerOfAmazonlinux() throws {
    try recordTheSummer()
    let second = try judge([id(2)])
    #expect(second.state == .behind && second.tag == Samples.tag && second.imageID == id(2).digest)
    #expect(
      second.behind
        == .init(
          states: 3, since: past.time(2), classes: [.content, .rebuilt], changes: ["event-2", "event-3", "event-4"]))
    #expect(second.wasCurrent == past.time(1)...past.time(1))
    #expect(
      second.current
        == .init(
          imageID: past.id(5, Samples.amd64), manifest: past.manifest(5, Samples.amd64), digest: past.top(5),
          firstSeen: past.time(4)))
    #expect(second.pull == "docker.io/library/amazonlinux@\(past.top(5))" && second.tags == [Samples.tag])
    let fourth = try judge([id(4)])
    #expect(fourth.behind == .init(states: 1, since: past.time(4), classes: [.rebuilt], changes: ["event-4"]))
    let fifth = try judge([id(5)])
    #expect(fifth.state == .current && fifth.behind == nil && fifth.reason == nil)
  }

  @Test func aMoveBackIsTold() throws {
    try recordTheSummer()
    try past.move(to: 2, .content, back: 1)
    let fourth = try judge([id(4)])
    #expect(fourth.behind?.states == 2 && fourth.behind?.classes == [.content, .rebuilt])
    #expect(fourth.behind?.rollback == past.time(1), "when the image that is back had been seen last")
    #expect(try judge([id(2)]).state == .current)
    let other = KnownDigest(past.id(4, Samples.arm64), .id)
    #expect(try judge([other], platform: Samples.arm64).behind?.rollback == nil, "the other one moved back")
    try past.delete()
    #expect(try judge([id(4)]).behind?.rollback == nil, "the tag names nothing now")
  }

  /// The tag is back at the image, under another index or manifest.
  @Test func theSameImageIsCurrentWhateverNamesIt() throws {
    for seed in [1, 2] as [UInt8] { try past.move(to: seed, seed == 1 ? nil : .content) }
    try past.move(to: 3, .content, keeping: Samples.amd64, of: 1)
    let same = try judge([index(1)])
    #expect(same.state == .current && same.wasCurrent?.lowerBound == past.time(2))
    #expect(try judge([index(1)], platform: Samples.arm64).behind?.states == 2)
  }

  @Test func aPlatformThatLeftItsTag() throws {
    let arm = KnownDigest(past.id(1, Samples.arm64), .id)
    try past.move(to: 1, nil)
    try past.move(to: 2, .content, of: 1, without: (Samples.arm64, wasWatched: true))
    let gone = try judge([arm], platform: Samples.arm64)
    #expect(gone.state == .behind && gone.current == nil && gone.pull == nil)
    #expect(gone.behind == .init(states: 1, since: past.time(1), classes: [.removed], changes: ["event-1"]))
    try past.move(to: 3, .added, keeping: Samples.amd64, of: 2)
    #expect(
      try judge([arm], platform: Samples.arm64).behind
        == .init(states: 1, since: past.time(1), classes: [.added, .removed], changes: ["event-1", "event-2"]))
  }

  /// Of that the history knows no more than of one that never was watched.
  @Test func aPlatformThatIsWatchedNoMore() throws {
    try past.move(to: 1, nil)
    try past.move(to: 2, .content, without: (Samples.arm64, wasWatched: false))
    let drift = try judge([KnownDigest(past.id(1, Samples.arm64), .id)], platform: Samples.arm64)
    #expect(drift.state == .unknown && drift.reason == "linux/arm64 of its tag is not watched any more")
    #expect(try judge([index(1)], platform: Samples.arm64).reason == drift.reason)
  }

  /// Whatever the engine calls it by: an ID, a manifest, an index; with its platform or without.
  @Test func anyDigestIsEnough() throws {
    try recordTheSummer()
    for digest in [id(2), KnownDigest(past.manifest(2, Samples.amd64), .unspecified), index(2)] {
      let drift = try judge([digest])
      #expect(drift.state == .behind && drift.behind?.states == 3 && drift.platform == Samples.amd64)
      #expect(drift.imageID == id(2).digest)
    }
    let unknown = try judge([index(2)], platform: nil)
    #expect(unknown.behind?.states == 3 && unknown.platform == nil && unknown.current?.imageID == nil)
    #expect(unknown.current?.digest == past.top(5))
    #expect(try judge([id(2)], platform: nil).platform == Samples.amd64)
  }

  /// Another index, and the same image for the platform that runs.
  @Test func whatChangesForOthersIsNoDrift() throws {
    try past.move(to: 1, nil)
    try past.move(to: 2, .content, keeping: Samples.arm64, of: 1)
    #expect(try judge([index(1)], platform: Samples.arm64).state == .current)
    #expect(try judge([index(1)], platform: Samples.amd64).state == .behind)
    #expect(try judge([index(1)], platform: nil).state == .behind, "it may be any")
  }

  @Test func aPlatformThatNobodyWatches() throws {
    try past.move(to: 1, nil)
    let riscv = try #require(Platform("linux/riscv64"))
    #expect(try judge([index(1)], platform: riscv).state == .current)
    try past.move(to: 2, .content)
    for digests in [[index(1)], [id(9)]] {
      let drift = try judge(digests, platform: riscv)
      #expect(drift.state == .unknown)
      #expect(drift.reason == "its tag has nothing for linux/riscv64, or that is not watched")
    }
  }

  @Test func aTagThatIsGone() throws {
    try past.move(to: 1, nil)
    try past.delete()
    let gone = try judge([id(1)])
    #expect(gone.state == .behind && gone.current == nil && gone.pull == nil)
    #expect(gone.behind == .init(states: 1, since: past.time(1), classes: [.removed], changes: ["event-1"]))
    try past.move(to: 2, .content)
    #expect(
      try judge([id(1)]).behind
        == .init(states: 1, since: past.time(1), classes: [.content], changes: ["event-1", "event-2"]))
    try past.delete()
    try past.move(to: 1, .content)
    #expect(try judge([id(1)]).state == .current)
  }

  /// By its time the deletion was before what it ended, and the one after that behind it.
  @Test func aTagThatIsGoneWhileTheClockIsSetBack() throws {
    for seed in [1, 2] as [UInt8] { try past.move(to: seed, seed == 1 ? nil : .content) }
    try past.delete(clockBack: 2)
    try past.move(to: 3, .content)
    try past.delete()
    let gone = try judge([id(2)])
    #expect(gone.behind?.changes == ["event-2", "event-3", "event-4"] && gone.behind?.since == past.time(0))
  }

  /// Whoever stops looking sees no move.
  @Test func aTagThatNobodySawForLong() throws {
    try past.move(to: 1, nil)
    #expect(try judge([id(1)], after: 40).reason == nil)
    for (digest, state) in [(id(1), ContainerDrift.State.current), (id(9), .other)] {
      let drift = try judge([digest], after: 50)
      #expect(drift.state == state && drift.reason == "its tag was last seen at \(past.time(0))")
    }
    try past.delete()
    #expect(try judge([id(1)], after: 50).reason == nil, "that it is gone stays so")
  }

  /// Which of them runs is not known.
  @Test func anImageOfTwoPlatforms() throws {
    let shared = past.snapshot(1).images.map { image in
      PlatformImage(
        platform: image.platform, manifest: image.manifest, manifestSize: 1_000, imageID: id(1).digest, configSize: 500,
        layers: [], config: nil)
    }
    let both = TagSnapshot(digest: past.top(1), mediaType: .ociIndex, size: 2_000, images: shared, documents: [])
    try past.move(to: both, nil)
    let current = try judge([id(1)], platform: nil)
    #expect(current.state == .current && current.platform == nil && current.imageID == id(1).digest)
    #expect(try judge([id(1)], platform: Samples.arm64).current?.manifest == past.manifest(1, Samples.arm64))
    try past.move(to: 2, .content)
    let behind = try judge([id(1)], platform: nil)
    #expect(behind.state == .behind && behind.platform == nil && behind.behind?.states == 1)
  }

  /// Such a document has no image ID, and says nothing of a platform.
  @Test func schema1AndSHA512() throws {
    let digests = [UInt8(1), 2].map { Digest(.sha512, bytes: [UInt8](repeating: $0, count: 64)) }
    for (digest, change) in zip(digests, [nil, ChangeClass.content]) {
      let image = PlatformImage(
        platform: nil, manifest: digest, manifestSize: 1_000, imageID: nil, configSize: nil, layers: [], config: nil)
      try past.move(
        to: TagSnapshot(digest: digest, mediaType: .schema1Signed, size: 1_000, images: [image], documents: []), change)
    }
    let behind = try judge([KnownDigest(digests[0], .pulled)])
    #expect(behind.state == .behind && behind.behind?.states == 1 && behind.imageID == nil)
    #expect(behind.current?.manifest == digests[1] && behind.pull == "docker.io/library/amazonlinux@\(digests[1])")
    #expect(try judge([KnownDigest(digests[1], .pulled)], platform: nil).state == .current)
  }

  @Test func aTagThatHasMovedToWhatCouldNotBeHad() throws {
    for seed in [1, 2] as [UInt8] { try past.move(to: seed, seed == 1 ? nil : .content) }
    try past.announceMove(to: 3)
    let reason = "its tag has moved, and what it names now could not be had yet"
    for (digest, state) in [(id(2), ContainerDrift.State.unknown), (id(9), .unknown), (id(1), .behind)] {
      let drift = try judge([digest])
      #expect(drift.state == state && drift.reason == reason)
      #expect(drift.current?.digest == past.top(3) && drift.current?.imageID == nil)
    }
    let current = try judge([index(3)])
    #expect(current.state == .current && current.reason == nil)
  }

  @Test func anImageThatNeverWasUnderItsTag() throws {
    try past.move(to: 1, nil)
    #expect(try judge([id(9)], gap: "the engine names no image").reason == "the engine names no image")
    let other = try judge([id(9)])
    #expect(other.state == .other && other.tags.isEmpty && other.current?.imageID == past.id(1, Samples.amd64))
    #expect(try judge([id(9)], image: "amazonlinux:latest").state == .other)
  }

  @Test func aTagThatIsNotInTheHistory() throws {
    try past.move(to: 1, nil)
    let unwatched = try judge([id(1), index(1)], image: "amazonlinux:2023")
    #expect(unwatched.state == .unwatched && unwatched.tag?.tag == "2023" && unwatched.tags == [Samples.tag])
    #expect(try judge([id(9)], image: "shop-app", tellsOrigin: true).state == .local)
    #expect(try judge([id(9)], image: "shop-app").state == .unwatched, "nobody says where it is from")
    #expect(try judge([id(9), index(9)], image: "shop-app", tellsOrigin: true).state == .unwatched)
    #expect(try judge([id(9)], image: "localhost/shop-app").state == .local)
  }

  @Test func whatIsStartedByADigestIsPinned() throws {
    try past.move(to: 1, nil)
    try past.move(to: 2, .content)
    let pinned = try judge([id(1)], image: "amazonlinux@\(past.top(1))")
    #expect(pinned.state == .pinned && pinned.tags == [Samples.tag] && pinned.behind == nil)
    #expect(try judge([], image: "amazonlinux:1@\(past.top(7))", platform: nil).tags.isEmpty)
  }

  @Test func whatIsStartedByAnIDIsJudgedByTheTagsThatHadIt() throws {
    try recordTheSummer()
    for image in ["\(past.id(2, Samples.amd64))", String(past.id(2, Samples.amd64).hex.prefix(12)), ""] {
      let drift = try judge([id(2)], image: image)
      #expect(drift.state == .behind && drift.tag == Samples.tag && drift.behind?.states == 3, "\(image)")
    }
    try past.move(to: 2, nil, tag: Samples.app)
    let current = try judge([id(2)], image: "\(past.id(2, Samples.amd64))")
    #expect(current.state == .current && current.tag == Samples.app)
    #expect(current.tags == [Samples.app])
    #expect(try judge([id(9)], image: "\(past.id(9, Samples.amd64))", tellsOrigin: true).state == .local)
    let unwatched = try judge([id(9)], image: "\(past.id(9, Samples.amd64))")
    #expect(unwatched.state == .unwatched && unwatched.tag == nil && unwatched.reason != nil)
  }

  @Test func whereTooLittleIsSaidThatIsSaid() throws {
    try past.move(to: 1, nil)
    #expect(try judge([]).reason == "the source names no digest of its image")
    let gap = try judge([], gap: "the engine names no image")
    #expect(gap.state == .unknown && gap.reason == "the engine names no image")
    try past.watch(Samples.app)
    #expect(
      try judge([id(1)], image: "ghcr.io/example/app:stable").reason == "nothing has been recorded of its tag yet")
  }

  @Test func aRegistryCanBeAskedInstead() throws {
    let unwatched = try judge([id(2)], image: "ghcr.io/example/app:stable")
    #expect(unwatched.state == .unwatched)
    let same = unwatched.resolved(past.snapshot(2))
    #expect(same.state == .current && same.current?.digest == past.top(2) && same.current?.firstSeen == nil)
    let other = unwatched.resolved(past.snapshot(3))
    #expect(other.state == .other && other.current?.imageID == past.id(3, Samples.amd64))
    #expect(other.pull == "ghcr.io/example/app@\(past.top(3))")
  }
}
