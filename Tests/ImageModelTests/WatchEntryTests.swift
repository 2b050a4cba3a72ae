import ImageModel
import Testing

@Suite struct WatchEntryTests {
  private func entry(_ tag: String, interval: Int = 60, sinks: [String] = ["out"]) -> WatchEntry {
    WatchEntry(
      tag: TagReference(domain: "r.example", path: "team/application", tag: tag), pinned: nil,
      intervalSeconds: interval, selection: .all, sinks: sinks, unreachableAfterSeconds: 3_600, labels: ["a": "b"],
      line: 3)
  }

  @Test func sharingChangesNothing() {
    var (like, unlike) = (entry("1"), entry("2", interval: 90))
    let (likeBefore, unlikeBefore) = (like, unlike)
    like.share(entry("0"))
    unlike.share(entry("0"))
    #expect(like == likeBefore && like.hashValue == likeBefore.hashValue)
    #expect(unlike == unlikeBefore && unlike.intervalSeconds == 90)
  }

  @Test func sinksOfOneAreNotThoseOfTheOther() {
    var (first, second) = (entry("1"), entry("2"))
    second.share(first)
    first.sinks = ["other"]
    #expect(second.sinks == ["out"] && first.sinks == ["other"])
    #expect(first.labels == ["a": "b"] && first.intervalSeconds == 60)
  }

  /// There may be a million.
  @Test func itIsSmall() { #expect(MemoryLayout<WatchEntry>.size <= 64) }
}
