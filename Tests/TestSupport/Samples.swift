package import History
package import ImageModel
import Testing

/// Values that look like real ones.
package enum Samples {
  package static let tag = TagReference(domain: "docker.io", path: "library/amazonlinux", tag: "latest")
  package static let app = TagReference(domain: "ghcr.io", path: "example/app", tag: "stable")
  package static let amd64 = Platform(os: "linux", architecture: "amd64")
  package static let arm64 = Platform(os: "linux", architecture: "arm64")

  /// `sha256:` and that text over and over; a hex digit or several.
  package static func digest(_ text: String) throws -> Digest {
    try Digest("sha256:" + String(repeating: text, count: 64).prefix(64))
  }

  package static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

  package static func image(
    _ platform: Platform?, _ manifest: String, _ imageID: String?, created: String? = nil, artifactType: String? = nil,
    _ changeClass: ChangeClass? = nil
  ) throws -> StoredImage {
    StoredImage(
      platform: platform, manifest: try digest(manifest), manifestSize: 1_150,
      imageID: try imageID.map { try digest($0) },
      configSize: imageID.map { _ in 2_345 }, created: created, artifactType: artifactType, changeClass: changeClass)
  }

  package static func entry(
    _ first: String, _ last: String, isCurrent: Bool = false, ended: StoredSnapshot.Ending? = nil, _ top: String,
    as mediaType: MediaType = .ociIndex, _ event: EventType?, _ platforms: [StoredImage],
    after previous: HistoryEntry.Previous? = nil, rollbacks: [HistoryEntry.Rollback] = [],
    removed: [HistoryEntry.Departure] = [], gaps: [ObservationGap] = []
  ) throws -> HistoryEntry {
    HistoryEntry(
      firstSeen: try time(first), lastSeen: try time(last), isCurrent: isCurrent, ended: ended, digest: try digest(top),
      mediaType: mediaType, event: event, platforms: platforms, first: 2, last: 2, previous: previous,
      rollbacks: rollbacks, removed: removed, gaps: gaps)
  }

  package static func previous(
    ended: StoredSnapshot.Ending? = nil, _ top: String = "6"
  ) throws -> HistoryEntry.Previous {
    .init(id: 1, ended: ended, digest: try digest(top))
  }

  package static func event(_ type: EventType, _ changes: [PlatformChange] = []) throws -> RecordedEvent {
    let now = try time("2026-09-17T21:30:05.123Z")
    var event = ChangeEvent(id: "0b9f", type: type, tag: tag, time: now, notAfter: now)
    event.changes = changes
    return RecordedEvent(type, sequence: 42, body: event.document(source: "urn:uuid:0", sequence: 42))
  }

  package static func change(
    _ platform: Platform?, _ changeClass: ChangeClass, from old: (String, String?)?, to new: (String, String?)?
  ) throws -> PlatformChange {
    PlatformChange(
      platform: platform, changeClass: changeClass, previous: try old.map { try state($0) },
      current: try new.map { try state($0) }, layers: nil)
  }

  private static func state(_ names: (String, String?)) throws -> PlatformChange.ImageState {
    .init(manifest: try digest(names.0), imageID: try names.1.map { try digest($0) }, created: nil)
  }
}
