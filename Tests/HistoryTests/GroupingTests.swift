import ImageModel
import TestSupport
import Testing

@testable import History

/// One snapshot of a table, written as `amd64=10 arm64=20`: platforms and image ids. `-` is an unknown platform,
/// an id of 0 is an artifact's, `!` at the end says that the tag was deleted after it.
private func states(_ texts: [String]) -> [StoredSnapshot] {
  texts.enumerated().map { index, text in
    let words = text.split(separator: " ").filter { $0 != "!" }
    let images = words.enumerated().map { position, word in
      let parts = word.split(separator: "=").map(String.init)
      let id = UInt8(parts[1]) ?? 0
      return StoredImage(
        platform: parts[0] == "-" ? nil : Platform(os: "linux", architecture: parts[0]),
        manifest: digest(UInt8(100 + 10 * index + position)), manifestSize: 1, imageID: id == 0 ? nil : digest(id),
        configSize: nil, created: nil, changeClass: index == 0 ? .added : .content)
    }
    return StoredSnapshot(
      id: SnapshotID(rawValue: Int64(index + 1)), digest: digest(UInt8(index + 1)), mediaType: .ociIndex, size: 1,
      firstSeen: time(Int64(index * 100)), lastSeen: time(Int64(index * 100 + 50)),
      ended: text.hasSuffix("!") ? .deleted : nil,
      event: index == 0 ? .tagFirstSeen : .imageChanged, images: images)
  }
}

/// What a query gets of these states, the oldest of which comes first.
private func entries(_ states: [StoredSnapshot], _ query: HistoryQuery) -> [HistoryEntry] {
  var rest = states[...]
  let part = HistoryPart(newest: states.last?.id ?? 0, last: states.last?.id ?? 0, oldest: .lowest)
  return EntryGrouping.entries(query, in: part) { rest.popLast() }
}

/// Entries as `first-last` in seconds and the number of the snapshot that gave the digest; `*` marks the current.
private func summary(_ entries: [HistoryEntry]) -> [String] {
  entries.map { entry in
    func seconds(_ at: Timestamp) -> Int64 { (at.milliseconds - time(0).milliseconds) / 1_000 }
    let number = (1...9).first { digest(UInt8($0)) == entry.digest } ?? 0
    return "\(seconds(entry.firstSeen))-\(seconds(entry.lastSeen)) #\(number)"
      + (entry.isCurrent ? "*" : "") + (entry.ended == nil ? "" : "!")
  }
}

