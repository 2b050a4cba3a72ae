import Answers
import ImageModel
import Service
import TestSupport
import Testing

@testable import watcher

@Suite struct CheckRenderingTests {
  private static func report(_ results: [CheckReport.Result], seconds: Double = 2.41) -> CheckReport {
    CheckReport(results: results, pollingSeconds: seconds)
  }

  private static func text(_ results: [CheckReport.Result], _ format: TextFormat = TextFormat()) throws -> [String] {
    try CheckText(format: format).text(report(results))
      .split(separator: "\n").map(String.init)
  }

  @Test func linePerTagAndSummary() throws {
    let changes = [
      try Samples.change(Samples.amd64, .rebuilt, from: ("1", "a"), to: ("2", "b")),
      try Samples.change(Samples.arm64, .content, from: ("3", "c"), to: ("4", "d")),
    ]
    let new = try ["5", "6", "7", "8"].map {
      try Samples.change(Platform(os: "linux", architecture: "a" + $0), .added, from: nil, to: ($0, $0))
    }
    let results = [
      CheckReport.Result(tag: Samples.tag, outcome: .changed, events: [try Samples.event(.imageChanged, changes)]),
      .init(tag: Samples.app, outcome: .unchanged, events: []),
      .init(tag: Samples.app, outcome: .firstSeen, events: [try Samples.event(.tagFirstSeen, new)]),
      .init(
        tag: Samples.app, outcome: .failed(CheckFailure(.dns, "no such host\u{1b}[1m (ghcr.io)", remedy: "wait")),
        events: []),
    ]
    #expect(
      try Self.text(results) == [
        "changed     amazonlinux:latest          linux/amd64 rebuilt aaaaaaaaaaaa -> bbbbbbbbbbbb, "
          + "linux/arm64 content cccccccccccc -> dddddddddddd",
        "unchanged   ghcr.io/example/app:stable",
        "first seen  ghcr.io/example/app:stable  linux/a5 555555555555, linux/a6 666666666666, 2 more",
        "failed      ghcr.io/example/app:stable  dns: no such host\\u{1b}[1m (ghcr.io): wait",
        "checked 4 tags in 2.41 s (2/s): 1 first seen, 1 unchanged, 1 changed, 1 failed",
      ])
  }

  @Test func ofATagThatIsNotWatchedThatIsSaid() throws {
    let failure = CheckFailure(.tagMissing, "the registry does not have it", remedy: "check the spelling")
    let lines = try Self.text([
      .init(tag: Samples.app, outcome: .unchanged, isWatched: false, events: []),
      .init(tag: Samples.app, outcome: .failed(failure), isWatched: false, events: []),
    ])
    #expect(
      lines.prefix(2) == [
        "unchanged   ghcr.io/example/app:stable  not on the watchlist",
        "failed      ghcr.io/example/app:stable  not on the watchlist; tag_missing: the registry does not have it: "
          + "check the spelling",
      ])
  }

  @Test func quietIsSilentOfWhatIsAsItWas() throws {
    let quiet = CheckText(format: TextFormat(), isQuiet: true)
    let calm: [CheckReport.Result] = [
      .init(tag: Samples.app, outcome: .unchanged, events: []),
      .init(tag: Samples.tag, outcome: .firstSeen, events: []),
    ]
    #expect(try quiet.text(Self.report(calm)).isEmpty)
    let moved = CheckReport.Result(tag: Samples.app, outcome: .changed, isWithheld: true, events: [])
    let lines = try quiet.text(Self.report(calm + [moved])).split(separator: "\n")
    #expect(
      lines == [
        "changed     ghcr.io/example/app:stable  moved to and fro, which is told when it has been quiet",
        "checked 3 tags in 2.41 s (1/s): 1 first seen, 1 unchanged, 1 changed, 0 failed",
      ])
  }

  @Test func anUnannouncedMoveAndATagWithoutPlatforms() throws {
    let lines = try Self.text([
      .init(tag: Samples.app, outcome: .changed, isWithheld: true, events: []),
      .init(tag: Samples.tag, outcome: .firstSeen, events: [try Samples.event(.tagFirstSeen, [])]),
    ])
    #expect(
      lines.prefix(2) == [
        "changed     ghcr.io/example/app:stable  moved to and fro, which is told when it has been quiet",
        "first seen  amazonlinux:latest          none of the watched platforms is there",
      ])
  }

  @Test(
    arguments: [
      (.content, "amazonlinux:latest  content aaaaaaaaaaaa -> bbbbbbbbbbbb"),
      (.repacked, "amazonlinux:latest  repacked manifest 111111111111 -> manifest 222222222222"),
      (.added, "amazonlinux:latest  added bbbbbbbbbbbb"),
      (.removed, "amazonlinux:latest  removed aaaaaaaaaaaa"),
    ] as [(ChangeClass, String)])
  func imageWithoutPlatform(changeClass: ChangeClass, words: String) throws {
    let change = try Samples.change(nil, changeClass, from: ("1", "a"), to: ("2", "b"))
    let event = try Samples.event(.imageChanged, [change])
    let lines = try Self.text([.init(tag: Samples.tag, outcome: .changed, events: [event])])
    #expect(lines.first == "changed     " + words)
  }

  @Test func anArtifactsManifestsAreNamed() throws {
    let change = try Samples.change(nil, .content, from: ("1", nil), to: ("2", nil))
    let lines = try Self.text([
      .init(tag: Samples.tag, outcome: .changed, events: [try Samples.event(.artifactChanged, [change])])
    ])
    #expect(lines.first == "changed     amazonlinux:latest  content manifest 111111111111 -> manifest 222222222222")
  }

  /// An artifact has no image ID; its manifest stands for it.
  @Test func manifestWhereThereIsNoImageID() throws {
    let change = try Samples.change(Samples.amd64, .content, from: ("1", nil), to: ("2", "b"))
    let lines = try Self.text([
      .init(tag: Samples.tag, outcome: .changed, events: [try Samples.event(.imageChanged, [change])])
    ])
    #expect(lines.first?.hasSuffix("linux/amd64 content manifest 111111111111 -> bbbbbbbbbbbb") == true)
  }

  @Test func eventsWithoutChangesAreNamed() throws {
    let events = [try Samples.event(.tagRestored), try Samples.event(.indexChanged)]
    let lines = try Self.text([
      .init(tag: Samples.tag, outcome: .changed, events: events),
      .init(
        tag: Samples.tag, outcome: .failed(CheckFailure(.tagMissing, "gone")),
        events: [try Samples.event(.tagDeleted)]),
    ])
    #expect(lines[0] == "changed     amazonlinux:latest  restored; index changed")
    #expect(lines[1] == "failed      amazonlinux:latest  deleted; tag_missing: gone")
  }

  @Test func failuresGoBelowWhereTheLineIsTooNarrow() throws {
    let failure = CheckFailure(
      .tagMissing, "ghcr.io answered 404 MANIFEST_UNKNOWN (manifest unknown)",
      remedy: "the tag was deleted or was never there; check the spelling")
    let results = [
      CheckReport.Result(tag: Samples.app, outcome: .failed(failure), events: []),
      .init(tag: Samples.tag, outcome: .failed(CheckFailure(.dns, "no such host")), events: []),
    ]
    #expect(
      try Self.text(results, TextFormat(width: 80)).prefix(4) == [
        "failed      ghcr.io/example/app:stable",
        "    tag_missing: ghcr.io answered 404 MANIFEST_UNKNOWN (manifest unknown): the",
        "    tag was deleted or was never there; check the spelling",
        "failed      amazonlinux:latest          dns: no such host",
      ])
    let columns = 12 + 26 + 2 + 13 + failure.message.count
    #expect(try Self.text(results, TextFormat(width: columns)).first?.count == columns)
    #expect(try Self.text(results, TextFormat(width: columns - 1)).first == "failed      ghcr.io/example/app:stable")
    #expect(try Self.text(results).first?.count == columns)
  }

  /// Scripts and benchmarks read this line.
  @Test func summaryIsExact() {
    let tags = Array(repeating: CheckOutcome.unchanged, count: 99_990)
    let outcomes =
      tags + Array(repeating: .firstSeen, count: 3) + Array(repeating: .changed, count: 5)
      + Array(repeating: .failed(CheckFailure(.dns, "x")), count: 2)
    let report = Self.report(outcomes.map { .init(tag: Samples.tag, outcome: $0, events: []) })
    #expect(
      CheckText.summary(report)
        == "checked 100000 tags in 2.41 s (41494/s): 3 first seen, 99990 unchanged, 5 changed, 2 failed")
  }

  @Test(
    arguments: [
      (0.0, "in 0.00 s (1000/s)"), (0.004, "in 0.00 s (250/s)"), (0.999, "in 1.00 s (1/s)"), (1.05, "in 1.05 s (1/s)"),
      (61.5, "in 61.50 s (0/s)"),
    ])
  func summaryOfAnyTime(seconds: Double, words: String) {
    let report = Self.report([.init(tag: Samples.tag, outcome: .unchanged, events: [])], seconds: seconds)
    #expect(CheckText.summary(report).hasPrefix("checked 1 tag \(words): "))
    #expect(CheckText.summary(Self.report([])).hasPrefix("checked 0 tags in 2.41 s (0/s)"))
  }

  @Test func colourGoesToOutcomes() throws {
    let lines = try Self.text(
      [.init(tag: Samples.tag, outcome: .changed, events: [])], TextFormat(style: Style(isOn: true)))
    #expect(lines.first == "\u{1b}[33mchanged\u{1b}[0m     amazonlinux:latest")
  }

  @Test(
    arguments: [
      ([.unchanged], true, nil), ([.changed], false, nil), ([.changed], true, .changesFound),
      ([.firstSeen], true, nil), ([.changed, .failed(CheckFailure(.dns, "x"))], true, .someFailed),
      ([.failed(CheckFailure(.dns, "x"))], false, .someFailed), ([], true, nil),
    ] as [([CheckOutcome], Bool, CommandStatus?)])
  func exitStatus(outcomes: [CheckOutcome], wantsExitCode: Bool, expected: CommandStatus?) {
    let report = Self.report(outcomes.map { .init(tag: Samples.tag, outcome: $0, events: []) })
    #expect(CheckCommand.status(report, wantsExitCode: wantsExitCode) == expected)
  }
}
