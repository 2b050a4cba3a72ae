import Drift
import ImageModel
import Testing

/// Which images are compared with each other: selections, single manifests, unknown and repeated platforms.
struct PairingTests {
  static let both = PlatformSelection.only([amd64, arm64])
  static let onlyAMD = PlatformSelection.only([amd64])
  static let onlyARM = PlatformSelection.only([arm64])

  @Test(
    arguments: [
      ("joins", onlyAMD, [image(amd64, 1)], both, [image(amd64, 1), image(arm64, 2)]),
      ("leaves", both, [image(amd64, 1), image(arm64, 2)], onlyAMD, [image(amd64, 1)]),
      ("is exchanged", onlyAMD, [image(amd64, 1)], onlyARM, [image(arm64, 2)]),
      ("joins from all", .all, [image(amd64, 1), image(arm64, 2)], onlyAMD, [image(amd64, 1)]),
    ] as [(String, PlatformSelection, [PlatformImage], PlatformSelection, [PlatformImage])])
  func aPlatformWhoseWatchingBeganOrEndedIsSilent(
    _ name: String, _ was: PlatformSelection, _ before: [PlatformImage], _ now: PlatformSelection,
    _ after: [PlatformImage]
  ) {
    let old = Sample(top: 1, images: before, selection: was)
    #expect(old.change(to: Sample(top: 1, images: after, selection: now)) == nil, "equal index")
    let change = old.change(to: Sample(top: 2, images: after, selection: now))
    #expect(change == ContentChange(type: .indexChanged, changes: [], rollback: nil))
  }

  @Test func aChangedSelectionHidesNoChangeOfWhatStays() throws {
    let old = Sample.index(1, image(amd64, 1), selection: Self.onlyAMD)
    let change = try #require(old.change(to: .index(2, image(amd64, 3), image(arm64, 2), selection: Self.both)))
    #expect(change.type == .imageChanged)
    #expect(change.summary == ["linux/amd64 content"])
  }

