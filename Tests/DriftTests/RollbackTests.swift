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

  @Test func asksOnlyAboutChangedImages() {
    let before = Sample.index(1, image(amd64, 1), image(arm64, 2, manifest: 5), image(riscv, 3))
    let after = Sample.index(
      2, image(amd64, 6), image(arm64, 2, manifest: 7), image(Platform(os: "linux", architecture: "s390x"), 8))
    var asked: [String] = []
    _ = before.change(to: after) { platform, id in
      asked.append("\(platform?.description ?? "?") \(id.short)")
      return nil
    }
    #expect(asked == ["linux/amd64 \(digest(6).short)"])
  }

  @Test func asksNothingAboutAnArtifactAndAtFirstSight() {
    let image = image(nil, 1)
    let artifact = Sample.single(2, DriftTests.image(nil, nil, manifest: 2))
    var asked = 0
    let count: (Platform?, Digest) -> PastUse? = { _, _ in
      asked += 1
      return nil
    }
    #expect(Sample.single(1, image).change(to: artifact, past: count)?.type == .imageChanged)
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