@Suite struct GroupingTests {
  private struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let states: [String]
    var platforms: [String] = []
    var all = false
    let expected: [String]
    var testDescription: String { name }
  }

  private static let cases = [
    Case(name: "no snapshot", states: [], expected: []),
    Case(name: "the first state is an entry", states: ["amd64=10"], expected: ["0-50 #1*"]),
    Case(
      name: "another image is another entry", states: ["amd64=10", "amd64=11"], expected: ["100-150 #2*", "0-50 #1"]),
    Case(name: "equal image ids are one entry", states: ["amd64=10", "amd64=10"], expected: ["0-150 #2*"]),
    Case(
      name: "all shows every snapshot", states: ["amd64=10", "amd64=10"], all: true,
      expected: ["100-150 #2*", "0-50 #1"]),
    Case(
      name: "only consecutive ones are joined", states: ["amd64=10", "amd64=11", "amd64=10"],
      expected: ["200-250 #3*", "100-150 #2", "0-50 #1"]),
    Case(
      name: "the order of platforms does not count", states: ["amd64=10 arm64=20", "arm64=20 amd64=10"],
      expected: ["0-150 #2*"]),
    Case(
      name: "one platform of two is a change", states: ["amd64=10 arm64=20", "amd64=10 arm64=21"],
      expected: ["100-150 #2*", "0-50 #1"]),
    Case(
      name: "a change of another platform is none of the chosen", states: ["amd64=10 arm64=20", "amd64=10 arm64=21"],
      platforms: ["linux/amd64"], expected: ["0-150 #2*"]),
    Case(
      name: "a platform that left separates", states: ["amd64=10 arm64=20", "amd64=10", "amd64=10 arm64=20"],
      platforms: ["linux/arm64"], expected: ["200-250 #3*", "0-50 #1"]),
    Case(
      name: "a chosen platform that is gone has no current entry", states: ["amd64=10 arm64=20", "amd64=10"],
      platforms: ["linux/arm64"], expected: ["0-50 #1"]),
    Case(
      name: "a platform that was never there", states: ["amd64=10"], platforms: ["linux/s390x"], expected: []),
    Case(name: "a platform added", states: ["amd64=10", "amd64=10 arm64=20"], expected: ["100-150 #2*", "0-50 #1"]),
    Case(name: "a deletion ends the entry", states: ["amd64=10 !"], expected: ["0-50 #1!"]),
    Case(
      name: "a return starts a new one, the same image too", states: ["amd64=10 !", "amd64=10"],
      expected: ["100-150 #2*", "0-50 #1!"]),
    Case(
      name: "the end belongs to the last of the run", states: ["amd64=10", "amd64=10 !", "amd64=11"],
      expected: ["200-250 #3*", "0-150 #2!"]),
    Case(name: "an unknown platform that became known", states: ["-=10", "amd64=10"], expected: ["0-150 #2*"]),
    Case(
      name: "an unknown platform is always chosen", states: ["-=10", "amd64=11"], platforms: ["linux/arm64"],
      expected: ["0-50 #1"]),
    Case(
      name: "without image ids the manifests count", states: ["-=0", "-=0"], expected: ["100-150 #2*", "0-50 #1"]),
  ]

  @Test(arguments: cases) private func grouped(_ test: Case) {
    var query = HistoryQuery()
    query.platforms = test.platforms.compactMap(Platform.init)
    query.all = test.all
    #expect(summary(entries(states(test.states), query)) == test.expected)
  }

  private static let three = ["amd64=10", "amd64=11", "amd64=12"]

  private struct Window: Sendable, CustomTestStringConvertible {
    var since: Int64?
    var until: Int64?
    var at: Int64?
    var limit: Int?
    let expected: [String]
    var testDescription: String { "since \(since ?? -1) until \(until ?? -1) at \(at ?? -1) limit \(limit ?? -1)" }
  }

  private static let windows = [
    Window(since: 50, expected: ["200-250 #3*", "100-150 #2", "0-50 #1"]),
    Window(since: 99, expected: ["200-250 #3*", "100-150 #2", "0-50 #1"]),
    Window(since: 100, expected: ["200-250 #3*", "100-150 #2"]),
    Window(since: 999, expected: ["200-250 #3*"]),
    Window(since: 1_000_000_000_000, expected: []),
    Window(since: 60, until: 70, expected: ["0-50 #1"]),
    Window(until: 99, expected: ["0-50 #1"]),
    Window(until: 100, expected: ["100-150 #2", "0-50 #1"]),
    Window(since: 120, until: 130, expected: ["100-150 #2"]),
    Window(at: -1, expected: []),
    Window(at: 0, expected: ["0-50 #1"]),
    Window(at: 99, expected: ["0-50 #1"]),
    Window(at: 100, expected: ["100-150 #2"]),
    Window(at: 9_999, expected: ["200-250 #3*"]),
    Window(limit: 2, expected: ["200-250 #3*", "100-150 #2"]),
    Window(limit: 0, expected: []),
    Window(until: 100, limit: 1, expected: ["100-150 #2"]),
  ]

  @Test(arguments: windows) private func windowed(_ test: Window) {
    var query = HistoryQuery()
    query.since = test.since.map(time)
    query.until = test.until.map(time)
    query.at = test.at.map(time)
    query.limit = test.limit
    #expect(summary(entries(states(Self.three), query)) == test.expected)
  }

  @Test func anEntryShowsHowItBeganAndHowItIs() {
    let found = entries(states(["amd64=10", "amd64=11", "amd64=11"]), HistoryQuery())
    #expect(found.map(\.event) == [.imageChanged, .tagFirstSeen])
    #expect(found[0].platforms.map(\.changeClass) == [.content])
    #expect(found[0].platforms.map(\.manifest) == [digest(120)], "the manifest is the last one's")
    #expect(found[1].platforms.map(\.changeClass) == [.added])
  }

  @Test func aVersionThatWasNotAskedForMatchesAny() {
    let windows = Platform(os: "windows", architecture: "amd64", osVersion: "10.0.20348")
    let stored = StoredImage(
      platform: windows, manifest: digest(1), manifestSize: 1, imageID: digest(2), configSize: nil, created: nil,
      changeClass: nil)
    let state = StoredSnapshot(
      id: 1, digest: digest(1), mediaType: .ociIndex, size: 1, firstSeen: time(0), lastSeen: time(0), ended: nil,
      event: nil, images: [stored])
    var query = HistoryQuery()
    query.platforms = [Platform(os: "windows", architecture: "amd64")]
    #expect(entries([state], query).count == 1)
  }
}
