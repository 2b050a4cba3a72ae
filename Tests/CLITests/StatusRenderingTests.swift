import Answers
import ImageModel
import TestSupport
import Testing

@testable import History
@testable import watcher

@Suite struct StatusRenderingTests {
  private static func status(
    _ tag: TagReference, isWatched: Bool = true, selection: PlatformSelection = .all, images: [StoredImage] = [],
    _ change: (inout TagState) throws -> Void
  ) throws -> TagStatus {
    var state = TagState()
    state.nextCheck = try Samples.time("2026-09-17T21:45:05Z")
    try change(&state)
    let record = TagRecord(
      id: 1, tag: tag, isWatched: isWatched, selection: selection, intervalSeconds: 900, state: state)
    let time = try Samples.time("2026-09-17T21:30:05.123Z")
    let snapshot = StoredSnapshot(
      id: 1, digest: try Samples.digest("7"), mediaType: .ociIndex, size: 1, firstSeen: time, lastSeen: time,
      ended: nil,
      event: nil, images: images)
    return TagStatus(record: record, current: images.isEmpty ? nil : snapshot)
  }

  /// With a daemon, before the next checks.
  private static func rendering(isDaemonRunning: Bool = true, now: String = "2026-09-17T21:31:00Z") throws
    -> StatusRendering
  {
    StatusRendering(report: try report(), now: try Samples.time(now), isDaemonRunning: isDaemonRunning)
  }

  private static func report() throws -> StatusReport {
    let ok = try status(
      Samples.tag, selection: .only([Samples.amd64, Samples.arm64, Platform(os: "linux", architecture: "s390x")]),
      images: [
        try Samples.image(Samples.amd64, "b", "d"),
        try Samples.image(Samples.arm64, "c", nil, artifactType: "application/x\u{1b}"),
      ]
    ) { state in
      state.lastChecked = try Samples.time("2026-09-17T21:30:05.123Z")
      state.lastSuccess = state.lastChecked
      state.lastMove = try Samples.time("2026-09-14T23:50:00Z")
    }
    let failing = try status(Samples.app) { state in
      state.lastChecked = try Samples.time("2026-09-17T21:30:06Z")
      state.failingSince = try Samples.time("2026-09-17T20:00:00Z")
      state.failure = CheckFailure(.dns, "no such host \u{1b}[31m(ghcr.io)", remedy: "check the name and the DNS")
      state.failures = 2
    }
    let pending = try status(TagReference(domain: "a.example", path: "b", tag: "1"), isWatched: false) { _ in }
    return StatusReport(
      tags: [ok, failing, pending], unknown: [],
      sinks: [
        SinkStatus(name: "journal", type: "stdout", state: .ok, waiting: 0, failed: 0, oldestWaiting: nil),
        SinkStatus(
          name: "audit", type: "file", state: .disabled, waiting: 12, failed: 1,
          oldestWaiting: try Samples.time("2026-09-17T21:30:05Z")),
      ])
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

  @Test func json() throws {
    func digest(_ text: String) throws -> Digest { try Samples.digest(text) }
    #expect(
      String(decoding: try Self.report().json.bytes, as: UTF8.self) == """
        {"tags":[{"tag":"docker.io/library/amazonlinux:latest","state":"ok","digest":"\(try digest("7"))","platforms":[\
        {"platform":"linux/amd64","manifest":"\(try digest("b"))","image_id":"\(try digest("d"))"},\
        {"platform":"linux/arm64","manifest":"\(try digest("c"))","image_id":null}],\
        "missing_platforms":["linux/s390x"],"last_checked":"2026-09-17T21:30:05.123Z",\
        "last_changed":"2026-09-14T23:50:00.000Z","next_check":"2026-09-17T21:45:05.000Z","failing_since":null,\
        "error":null},\
        {"tag":"ghcr.io/example/app:stable","state":"failing","digest":null,"platforms":[],"missing_platforms":[],\
        "last_checked":"2026-09-17T21:30:06.000Z","last_changed":null,"next_check":"2026-09-17T21:45:05.000Z",\
        "failing_since":"2026-09-17T20:00:00.000Z",\
        "error":{"code":"dns","message":"no such host \\\\u{1b}[31m(ghcr.io): check the name and the DNS"}},\
        {"tag":"a.example/b:1","state":"pending","digest":null,"platforms":[],"missing_platforms":[],\
        "last_checked":null,"last_changed":null,"next_check":null,"failing_since":null,"error":null}],\
        "sinks":[{"name":"journal","type":"stdout","state":"ok","waiting":0,"failed":0,"oldest_waiting":null},\
        {"name":"audit","type":"file","state":"disabled","waiting":12,"failed":1,\
        "oldest_waiting":"2026-09-17T21:30:05.000Z"}]}
        """)
  }
}
