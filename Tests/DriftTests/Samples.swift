import Drift
import ImageModel

/// A digest that is told by a small number.
func digest(_ number: Int) -> Digest {
  Digest(.sha256, bytes: (0..<32).map { UInt8(truncatingIfNeeded: number >> (8 * ($0 % 4))) })
}

let amd64 = Platform(os: "linux", architecture: "amd64")
let arm64 = Platform(os: "linux", architecture: "arm64")
let windows = Platform(os: "windows", architecture: "amd64", osVersion: "10.0.20348.1")
let riscv = Platform(os: "linux", architecture: "riscv64")

/// An image: `id` is its image ID and, unless given, decides its manifest and layers too.
func image(
  _ platform: Platform?, _ id: Int?, manifest: Int? = nil, layers: [Int]? = nil, diffIDs: [Int]? = nil
) -> PlatformImage {
  PlatformImage(
    platform: platform, manifest: digest(manifest ?? 1_000_000 + (id ?? 0)), manifestSize: 1,
    imageID: id.map(digest), configSize: 1, layers: (layers ?? [2_000_000 + (id ?? 0)]).map(digest),
    config: diffIDs.map {
      ImageConfig(
        created: "2026-01-01T00:00:\(10 + (id ?? 0) % 50)Z", platform: platform, diffIDs: $0.map(digest), labels: [:])
    })
}

func second(_ number: Int) -> Timestamp { Timestamp(milliseconds: Int64(number) * 1000) }

/// A tag's state as both sides of a comparison see it.
struct Sample {
  var top: Int
  var images: [PlatformImage]
  var isSingle = false
  var selection = PlatformSelection.all

  var mediaType: MediaType { isSingle ? .ociManifest : .ociIndex }

  static func index(_ top: Int, _ images: PlatformImage..., selection: PlatformSelection = .all) -> Sample {
    Sample(top: top, images: images, selection: selection)
  }

  static func single(_ top: Int, _ image: PlatformImage, selection: PlatformSelection = .all) -> Sample {
    Sample(top: top, images: [image], isSingle: true, selection: selection)
  }

  var recorded: RecordedState {
    RecordedState(
      digest: digest(top), mediaType: mediaType, images: images, firstSeen: second(1), lastSeen: second(2),
      selection: selection)
  }

  var snapshot: TagSnapshot {
    TagSnapshot(digest: digest(top), mediaType: mediaType, size: 1, images: images, documents: [])
  }

  /// For a tag without a past.
  func change(to next: Sample) -> ContentChange? { change(to: next) { _, _ in nil } }

  func change(to next: Sample, past: (Platform?, Digest) throws -> PastUse?) rethrows -> ContentChange? {
    try Drift.content(previous: recorded, current: next.snapshot, selection: next.selection, past: past)
  }
}

extension ContentChange {
  /// `linux/amd64 content`, one per change.
  var summary: [String] { changes.map { "\($0.platform?.description ?? "?") \($0.changeClass)" } }
}
