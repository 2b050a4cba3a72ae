import Answers
import Comparison
import Hashing
import ImageModel
import TestSupport

@testable import History
@testable import Pages

/// Pages with something of everything on them. Whatever comes from elsewhere (names, errors, labels, dates that images
/// give themselves) has a text in it, so that the same page can be made of harmless texts and of others.
struct PageScenes {
  let text: String

  static let now = Timestamp(milliseconds: 1_789_725_600_000)  // 2026-09-18T10:00:00Z

  private static let windows = Platform(os: "windows", architecture: "amd64", osVersion: "10.0.20348")
  private static let s390x = Platform(os: "linux", architecture: "s390x")

  var tag: TagReference { TagReference(domain: "registry.example", path: "team/app\(text)", tag: "stable") }

  private func time(_ day: Int, _ hour: Int = 0, _ minute: Int = 0) -> Timestamp {
    Self.now.advanced(bySeconds: -86_400 * day - 3_600 * hour - 60 * minute)
  }

  // MARK: Watchlist

  var watchlist: Page {
    get throws {
      let failing = try Samples.status(tag, images: [try Samples.image(Samples.amd64, "a", "3f")]) { state in
        state.lastSuccess = time(2)
        state.failingSince = time(1)
        state.failure = CheckFailure(.denied, "\(text) answered 403", remedy: "look at the log-in")
        state.nextCheck = time(0, 0, -7)
        state.lastMove = time(40)
      }
      let moved = try Samples.status(
        Samples.app, selection: .only([Samples.amd64, Self.s390x]),
        images: [
          try Samples.image(Samples.amd64, "b", "91"), try Samples.image(Self.windows, "c", nil, artifactType: text),
          try Samples.image(Samples.arm64, "d", "4b"), try Samples.image(nil, "e", "77"),
        ]
      ) { state in
        state.lastSuccess = time(0, 1)
        state.lastMove = time(0, 3)
        state.moved = PendingMove(
          to: MovedTag(digest: try Samples.digest("5a"), mediaType: .ociIndex), since: time(0, 0, 30))
        state.nextCheck = time(0)
      }
      let pending = try Samples.status(Samples.tag) { $0.nextCheck = nil }
      var report = StatusReport(
        tags: [failing, moved, pending], unknown: [], sinks: sinks, database: "/var/lib/\(text)/watcher.db",
        daemon: .running(
          DaemonRecord(pid: 812, version: "0.9\(text)", configuration: "/etc/\(text)", since: time(9))),
        rests: ["r\(text).example": time(0, -2)],
        registries: [RegistryStatus(name: "u\(text).example", isUnverified: true)])
      var query = WatchlistQuery(pageSize: 3)
      (query.text, query.page) = (text, 2)
      var part = WatchlistPage(
        tags: report.tags.map(\.record.tag), count: 9, words: ["ok": 5, "failing": 1, "pending": 3])
      part.moves = [
        tag: RecentMoves(count: 3, latest: try changed.document(source: "urn:x", sequence: 43)),
        Samples.app: RecentMoves(count: RecentMoves.mostCounted, latest: Array(text.utf8)),
      ]
      part.repositories = repositories
      report.problem = "the last reload failed: \(text)"
      return WatchlistView(query, part, report, now: Self.now).page
    }
  }

  private var repositories: [RepositoryRecord] {
    func record(_ path: String, _ change: (inout ListingState) -> Void) -> RepositoryRecord {
      var state = ListingState()
      change(&state)
      return RepositoryRecord(repository: RepositoryReference(domain: "r.example", path: path), tags: 7, state: state)
    }
    return [
      record("team/all\(text)") { $0.lastSuccess = time(0, 1) }, record("team/new") { _ in },
      record("team/gone") { state in
        state.failure = CheckFailure(.notFound, text)
        state.failingSince = time(2)
      },
      record("team/none") { ($0.lastSuccess, $0.listed, $0.fitting) = (time(1), 4, 0) },
      record("team/empty") { ($0.lastSuccess, $0.listed, $0.fitting) = (time(1), 0, 0) },
    ]
  }

