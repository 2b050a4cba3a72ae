import Drift
import ImageModel
import Testing

struct RollbackTests {
  @Test func namesThePlatformsThatWentBack() throws {
    let before = Sample.index(1, image(amd64, 1), image(arm64, 2))
    let after = Sample.index(2, image(amd64, 3), image(arm64, 4))
    let change = try #require(
      before.change(to: after) { platform, id in
        platform == arm64 && id == digest(4) ? PastUse(lastCurrent: second(9), digest: digest(77)) : nil
      })
    #expect(
      change.rollback == [
        ChangeEvent.Rollback(platform: arm64, imageID: digest(4), lastCurrent: second(9), digest: digest(77))
      ])
  }

  @Test func namesThePlatformsThatCameBack() throws {
    let before = Sample.index(1, image(amd64, 1))
    let after = Sample.index(2, image(amd64, 1), image(arm64, 2))
    let change = try #require(
      before.change(to: after) { platform, id in
        platform == arm64 && id == digest(2) ? PastUse(lastCurrent: second(9), digest: digest(77)) : nil
      })
    #expect(change.type == .platformAdded)
    #expect(change.rollback?.map(\.platform) == [arm64])
    #expect(change.rollback?.map(\.imageID) == [digest(2)])
    #expect(change.isReturn)
  }

  /// An artifact has no image ID to be told by.
  @Test func anArtifactThatWentBackIsKnownByItsManifest() throws {
    let before = Sample.single(1, image(nil, nil, manifest: 1))
    let after = Sample.single(2, image(nil, nil, manifest: 2))
    let change = try #require(
      before.change(to: after) { platform, id in
        platform == nil && id == digest(2) ? PastUse(lastCurrent: second(9), digest: digest(2)) : nil
      })
    #expect(change.type == .artifactChanged)
    #expect(
      change.rollback == [
        ChangeEvent.Rollback(platform: nil, imageID: nil, lastCurrent: second(9), digest: digest(2))
      ])
  }

  /// What left does not matter; what is new does.
  @Test(
    arguments: [
      ([image(amd64, 1), image(arm64, 2)], [image(amd64, 3)], [3], true),
      ([image(amd64, 1), image(arm64, 2)], [image(amd64, 3), image(arm64, 4)], [3], false),
      ([image(amd64, 1)], [image(amd64, 3), image(arm64, 4)], [3], false),
      ([image(amd64, 1)], [image(amd64, 3), image(arm64, 4)], [3, 4], true),
      ([image(amd64, 1)], [image(amd64, 3)], [], false),
      ([image(windows, 1), image(windows, 2)], [image(windows, 1)], [], true),
    ] as [([PlatformImage], [PlatformImage], [Int], Bool)])
  func aReturnBringsNothingNew(
    _ before: [PlatformImage], _ after: [PlatformImage], _ past: [Int], _ isReturn: Bool
  ) throws {
    let known = Set(past.map(digest))
    let change = try #require(
      Sample(top: 1, images: before).change(to: Sample(top: 2, images: after)) { _, id in
        known.contains(id) ? PastUse(lastCurrent: second(9), digest: digest(77)) : nil
      })
    #expect(change.type == .imageChanged)
    #expect(change.isReturn == isReturn)
  }

  @Test func asksOnlyAboutWhatIsNotHereAlready() {
    let before = Sample.index(1, image(amd64, 1), image(arm64, 2, manifest: 5), image(riscv, 3))
    let after = Sample.index(
      2, image(amd64, 6), image(arm64, 2, manifest: 7), image(Platform(os: "linux", architecture: "s390x"), 8))
    var asked: [String] = []
    _ = before.change(to: after) { platform, id in
      asked.append("\(platform?.description ?? "?") \(id.short)")
      return nil
    }
    #expect(asked == ["linux/amd64 \(digest(6).short)", "linux/s390x \(digest(8).short)"])
  }

  @Test func asksNothingAtFirstSight() {
    let artifact = Sample.single(2, DriftTests.image(nil, nil, manifest: 2))
    var asked = 0
    let count: (Platform?, Digest) -> PastUse? = { _, _ in
      asked += 1
      return nil
    }
    _ = Drift.content(previous: nil, current: artifact.snapshot, selection: .all, past: count)
    #expect(asked == 0)
  }

  @Test func failsAsTheHistoryFails() {
    struct Broken: Error {}
    #expect(throws: Broken.self) {
      try Sample.index(1, image(amd64, 1)).change(to: .index(2, image(amd64, 2))) { _, _ in throw Broken() }
    }
  }
}
