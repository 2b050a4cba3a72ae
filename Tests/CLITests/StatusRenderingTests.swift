import Answers
import ImageModel
import TestSupport
import Testing

@testable import History
@testable import watcher

@Suite struct StatusRenderingTests {
  /// With a daemon, before the next checks.
  private static func rendering(isDaemonRunning: Bool = true, now: String = "2026-09-17T21:31:00Z") throws
    -> StatusRendering
  {
    StatusRendering(report: try Samples.statusReport(), now: try Samples.time(now), isDaemonRunning: isDaemonRunning)
  }

  @Test func text() throws {
    #expect(
      try Self.rendering().text(TextFormat(width: 80)) == """
        STATE    TAG                         LAST SUCCESS (UTC)   NEXT CHECK
        ok       amazonlinux:latest          2026-09-17 21:30:05  2026-09-17 21:45:05
            linux/amd64 dddddddddddd  linux/arm64 cccccccccccc
            linux/arm64: no image ID (artifact: application/x\\u{1b})
            not there: linux/s390x
        failing  ghcr.io/example/app:stable  -                    2026-09-17 21:45:05
            dns since 2026-09-17 20:00:00: no such host \\u{1b}[31m(ghcr.io): check the
            name and the DNS
        pending  a.example/b:1               -                    not watched

        SINK     TYPE    STATE     WAITING  FAILED  OLDEST WAITING (UTC)
        journal  stdout  ok              0       0  -
        audit    file    disabled       12       1  2026-09-17 21:30:05

        """)
  }

  @Test func textOnANarrowTerminal() throws {
    let text = try Self.rendering().text(TextFormat(width: 50))
    #expect(
      text.hasPrefix(
        """
        STATE    TAG (times in UTC)
        ok       amazonlinux:latest
            last success 2026-09-17 21:30:05
            next check   2026-09-17 21:45:05
            linux/amd64 dddddddddddd
            linux/arm64 cccccccccccc
            linux/arm64: no image ID (artifact:
            application/x\\u{1b})
            not there: linux/s390x
        failing  ghcr.io/example/app:stable
            last success -
            next check   2026-09-17 21:45:05
            dns since 2026-09-17 20:00:00: no such host
            \\u{1b}[31m(ghcr.io): check the name and the
            DNS

        """))
  }

  /// What nobody will do is not promised; nor is what should have been done already.
  @Test func nextCheckIsNoPromiseWithoutADaemon() throws {
    let stopped = try Self.rendering(isDaemonRunning: false).text(TextFormat(width: 80))
    #expect(!stopped.contains("2026-09-17 21:45:05"))
    #expect(stopped.contains("amazonlinux:latest          2026-09-17 21:30:05  -\n"))
    #expect(stopped.contains("a.example/b:1               -                    not watched\n"))
    #expect(stopped.hasSuffix("\n\nno daemon is running: nothing is checked until 'watcher run' or 'watcher check'\n"))
    let late = try Self.rendering(now: "2026-09-17T21:45:05Z").text(TextFormat(width: 80))
    #expect(!late.contains("2026-09-17 21:45:05"))
    #expect(late.contains("amazonlinux:latest          2026-09-17 21:30:05  due\n"))
    #expect(!late.contains("no daemon"))
  }

  @Test func digestsInFullHaveALineEach() throws {
    let text = try Self.rendering().text(TextFormat(digests: DigestText(isFull: true)))
    #expect(
      text.contains(
        "\n    linux/amd64 \(try Samples.digest("d"))\n    linux/arm64 \(try Samples.digest("c"))\n"
          + "    linux/arm64: no image ID (artifact: application/x\\u{1b})\n    not there: "))
  }

  @Test func nothingToShow() {
    let tag = Samples.tag
    let now = Timestamp(milliseconds: 0)
    let none = StatusRendering(
      report: StatusReport(tags: [], unknown: [], sinks: []), now: now, isDaemonRunning: false)
    #expect(none.text(TextFormat()) == "no tags are watched\n")
    #expect(none.report.json.bytes == Array(#"{"tags":[],"sinks":[]}"#.utf8))
    let unknown = StatusRendering(
      report: StatusReport(tags: [], unknown: [tag], sinks: []), now: now, isDaemonRunning: false)
    #expect(unknown.text(TextFormat()) == "none of these tags is known\n")
  }
}