  private var sinks: [SinkStatus] {
    [
      SinkStatus(name: "journal", type: "stdout", state: .ok, waiting: 0, failed: 0, oldestWaiting: nil),
      SinkStatus(
        name: "s\(text)", type: "t\(text)", state: .failing, waiting: 12, failed: 1, oldestWaiting: time(1),
        failingSince: time(1), nextAttempt: time(0, 0, -3),
        failure: SinkFailure(.failed, "\(text) answered 500")),
      SinkStatus(
        name: "gone", type: "webhook", state: .disabled, waiting: 0, failed: 0, oldestWaiting: nil,
        failure: SinkFailure(.gone, text)),
      SinkStatus(name: "old", type: "file", state: .removed, waiting: 3, failed: 0, oldestWaiting: time(90)),
      SinkStatus(
        name: "rests", type: "webhook", state: .ok, waiting: 1, failed: 0, oldestWaiting: time(0),
        nextAttempt: time(0, -1)),
    ]
  }

  // MARK: A tag

  /// Of every kind of change one, the newest first.
  var states: [HistoryEntry] {
    get throws {
      let created = "2026-08-01T10:00:00Z"
      return [
        try entry(
          from: 1, to: 0, isCurrent: true, "7", .imageChanged,
          [
            try Samples.image(Samples.amd64, "1a", "3f", created: created, .content),
            try Samples.image(Samples.arm64, "2b", "c4", created: text, .rebuilt),
          ], before: "6",
          rollbacks: [
            .init(platform: Samples.amd64, imageID: try digest("3f"), lastCurrent: time(30), digest: try digest("2"))
          ],
          also: [TagReference(domain: "registry.example", path: "team/app", tag: "t\(text)")]),
        try entry(
          from: 8, to: 1, "6", .imageChanged,
          [
            try Samples.image(Samples.amd64, "1f", "88", created: created, .rebuilt),
            try Samples.image(Samples.arm64, "2c", "c9", .rebuilt),
          ], before: "5"),
        try entry(
          from: 12, to: 8, "5", nil,
          [try Samples.image(Samples.amd64, "1e", "91", .content), try Samples.image(Samples.arm64, "2e", "c9")],
          before: "4", beforeEnded: .deleted),
        try entry(
          from: 30, to: 15, ended: .deleted, "4", .imageChanged,
          [
            try Samples.image(Samples.amd64, "1d", "91", .content),
            try Samples.image(Samples.arm64, "2e", "c9", .content),
            try Samples.image(Self.windows, "a1", "b1"), try Samples.image(Self.windows, "a2", "b2"),
          ], before: "2",
          removed: [.init(platform: Self.s390x, manifest: try digest("e0"), imageID: try digest("e1"))],
          gaps: [ObservationGap(from: time(24), to: time(20))]),
        try entry(
          from: 60, to: 30, "2", .platformAdded,
          [
            try Samples.image(Samples.amd64, "1c", "3f"), try Samples.image(Samples.arm64, "2d", "c0", .added),
            try Samples.image(Self.s390x, "e0", "e1"),
          ], before: "1"),
        try entry(from: 90, to: 60, "1", .tagFirstSeen, [try Samples.image(Samples.amd64, "1c", "3f", .added)]),
      ]
    }
  }

  private func digest(_ text: String) throws -> Digest { try Samples.digest(text) }

  private func entry(
    from: Int, to: Int, isCurrent: Bool = false, ended: StoredSnapshot.Ending? = nil, _ top: String,
    _ event: EventType?,
    _ images: [StoredImage], before: String? = nil, beforeEnded: StoredSnapshot.Ending? = nil,
    rollbacks: [HistoryEntry.Rollback] = [], removed: [HistoryEntry.Departure] = [], gaps: [ObservationGap] = [],
    also: [TagReference] = []
  ) throws -> HistoryEntry {
    var entry = HistoryEntry(
      firstSeen: time(from), lastSeen: time(to, 0, isCurrent ? 5 : 15), isCurrent: isCurrent, ended: ended,
      digest: try digest(top), mediaType: .ociIndex, event: event, platforms: images,
      first: SnapshotID(rawValue: Int64(100 - from)), last: SnapshotID(rawValue: Int64(100 - from)),
      previous: try before.map { try Samples.previous(ended: beforeEnded, $0) }, rollbacks: rollbacks,
      removed: removed, gaps: gaps)
    entry.also = also
    // One that was moved to and fro has none.
    if event != nil { entry.sequence = EventSequence(rawValue: Int64(200 - from)) }
    return entry
  }

  var report: StatusReport {
    get throws {
      let status = try Samples.status(
        tag, selection: .only([Samples.amd64, Self.s390x]),
        images: [try Samples.image(Samples.amd64, "1a", "3f"), try Samples.image(Samples.arm64, "2b", "c4")]
      ) { state in
        state.lastSuccess = time(0, 0, 5)
        state.lastMove = time(1)
        state.nextCheck = time(0, 0, -10)
        state.failure = CheckFailure(.timeout, text)
      }
      return StatusReport(tags: [status], unknown: [], sinks: [], database: "/d")
    }
  }

