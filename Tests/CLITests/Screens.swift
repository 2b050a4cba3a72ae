import Answers
import Containers
import ImageModel
import Service
import TestSupport
import Testing

@testable import History
@testable import watcher

/// What is shown in `screens`: the same few tags, everywhere something that is well and much that is not.
enum Screens {
  struct Screen: CustomTestStringConvertible {
    let name: String
    let text: @Sendable (TextFormat) throws -> String
    var testDescription: String { name }
  }

  static let all = [
    Screen(name: "status") { try status().text($0) },
    Screen(name: "status-without-daemon") { try status(isDaemonRunning: false).text($0) },
    Screen(name: "history") { try history().text($0) },
    Screen(name: "history-oneline") { try history().lines($0) },
    Screen(name: "events") { format in
      let text = EventText(format: format)
      return try text.heading + events().map { try text.text($0) }.joined()
    },
    Screen(name: "drift") { try drift().text($0) },
    Screen(name: "check") { try CheckText(format: $0).text(check()) },
  ]

  private static let windows = Platform(os: "windows", architecture: "amd64", osVersion: "10.0.20348.2700")
  private static let gone = CheckFailure(
    .tagMissing, "ghcr.io answered 404 MANIFEST_UNKNOWN (manifest unknown)",
    remedy: "the tag was deleted or was never there; check the spelling")

  private static func status(isDaemonRunning: Bool = true) throws -> StatusRendering {
    let sample = try Samples.statusReport()
    let deleted = try Samples.status(TagReference(domain: "ghcr.io", path: "example/app", tag: "v1")) { state in
      state.lastSuccess = try Samples.time("2026-09-17T21:00:05Z")
      state.missingSince = try Samples.time("2026-09-17T21:15:05Z")
      state.missingCount = 2
      state.failingSince = state.missingSince
      state.failure = gone
    }
    let report = StatusReport(
      tags: sample.tags + [deleted], unknown: [], sinks: sample.sinks, database: sample.database,
      daemon: isDaemonRunning ? sample.daemon : .absent,
      rests: isDaemonRunning ? ["docker.io": try Samples.time("2026-09-17T22:10:00Z")] : [:])
    return StatusRendering(report: report, total: report.tags, now: try Samples.time("2026-09-17T21:31:00Z"))
  }

  private static func history() throws -> HistoryRendering {
    HistoryRendering(
      tag: Samples.tag, entries: try Samples.historyEntries(),
      lookout: Lookout(now: try Samples.time("2026-09-18T10:20:00Z"), intervalSeconds: 900, isDaemonRunning: true))
  }

  private static func drift() throws -> DriftRendering {
    let digest = try Samples.digest("d")
    func drift(
      _ name: String, _ state: ContainerDrift.State, image: String = "amazonlinux:latest", reason: String? = nil,
      _ change: (inout ContainerDrift) throws -> Void = { _ in }
    ) throws -> ContainerDrift {
      let container = RunningContainer(
        name: name, image: image, platform: Samples.amd64, digests: [KnownDigest(try Samples.digest("2"), .id)])
      var drift = ContainerDrift(container, state, tag: Samples.tag, reason: reason)
      drift.tags = [Samples.tag]
      try change(&drift)
      return drift
    }
    func behind(_ states: Int, _ classes: [ChangeClass], back: String? = nil) throws -> ContainerDrift.Behind {
      .init(
        states: states, since: try Samples.time("2026-08-20T17:00:00Z"), classes: classes, changes: [],
        rollback: try back.map { try Samples.time($0) })
    }
    let current = ContainerDrift.Current(
      imageID: digest, manifest: try Samples.digest("b"), digest: try Samples.digest("7"),
      firstSeen: try Samples.time("2026-09-17T21:30:05Z"))
    let drifts = try [
      drift("web-1", .behind) { ($0.behind, $0.current) = (try behind(3, [.content, .rebuilt]), current) },
      drift("web-2", .behind) { ($0.behind, $0.current) = (try behind(3, [.content, .rebuilt]), current) },
      drift("batch", .behind, image: "amazonlinux:2023") {
        ($0.behind, $0.current) = (try behind(1, [.rebuilt]), current)
      },
      drift("shop/db-0/postgres", .behind, image: "registry.example.com/team/postgres:16") {
        ($0.behind, $0.current) = (try behind(2, [.content], back: "2026-07-01T00:00:00Z"), current)
      },
      drift("gone", .behind, image: "ghcr.io/example/app:v1") { $0.behind = try behind(1, [.removed]) },
      drift("cache\u{202e}", .unwatched, image: "redis:7"),
      drift("proxy", .pinned, image: "amazonlinux@\(digest)") { $0.tag = nil },
      drift("job", .unknown, reason: "its tag has nothing for linux/riscv64, or that is not watched"),
      drift("built", .local, image: "shop-app") { $0.tags = [] },
      drift("api", .current) { $0.current = current },
    ]
    return DriftRendering(
      answer: DriftAnswer(source: "/var/run/docker.sock", containers: drifts),
      now: try Samples.time("2026-09-18T10:20:00Z"))
  }

