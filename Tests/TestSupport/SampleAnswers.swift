package import History
package import ImageModel

/// What commands answer, as text and as JSON.
extension Samples {
  package static func historyEntries() throws -> [HistoryEntry] {
    [
      try entry(
        "2026-09-17T21:30:05.123Z", "2026-09-18T10:15:00Z", isCurrent: true, "7", .imageChanged,
        [
          try image(amd64, "b", "d", created: "2026-09-17T21:13:04Z", .rebuilt),
          try image(arm64, "c", "e", created: nil, .rebuilt),
        ], after: try previous(ended: .deleted)),
      try entry(
        "2026-09-14T23:50:00Z", "2026-09-17T21:15:04Z", ended: .deleted, "6", .imageChanged,
        [
          try image(amd64, "1", "2", created: "2026-09-14T23:46:16Z", .content),
          try image(arm64, "3", "4", created: "2026-09-14T23:46:17Z", .rebuilt),
          try image(Platform(os: "linux", architecture: "s390x"), "5", "5"),
        ],
        after: try previous("0"),
        rollbacks: [
          .init(
            platform: amd64, imageID: try digest("2"), lastCurrent: try time("2026-09-02T10:00:00Z"),
            digest: try digest("0"))
        ],
        removed: [
          .init(
            platform: Platform(os: "windows", architecture: "amd64", osVersion: "10.0.20348"),
            manifest: try digest("8"), imageID: try digest("9"))
        ]),
      try entry(
        "2026-09-01T00:00:00Z", "2026-09-14T23:35:00Z", "0", as: .dockerManifest, .tagFirstSeen,
        [try image(nil, "0", nil, .added)],
        gaps: [.init(from: try time("2026-09-05T08:00:00Z"), to: try time("2026-09-08T09:00:00Z"))]),
    ]
  }

  /// The first platform has an image, the others are artifacts.
  package static func resolved(_ platforms: [Platform?]) throws -> TagSnapshot {
    let images = try platforms.enumerated().map { index, platform in
      PlatformImage(
        platform: platform, manifest: try digest("\(index)"), manifestSize: 1_150 + index,
        imageID: index == 0 ? try digest("d") : nil, configSize: index == 0 ? 2_345 : nil, layers: [],
        layersSize: index == 0 ? 53_254_144 : nil,
        config: index == 0
          ? ImageConfig(created: "2026-09-17T21:13:04Z", platform: platform, diffIDs: [], labels: [:]) : nil,
        artifactType: index == 0 ? nil : "application/vnd.example.thing\u{1b}")
    }
    return TagSnapshot(
      digest: try digest("7"), mediaType: .ociIndex, size: 770, images: images, documents: [])
  }

  package static func status(
    _ tag: TagReference, isWatched: Bool = true, selection: PlatformSelection = .all, images: [StoredImage] = [],
    _ change: (inout TagState) throws -> Void
  ) throws -> TagStatus {
    var state = TagState()
    state.nextCheck = try time("2026-09-17T21:45:05Z")
    try change(&state)
    let record = TagRecord(
      id: 1, tag: tag, isWatched: isWatched, selection: selection, intervalSeconds: 900, state: state)
    let time = try time("2026-09-17T21:30:05.123Z")
    let snapshot = StoredSnapshot(
      id: 1, digest: try digest("7"), mediaType: .ociIndex, size: 1, firstSeen: time, lastSeen: time,
      ended: nil,
      event: nil, images: images)
    return TagStatus(record: record, current: images.isEmpty ? nil : snapshot)
  }

  package static func statusReport() throws -> StatusReport {
    let ok = try status(
      tag, selection: .only([amd64, arm64, Platform(os: "linux", architecture: "s390x")]),
      images: [
        try image(amd64, "b", "d"),
        try image(arm64, "c", nil, artifactType: "application/x\u{1b}"),
      ]
    ) { state in
      state.lastChecked = try time("2026-09-17T21:30:05.123Z")
      state.lastSuccess = state.lastChecked
      state.lastMove = try time("2026-09-14T23:50:00Z")
    }
    let failing = try status(app) { state in
      state.lastChecked = try time("2026-09-17T21:30:06Z")
      state.failingSince = try time("2026-09-17T20:00:00Z")
      state.failure = CheckFailure(.dns, "no such host \u{1b}[31m(ghcr.io)", remedy: "check the name and the DNS")
      state.failures = 2
    }
    let pending = try status(TagReference(domain: "a.example", path: "b", tag: "1"), isWatched: false) { _ in }
    return StatusReport(
      tags: [ok, failing, pending], unknown: [],
      sinks: [
        SinkStatus(name: "journal", type: "stdout", state: .ok, waiting: 0, failed: 0, oldestWaiting: nil),
        SinkStatus(
          name: "audit", type: "file", state: .failing, waiting: 12, failed: 0,
          oldestWaiting: try time("2026-09-17T21:30:05Z"), failingSince: try time("2026-09-17T21:30:06Z"),
          nextAttempt: try time("2026-09-17T21:31:06Z"),
          failure: SinkFailure(.unusable, "cannot open /var/log/x: No such file or directory")),
        SinkStatus(
          name: "ops", type: "webhook", state: .disabled, waiting: 3, failed: 1,
          oldestWaiting: try time("2026-09-17T21:30:05Z"), failingSince: try time("2026-09-17T21:30:06Z"),
          failure: SinkFailure(.gone, "https://ops.example answered 410")),
      ], database: "/var/lib/watcher/watcher.db",
      daemon: .running(
        DaemonRecord(
          pid: 812, version: "0.1.0", configuration: "/etc/watcher/config.json",
          since: try time("2026-09-17T20:00:00Z"))))
  }
}