  var tagPage: Page { get throws { TagView(tag, try report, try states, now: Self.now).page } }

  var differencePage: Page {
    get throws {
      let (old, new) = (try compared("1", layers: ["l1", "l2"], "a"), try compared("2", layers: ["l1", "l3"], "b"))
      let part = DifferencePart(
        DiffAnswer(
          tag: tag, from: DiffAnswer.Side(tag: tag, firstSeen: time(3), digest: try digest("6")),
          to: DiffAnswer.Side(tag: tag, firstSeen: time(3), digest: try digest("7")),
          StateComparison(from: old, to: new)), of: tag)
      return TagView(tag, try report, try states, difference: part, now: Self.now).page
    }
  }

  private func compared(_ manifest: String, layers: [String], _ value: String) throws -> ComparedImages {
    let digests = layers.map { Hash.digest(.sha256, of: Array($0.utf8)) }
    let list = digests.map { digest in
      JSONOutput.members([
        "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": .text(digest), "size": 1_234_567,
      ])
    }
    let settings: JSONOutput = .object([
      .init(
        "Labels",
        .object([.init("note\(text)", .string("\(value)\(text)")), .init("version", .string(value))])),
      .init("Env", .array([.string("PATH=/bin:\(value)\(text)")])),
    ])
    let config = JSONOutput.members([
      "created": .string(text), "architecture": "amd64", "os": "linux", "config": settings,
      "rootfs": .members(["type": "layers", "diff_ids": .array(digests.map { .text($0) })]),
    ])
    let configDigest = Hash.digest(.sha256, of: config.bytes)
    let type = MediaType("application/vnd.oci.image.config.v1+json")
    let body = JSONOutput.members([
      "schemaVersion": 2, "mediaType": .text(MediaType.ociManifest),
      "config": .members(["mediaType": .text(type), "digest": .text(configDigest), "size": 1]),
      "layers": .array(list),
    ])
    let image = PlatformImage(
      platform: Samples.amd64, manifest: try digest(manifest), manifestSize: 1, imageID: configDigest, configSize: 1,
      layers: [], config: nil)
    return ComparedImages(
      [image], index: nil,
      documents: [
        image.manifest: Document(digest: image.manifest, mediaType: .ociManifest, bytes: body.bytes),
        configDigest: Document(digest: configDigest, mediaType: type, bytes: config.bytes),
      ])
  }

  // MARK: Events

  /// Back to what it was.
  private var changed: ChangeEvent {
    get throws {
      var changed = ChangeEvent(id: "1", type: .imageChanged, tag: tag, time: time(0, 1), notAfter: time(0, 1))
      changed.changes = [
        try Samples.change(Samples.amd64, .content, from: ("a", "91"), to: ("b", "3f")),
        try Samples.change(Samples.arm64, .repacked, from: ("c", "c4"), to: ("d", "c4")),
      ]
      changed.rollback = [
        .init(platform: Samples.amd64, imageID: nil, lastCurrent: time(3), digest: try digest("1"))
      ]
      changed.flaps = 2
      return changed
    }
  }

  var events: Page {
    get throws {
      let changed = try changed
      var failed = ChangeEvent(id: "2", type: .tagUnreachable, tag: tag, time: time(0, 2), notAfter: time(0, 2))
      failed.failure = CheckFailure(.denied, text)
      let deleted = ChangeEvent(id: "3", type: .tagDeleted, tag: Samples.app, time: time(1), notAfter: time(1))
      let events = [changed, failed, deleted].enumerated().map { index, event in
        let sequence = EventSequence(rawValue: Int64(43 - index))
        return StoredEvent(
          sequence: sequence, type: event.type, tag: event.tag, time: event.time,
          body: event.document(source: "urn:x", sequence: sequence))
      }
      return EventsView(of: tag, nil, events, before: 44, now: Self.now).page
    }
  }

  var missing: Page { .missing("Nothing is known of \(text).", near: [tag]) }

  static let all: [(name: String, make: @Sendable (PageScenes) throws -> Page)] = [
    ("watchlist", { try $0.watchlist }), ("tag", { try $0.tagPage }), ("difference", { try $0.differencePage }),
    ("events", { try $0.events }), ("missing", { $0.missing }), ("failure", { .failure($0.text) }),
  ]
}