  private static func events() throws -> [StoredEvent] {
    let time = try Samples.time("2026-09-17T21:30:05.123Z")
    let events = [try changed(time), try artifact(time), deleted(time), try unreachable(time)]
    return events.enumerated().map { index, event in
      let sequence = EventSequence(rawValue: Int64(41 + index))
      return StoredEvent(
        sequence: sequence, type: event.type, tag: event.tag, time: time,
        body: event.document(source: "urn:x", sequence: sequence))
    }
  }

  private static func changed(_ time: Timestamp) throws -> ChangeEvent {
    var event = ChangeEvent(id: "1", type: .imageChanged, tag: Samples.tag, time: time, notAfter: time)
    event.changes = try changes()
    event.rollback = [
      .init(
        platform: Samples.amd64, imageID: try Samples.digest("d"), lastCurrent: time, digest: try Samples.digest("7"))
    ]
    event.flaps = 3
    return event
  }

  private static func changes() throws -> [PlatformChange] {
    [
      try Samples.change(Samples.amd64, .rebuilt, from: ("a", "b"), to: ("c", "d")),
      try Samples.change(Samples.arm64, .repacked, from: ("1", "2"), to: ("3", "2")),
      try Samples.change(windows, .content, from: ("5", "6"), to: ("7", "8")),
      try Samples.change(Platform(os: "linux", architecture: "s390x"), .removed, from: ("9", "0"), to: nil),
    ]
  }

  private static func artifact(_ time: Timestamp) throws -> ChangeEvent {
    let tag = TagReference(domain: "registry.example.com:5000", path: "charts/platform/ingress", tag: "4.11")
    var event = ChangeEvent(id: "2", type: .artifactChanged, tag: tag, time: time, notAfter: time)
    event.changes = [try Samples.change(nil, .content, from: ("1", nil), to: ("2", nil))]
    return event
  }

  private static func deleted(_ time: Timestamp) -> ChangeEvent {
    ChangeEvent(id: "3", type: .tagDeleted, tag: Samples.app, time: time, notAfter: time)
  }

  private static func unreachable(_ time: Timestamp) throws -> ChangeEvent {
    var event = ChangeEvent(id: "4", type: .tagUnreachable, tag: Samples.app, time: time, notAfter: time)
    event.failure = gone
    event.failingSince = try Samples.time("2026-09-17T20:00:00Z")
    return event
  }

  private static func check() throws -> CheckReport {
    let time = try Samples.time("2026-09-17T21:30:05.123Z")
    let chart = try artifact(time)
    func recorded(_ event: ChangeEvent) -> RecordedEvent {
      RecordedEvent(event.type, sequence: 42, body: event.document(source: "urn:x", sequence: 42))
    }
    return CheckReport(
      results: [
        .init(tag: Samples.tag, outcome: .changed, events: [recorded(try changed(time))]),
        .init(tag: chart.tag, outcome: .changed, events: [recorded(chart)]),
        .init(tag: Samples.app, outcome: .failed(gone), isWatched: false, events: []),
        .init(tag: TagReference(domain: "a.example", path: "b", tag: "1"), outcome: .unchanged, events: []),
        .init(
          tag: TagReference(domain: "a.example", path: "b", tag: "2"), outcome: .firstSeen,
          events: [
            try Samples.event(.tagFirstSeen, [Samples.change(Samples.amd64, .added, from: nil, to: ("a", "b"))])
          ]),
      ], pollingSeconds: 2.41)
  }
}
