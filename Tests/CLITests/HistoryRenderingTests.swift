import Answers
import ImageModel
import TestSupport
import Testing

@testable import History
@testable import watcher

@Suite struct HistoryRenderingTests {
  private static func rendering(
    _ entries: [HistoryEntry], now: String = "2026-09-18T10:20:00Z", interval: Int? = 900, isDaemonRunning: Bool = true
  ) throws -> HistoryRendering {
    HistoryRendering(
      tag: Samples.tag, entries: entries,
      lookout: Lookout(now: try Samples.time(now), intervalSeconds: interval, isDaemonRunning: isDaemonRunning))
  }

  @Test func textFitsATerminal() throws {
    let text = try Self.rendering(Samples.historyEntries()).text(TextFormat(width: 80))
    #expect(
      text == """
        amazonlinux:latest, times in UTC

        2026-09-17 21:30:05 – now (seen 10:15:00)  image changed · rebuilt
          linux/amd64  image dddddddddddd  manifest bbbbbbbbbbbb  created 2026-09-17
          linux/arm64  image eeeeeeeeeeee  manifest cccccccccccc
          index 777777777777

        2026-09-14 23:50:00 – 2026-09-17 21:15:04  deleted  image changed
          rollback to what it was until 2026-09-02 10:00:00 (000000000000)
          linux/amd64               content  image 222222222222  manifest 111111111111
          linux/arm64               rebuilt  image 444444444444  manifest 333333333333
          linux/s390x               -        image 555555555555  manifest 555555555555
          windows/amd64:10.0.20348  removed  image 999999999999  manifest 888888888888
          index 666666666666

        2026-09-01 00:00:00 – 2026-09-14 23:35:00  first seen
          not seen for 3 days from 2026-09-05 08:00:00 on: what was there is not known
          no image ID  manifest 000000000000

        """)
  }

  @Test func aLineForEachEntry() throws {
    let rendering = try Self.rendering(Samples.historyEntries())
    #expect(
      rendering.lines(TextFormat()) == """
        amazonlinux:latest
        FIRST SEEN (UTC)     LAST SEEN                    WHAT                      IMAGE
        2026-09-17 21:30:05  now                          image changed             linux/amd64 dddddddddddd, linux/arm64 eeeeeeeeeeee
        2026-09-14 23:50:00  2026-09-17 21:15:04 deleted  image changed (rollback)  linux/amd64 222222222222, linux/arm64 444444444444, linux/s390x 555555555555
        2026-09-01 00:00:00  2026-09-14 23:35:00          first seen                manifest 000000000000

        """)
    for width in [60, 80, 101, 120, 160] {
      let lines = rendering.lines(TextFormat(width: width)).split(separator: "\n")
      #expect(lines.count == 5)
      #expect(lines.allSatisfy { $0.unicodeScalars.count <= max(width, 76) }, "\(width): \(lines)")
    }
    #expect(rendering.lines(TextFormat(width: 120)).contains("linux/amd64 222222222222 and 2 more\n"))
  }

  @Test func textWithDigestsInFull() throws {
    let format = TextFormat(digests: DigestText(isFull: true))
    let text = try Self.rendering(Samples.historyEntries()).text(format)
    let (image, manifest, index) = (try Samples.digest("d"), try Samples.digest("b"), try Samples.digest("7"))
    #expect(
      text.contains(
        """
         now (seen 10:15:00)  image changed · rebuilt
          linux/amd64  created 2026-09-17
            image     \(image)
            manifest  \(manifest)
          linux/arm64
            image     \(try Samples.digest("e"))
            manifest  \(try Samples.digest("c"))
          index \(index)

        """))
    #expect(text.contains("\n  linux/amd64  content  created 2026-09-14\n    image     "))
    #expect(text.contains("\n  linux/s390x  -\n    image     "))
    #expect(text.contains("\n  windows/amd64:10.0.20348  removed\n    image     \(try Samples.digest("9"))\n"))
    #expect(text.contains("until 2026-09-02 10:00:00\n    \(try Samples.digest("0"))\n"))
  }

  /// Whatever of it is shown: what was before an entry is known without.
  @Test func whatBeganWithoutAnEventIsNamed() throws {
    let image = [try Samples.image(Samples.amd64, "1", "2")]
    func words(_ previous: HistoryEntry.Previous?, _ images: [StoredImage]) throws -> String {
      try Samples.entry("2026-09-03T00:00:00Z", "2026-09-03T00:00:00Z", "6", nil, images, after: previous).words
    }
    #expect(try words(Samples.previous(ended: .deleted), image) == "restored")
    #expect(try words(Samples.previous("5"), image) == "moved")
    let sha512 = HistoryEntry.Previous(
      id: 1, ended: nil, digest: Digest(.sha512, bytes: [UInt8](repeating: 1, count: 64)))
    #expect(try words(sha512, image) == "the same, named by sha256")
    let moved = [try Samples.image(Samples.amd64, "1", "2", .content)]
    #expect(try words(sha512, moved) == "moved", "and by another algorithm as well")
  }

  @Test func eachStateThatItIsBackAtIsNamed() throws {
    func rollback(_ platform: Platform, _ image: String, _ top: String) throws -> HistoryEntry.Rollback {
      .init(
        platform: platform, imageID: try Samples.digest(image),
        lastCurrent: try Samples.time("2026-09-0\(top)T00:00:00Z"),
        digest: try Samples.digest(top))
    }
    func text(_ rollbacks: [HistoryEntry.Rollback]) throws -> String {
      try Self.rendering([
        Samples.entry(
          "2026-09-17T21:30:05Z", "2026-09-18T10:15:00Z", isCurrent: true, "7", .imageChanged,
          [Samples.image(Samples.amd64, "1", "2", .content), Samples.image(Samples.arm64, "3", "4", .content)],
          after: Samples.previous(), rollbacks: rollbacks)
      ]).text(TextFormat(width: 80))
    }
    #expect(
      try text([rollback(Samples.amd64, "2", "1"), rollback(Samples.arm64, "4", "1")]).contains(
        "\n  rollback to what it was until 2026-09-01 00:00:00 (111111111111)\n  linux/amd64  image"))
    #expect(
      try text([rollback(Samples.amd64, "2", "1"), rollback(Samples.arm64, "4", "3")]).contains(
        """

          rollback of linux/amd64 to what it was until
          2026-09-01 00:00:00 (111111111111)
          rollback of linux/arm64 to what it was until
          2026-09-03 00:00:00 (333333333333)

        """))
  }

  @Test(
    arguments: [
      ("2026-09-18T10:20:00Z", 900, true, "– now (seen 10:15:00)  image changed\n  linux/amd64"),
      ("2026-09-19T10:20:00Z", 900, true, "– ? (seen 2026-09-18 10:15:00)  image changed\n  not seen for 24 hours: "),
      ("2026-09-18T10:45:00Z", 900, false, "– now (seen 10:15:00)"),
      (
        "2026-09-18T11:01:00Z", 900, false,
        "– ? (seen 10:15:00)  image changed\n  not looked at for 46 minutes: no daemon"
      ),
      ("2026-09-19T10:20:00Z", 86_400, false, "– now (seen 2026-09-18 10:15:00)"),
      ("2026-09-18T10:24:59Z", 10, false, "– now (seen 10:15:00)"),
      ("2026-09-28T10:24:59Z", nil, true, "  not looked at for 10 days: it is not watched\n"),
    ] as [(String, Int?, Bool, String)])
  func aStateThatNobodyLooksAtMayBeOver(now: String, interval: Int?, isRunning: Bool, words: String) throws {
    let entry = try Samples.entry(
      "2026-09-17T21:30:05Z", "2026-09-18T10:15:00Z", isCurrent: true, "7", .imageChanged,
      [Samples.image(Samples.amd64, "1", "2")], after: Samples.previous())
    let text = try Self.rendering([entry], now: now, interval: interval, isDaemonRunning: isRunning)
      .text(TextFormat(width: 80))
    #expect(text.contains(words), "\(text)")
  }

  private static let known = "what was there is not known"

  private static func gap(_ from: String, _ to: String) throws -> ObservationGap {
    ObservationGap(from: try Samples.time(from), to: try Samples.time(to))
  }

  @Test func aGapIsShownBetweenStates() throws {
    let entry = try Samples.entry(
      "2026-09-17T21:31:00Z", "2026-09-18T10:15:00Z", isCurrent: true, "7", .imageChanged, [])
    let first = try Samples.entry(
      "2026-09-01T00:00:00Z", "2026-09-14T21:15:04Z", "6", .tagFirstSeen, [],
      gaps: [Self.gap("2026-09-14T21:15:04Z", "2026-09-17T21:31:00Z")])
    let text = try Self.rendering([entry, first]).text(TextFormat(width: 80))
    #expect(text.contains("\n\n  not seen for 3 days: \(Self.known)\n\n2026-09-01 "), "\(text)")
  }

  /// Of many the newest, and the one that is asked for.
  @Test func gapsAreShownWithinAState() throws {
    let days = [17, 12, 11, 8, 6].map { ($0 < 10 ? "0" : "") + "\($0)" }
    let entry = try Samples.entry(
      "2026-09-01T00:00:00Z", "2026-09-18T10:15:00Z", isCurrent: true, "7", .tagFirstSeen, [],
      gaps: days.map { try Self.gap("2026-09-\($0)T01:00:00Z", "2026-09-\($0)T23:00:00Z") })
    func line(_ day: String) -> String {
      "  not seen for 22 hours from 2026-09-\(day) 01:00:00 on: \(Self.known)\n"
    }
    var rendering = try Self.rendering([entry])
    let text = rendering.text(TextFormat())
    let shown = days[..<3].map(line).joined()
    #expect(
      text.contains(
        "(seen 10:15:00)  first seen\n\(shown)  not seen for long: 2 more times since 2026-09-06 01:00:00\n"),
      "\(text)")
    rendering.at = try Samples.time("2026-09-08T12:00:00Z")
    let asked = rendering.text(TextFormat())
    let held = line("08").replacing(" on:", with: " on, also at 2026-09-08 12:00:00:")
    #expect(asked.contains("\(shown)\(held)  not seen for long: 1 more time since"), "\(asked)")
  }

  @Test func nothingInRange() throws {
    let rendering = try Self.rendering([])
    #expect(rendering.text(TextFormat()) == "amazonlinux:latest, nothing recorded\n")
    #expect(
      HistoryAnswer(tag: Samples.tag, entries: []).json.bytes
        == Array(#"{"tag":"docker.io/library/amazonlinux:latest","entries":[]}"#.utf8))
  }

  /// As `status` has it, where there never was anything to see.
  @Test func nothingWithTheReason() throws {
    var rendering = try Self.rendering([])
    rendering.state = TagState()
    #expect(rendering.text(TextFormat()) == "amazonlinux:latest, nothing recorded\n  it was not checked yet\n")
    rendering.state?.lastChecked = try Samples.time("2026-09-18T10:15:00Z")
    rendering.state?.failingSince = try Samples.time("2026-09-17T20:00:00Z")
    rendering.state?.failure = CheckFailure(.dns, "no such host (h)", remedy: "check the name")
    #expect(
      rendering.lines(TextFormat()) == """
        amazonlinux:latest, nothing recorded, times in UTC
          since 2026-09-17 20:00:00, now dns: no such host (h): check the name

        """)
    rendering.state?.lastSuccess = try Samples.time("2026-09-17T19:00:00Z")
    #expect(rendering.text(TextFormat()) == "amazonlinux:latest, nothing recorded\n", "it is left out")

    var idle = try Self.rendering([], isDaemonRunning: false)
    idle.state = TagState()
    #expect(idle.text(TextFormat()).hasSuffix("\n  it was not checked yet: no daemon is running\n"))
  }

  @Test func nothingForAPlatform() throws {
    var rendering = try Self.rendering([])
    rendering.platforms = [Samples.amd64, Samples.arm64]
    #expect(
      rendering.text(TextFormat())
        == "amazonlinux:latest, nothing recorded for linux/amd64, linux/arm64\n")
    #expect(
      HistoryAnswer(tag: Samples.tag, entries: []).json.bytes
        == Array(#"{"tag":"docker.io/library/amazonlinux:latest","entries":[]}"#.utf8))
  }

  /// What its registry names is another one, of which no more is known yet.
  @Test func aStateThatIsKnownToBeOverIsNotNow() throws {
    var rendering = try Self.rendering(Samples.historyEntries())
    let moved = MovedTag(digest: try Samples.digest("7"), mediaType: .ociIndex)
    var state = TagState()
    state.moved = PendingMove(to: moved, since: try Samples.time("2026-09-18T10:16:00Z"))
    rendering.state = state
    let text = rendering.text(TextFormat(width: 200))
    #expect(text.contains("2026-09-17 21:30:05 – 2026-09-18 10:15:00  moved  image changed · rebuilt\n"))
    #expect(
      text.contains(
        "\n  moved to 777777777777 since 2026-09-18 10:16:00; details are pending, for its registry allows no pull now\n"
      ))
    #expect(!text.contains("– now"))
  }

  /// Neither an image's words nor those of a registry reach the terminal as they are.
  @Test func foreignTextIsSafe() throws {
    let entry = try Samples.entry(
      "2026-09-01T00:00:00Z", "2026-09-01T00:00:00Z", "6", .tagFirstSeen,
      [try Samples.image(Samples.amd64, "1", "2", created: "\u{1b}]52;c;x\u{7}")])
    let tag = TagReference(domain: "a.b", path: "x\u{202e}y", tag: "\u{9b}1")
    let text = HistoryRendering(
      tag: tag, entries: [entry], lookout: Lookout(now: entry.lastSeen, intervalSeconds: nil)
    ).text(TextFormat())
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "–" || $0 == "·" || (0x20..<0x7f).contains($0.value) })
  }
}