  @Test func aWatchedPlatformThatWasAbsentArrives() {
    let old = Sample.index(1, image(amd64, 1), selection: Self.both)
    #expect(
      old.change(to: .index(2, image(amd64, 1), image(arm64, 2), selection: Self.both))?.summary
        == ["linux/arm64 added"])
  }

  private static let likeAMD = PlatformSelection.compatible([amd64])
  private static let i386 = Platform(os: "linux", architecture: "386")

  /// An image of 386 under the name of the platform that it stands in for.
  private func standIn(_ id: Int) -> PlatformImage {
    var image = image(amd64, id)
    image.found = Self.i386
    return image
  }

  /// Whether another one stands in, or the thing itself comes or goes.
  @Test func aStandInIsComparedWithWhatTakesItsPlace() {
    let old = Sample.index(1, standIn(1), selection: Self.likeAMD)
    #expect(old.change(to: .index(2, standIn(2), selection: Self.likeAMD))?.summary == ["linux/amd64 content"])
    #expect(old.change(to: .index(2, selection: Self.likeAMD))?.summary == ["linux/amd64 removed"])
    let real = Sample.index(2, image(amd64, 2), selection: Self.likeAMD)
    #expect(old.change(to: real)?.summary == ["linux/amd64 content"])
    #expect(old.change(to: real)?.changes.map(\.previous?.found) == [Self.i386])
    #expect(
      real.change(to: Sample.index(3, standIn(1), selection: Self.likeAMD))?.changes[0].current?.found == Self.i386)
  }

  /// What was not watched before joins without a word, and leaves so.
  @Test func anotherWayToMatchIsNoNews() {
    let strict = Sample.index(1, selection: Self.onlyAMD)
    let like = Sample.index(2, standIn(1), selection: Self.likeAMD)
    let all = Sample.index(3, image(Self.i386, 1))
    for (from, to) in [(strict, like), (like, Sample.index(4, selection: Self.onlyAMD)), (all, like), (like, all)] {
      #expect(from.change(to: to)?.type == .indexChanged, "\(from) \(to)")
    }
    let real = Sample.index(5, image(amd64, 2), selection: Self.onlyAMD)
    #expect(like.change(to: real)?.summary == ["linux/amd64 content"])
    #expect(
      real.change(to: Sample.index(6, image(amd64, 3), selection: Self.likeAMD))?.summary == ["linux/amd64 content"])
  }

  static let singles: [(String, Sample, Sample, EventType, [String])] = [
    (
      "whatever the selection", .single(1, image(arm64, 1), selection: onlyAMD),
      .single(2, image(arm64, 2), selection: onlyAMD), .imageChanged, ["linux/arm64 content"]
    ),
    (
      "of another platform", .single(1, image(arm64, 1)), .single(2, image(amd64, 2)), .imageChanged,
      ["linux/amd64 content"]
    ),
    (
      "of a platform now unknown", .single(1, image(arm64, 1)), .single(2, image(nil, 2)), .imageChanged,
      ["? content"]
    ),
    (
      "index to its child", .index(1, image(amd64, 1), image(arm64, 2)), .single(2, image(arm64, 2)),
      .platformRemoved, ["linux/amd64 removed"]
    ),
    (
      "one-image index to its child", .index(1, image(amd64, 1)), .single(2, image(amd64, 1)), .indexChanged, []
    ),
    (
      "single joined by others", .single(1, image(amd64, 1)), .index(2, image(arm64, 2), image(amd64, 3)),
      .imageChanged, ["linux/arm64 added", "linux/amd64 content"]
    ),
    (
      "unknown single is a child by manifest", .index(1, image(amd64, 1), image(arm64, nil, manifest: 2)),
      .single(2, image(nil, nil, manifest: 2)), .platformRemoved, ["linux/amd64 removed"]
    ),
    (
      "unknown single is a child by image ID", .index(1, image(amd64, 1), image(arm64, 2, manifest: 5)),
      .single(2, image(nil, 2, manifest: 6)), .platformRemoved, ["linux/arm64 repacked", "linux/amd64 removed"]
    ),
    (
      "unknown single after a one-image index", .index(1, image(amd64, 1)), .single(2, image(nil, 2)),
      .imageChanged, ["? content"]
    ),
    (
      "one-image index after an unknown single", .single(1, image(nil, 1)), .index(2, image(amd64, 2)),
      .imageChanged, ["linux/amd64 content"]
    ),
    (
      "unknown single among several", .index(1, image(amd64, 1), image(arm64, 2)), .single(2, image(nil, 3)),
      .platformAdded, ["? added", "linux/amd64 removed", "linux/arm64 removed"]
    ),
    (
      "an artifact after several images", .index(1, image(amd64, 1), image(arm64, 2)),
      .single(2, image(nil, nil, manifest: 3)), .imageChanged, ["linux/amd64 content", "linux/arm64 content"]
    ),
    (
      "several images after an artifact", .single(1, image(nil, nil, manifest: 3)),
      .index(2, image(amd64, 1), image(arm64, 2)), .imageChanged, ["linux/amd64 content", "linux/arm64 content"]
    ),
    (
      "an index of an artifact after its like", .index(1, image(nil, nil, manifest: 3)),
      .index(2, image(nil, nil, manifest: 4)), .artifactChanged, ["? content"]
    ),
    (
      "an artifact that was one of several", .index(1, image(amd64, 1), image(nil, nil, manifest: 3)),
      .single(2, image(nil, nil, manifest: 3)), .platformRemoved, ["linux/amd64 removed"]
    ),
    (
      "unwatched single after an index", .index(1, image(amd64, 1), selection: onlyAMD),
      .single(2, image(arm64, 2), selection: onlyAMD), .platformRemoved, ["linux/amd64 removed"]
    ),
    (
      "an index after an unwatched single", .single(1, image(arm64, 2), selection: onlyAMD),
      .index(2, image(amd64, 1), selection: onlyAMD), .platformAdded, ["linux/amd64 added"]
    ),
  ]

  @Test(arguments: singles)
  func singleManifests(_ name: String, _ from: Sample, _ to: Sample, _ type: EventType, _ summary: [String]) throws {
    let change = try #require(from.change(to: to))
    #expect(change.type == type)
    #expect(change.summary == summary)
  }

  @Test func aPlatformThatBecomesKnownIsNoChange() {
    let unknown = Sample.index(1, image(nil, 1), image(nil, 2))
    let known = Sample.index(2, image(arm64, 2, diffIDs: [1]), image(amd64, 1, diffIDs: [2]))
    #expect(unknown.change(to: known)?.type == .indexChanged)
    #expect(known.change(to: Sample(top: 3, images: unknown.images))?.type == .indexChanged)
  }

  @Test func knownPlatformsThatDifferAreNeverOneImage() {
    let change = Sample.index(1, image(amd64, 1)).change(to: .index(2, image(arm64, 1)))
    #expect(change?.summary == ["linux/arm64 added", "linux/amd64 removed"])
  }

  @Test func repeatedPlatformsAreMatchedByWhatTheyAre() {
    let before = Sample.index(1, image(amd64, 1), image(amd64, 2), image(amd64, 3))
    #expect(before.change(to: .index(2, image(amd64, 3), image(amd64, 1), image(amd64, 2)))?.type == .indexChanged)
    let change = before.change(to: .index(2, image(amd64, 3), image(amd64, 9), image(amd64, 1)))
    #expect(change?.summary == ["linux/amd64 content"])
    #expect(change?.changes.first?.previous?.imageID == digest(2))
  }

  /// Two patch levels of one Windows version are one platform and two images of it.
  @Test(
    arguments: [
      ("swap places", [2, 1], .indexChanged, []),
      ("one is another", [1, 3], .imageChanged, ["content"]),
      ("both are others", [4, 3], .imageChanged, ["content", "content"]),
      ("one leaves", [2], .imageChanged, ["removed"]),
      ("one joins", [3, 2, 1], .imageChanged, ["added"]),
      ("all leave", [], .platformRemoved, ["removed", "removed"]),
    ] as [(String, [Int], EventType, [String])])
  func imagesOfAWindowsVersionAreASet(_ name: String, _ after: [Int], _ type: EventType, _ classes: [String]) {
    let before = Sample.index(1, image(windows, 1), image(windows, 2))
    let change = before.change(to: Sample(top: 2, images: after.map { image(windows, $0) }))
    #expect(change?.type == type)
    #expect(change?.changes.map(\.changeClass.rawValue) == classes)
  }

  @Test func repeatedPlatformsAreMatchedByImageIDToo() {
    let before = Sample.index(1, image(amd64, 1, manifest: 11), image(amd64, 2, manifest: 12))
    let change = before.change(to: .index(2, image(amd64, 2, manifest: 14), image(amd64, 1, manifest: 13)))
    #expect(change?.type == .imageRepacked)
    #expect(change?.changes.map(\.previous?.manifest) == [digest(12), digest(11)])
  }

  @Test func repeatedPlatformsThatAllChangedAreMatchedInOrder() {
    let before = Sample.index(1, image(amd64, 1), image(amd64, 2), image(amd64, 3))
    let change = before.change(to: .index(2, image(amd64, 4), image(amd64, 5)))
    #expect(change?.changes.map(\.previous?.imageID) == [digest(1), digest(2), digest(3)])
    #expect(change?.summary == ["linux/amd64 content", "linux/amd64 content", "linux/amd64 removed"])
  }
}
