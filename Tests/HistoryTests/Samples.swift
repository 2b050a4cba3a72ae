import History
import ImageModel
import TestSupport

/// A digest whose hex is `seed` repeated, of two hex characters.
func digest(_ seed: UInt8) -> Digest { Digest(.sha256, bytes: [UInt8](repeating: seed, count: 32)) }

let amd64 = Platform(os: "linux", architecture: "amd64")
let arm64 = Platform(os: "linux", architecture: "arm64")
let amazon = TagReference(domain: "docker.io", path: "library/amazonlinux", tag: "latest")

func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_700_000_000_000 + seconds * 1_000) }

func image(_ platform: Platform?, _ id: UInt8, manifest: UInt8? = nil, created: String? = nil) -> PlatformImage {
  PlatformImage(
    platform: platform, manifest: digest(manifest ?? id &+ 100), manifestSize: 1_000, imageID: digest(id),
    configSize: 500, layers: [],
    config: created.map { ImageConfig(created: $0, platform: platform, diffIDs: [], labels: [:]) })
}

func snapshot(_ top: UInt8, _ images: [PlatformImage], type: MediaType = .ociIndex) -> TagSnapshot {
  TagSnapshot(digest: digest(top), mediaType: type, size: 2_000, images: images, documents: [])
}

/// What cannot be compressed.
func noise(_ count: Int, _ random: TestRandom) -> [UInt8] {
  var random = random
  return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
}

func event(_ id: String, _ type: EventType = .imageChanged, at seconds: Int64) -> ChangeEvent {
  ChangeEvent(id: id, type: type, tag: amazon, time: time(seconds), notAfter: time(seconds))
}

extension HistoryTransaction {
  /// The tag of most tests, watched for two platforms.
  func amazonTag() throws -> TagRecord {
    try registerTags([WatchedTag(tag: amazon, selection: .only([amd64, arm64]), intervalSeconds: 900)])[0]
  }

  /// As every check leaves it.
  func see(_ tag: TagID, at seconds: Int64) throws {
    var state = TagState()
    state.lastChecked = time(seconds)
    try updateState(tag, state)
  }

  /// A new state with an event of the given type.
  @discardableResult
  func record(
    _ snapshot: TagSnapshot, _ type: EventType = .imageChanged, classes: [ChangeClass?] = [], tag: TagID,
    at seconds: Int64, sinks: [String] = []
  ) throws -> SnapshotID {
    let id = try insertSnapshot(tag: tag, snapshot: snapshot, classes: classes, at: time(seconds))
    _ = try appendEvent(event("event-\(id)-\(seconds)", type, at: seconds), tag: tag, snapshot: id, sinks: sinks)
    return id
  }
}
