import Hashing
import ImageModel
import Recording
import Registry

@testable import Polling

/// A registry in memory for simulated time: tags whose images change in known ways.
struct SimulatedWorld {
  enum Move: CaseIterable {
    case content, rebuilt, repacked, indexOnly, rollback
  }

  struct State: Hashable {
    var layers = 0
    var config = 0
    var packing = 0
    var attestation = 0
    var kind = Kind.image
  }

  /// What a tag names.
  enum Kind: Hashable {
    case image
    /// Without an image ID: told apart by its manifest.
    case artifact
    /// An index that lists two patch levels of a Windows version, in an order that changes with its attestations.
    case windows
  }

  private(set) var states: [State]
  private var past: [[State]]
  private var counter = 0
  private var cache: [State: TagSnapshot] = [:]

  init(tags: Int, kind: (Int) -> Kind = { _ in .image }) {
    states = (0..<tags).map { State(kind: kind($0)) }
    past = Array(repeating: [], count: tags)
  }

  mutating func move(_ tag: Int, _ move: Move) {
    counter += 1
    past[tag].append(states[tag])
    switch move {
    case .content:
      states[tag].layers = counter
      states[tag].config = counter
    case .rebuilt: states[tag].config = counter
    case .repacked: states[tag].packing = counter
    case .indexOnly: states[tag].attestation = counter
    case .rollback: states[tag] = past[tag].first ?? states[tag]
    }
  }

  /// Back to the state before the last one.
  mutating func flip(_ tag: Int) {
    let now = states[tag]
    states[tag] = past[tag].last ?? now
    past[tag].append(now)
  }

  mutating func snapshot(_ tag: Int) -> TagSnapshot {
    let state = states[tag]
    if let known = cache[state] { return known }
    let made = Self.build(state)
    cache[state] = made
    return made
  }

  private static func build(_ state: State) -> TagSnapshot {
    switch state.kind {
    case .artifact: return artifact(state)
    case .image:
      return index(
        state, ["amd64", "arm64"].map { (name: String) in (name, Platform(os: "linux", architecture: name)) })
    case .windows:
      let versions = ["10.0.20348.1", "10.0.20348.2"].map { (name: String) in
        (name, Platform(os: "windows", architecture: "amd64", osVersion: name))
      }
      return index(state, state.attestation.isMultiple(of: 2) ? versions : versions.reversed())
    }
  }

  private static func index(_ state: State, _ entries: [(name: String, platform: Platform)]) -> TagSnapshot {
    var documents: [Document] = []
    var images: [PlatformImage] = []
    for (name, platform) in entries {
      let diff = Hash.digest(.sha256, of: Array("diff \(name) \(state.layers)".utf8))
      let layer = Hash.digest(.sha256, of: Array("layer \(name) \(state.layers) \(state.packing)".utf8))
      let config = document(
        .ociConfig,
        #"{"architecture":"\#(platform.architecture)","os":"\#(platform.os)","config":{"Labels":{"build":"#
          + #""\#(state.config)"}},"rootfs":{"type":"layers","diff_ids":["\#(diff)"]}}"#)
      let manifest = manifest(config, layer)
      documents += [config, manifest]
      images.append(
        PlatformImage(
          platform: platform, manifest: manifest.digest, manifestSize: manifest.bytes.count, imageID: config.digest,
          configSize: config.bytes.count, layers: [layer],
          config: ImageConfig(created: nil, platform: platform, diffIDs: [diff], labels: [:])))
    }
    let top = document(.ociIndex, "\(images.map(\.manifest)) \(state.attestation)")
    return TagSnapshot(
      digest: top.digest, mediaType: .ociIndex, size: top.bytes.count, images: images, documents: documents + [top])
  }

  /// A chart: every move of it is another manifest, over the config that all artifacts share.
  private static func artifact(_ state: State) -> TagSnapshot {
    let layer = Hash.digest(.sha256, of: Array("\(state)".utf8))
    let top = manifest(document(MediaType(artifactType), "{}"), layer)
    let image = PlatformImage(
      platform: nil, manifest: top.digest, manifestSize: top.bytes.count, imageID: nil, configSize: nil,
      layers: [layer], config: nil, artifactType: artifactType)
    return TagSnapshot(
      digest: top.digest, mediaType: .ociManifest, size: top.bytes.count, images: [image], documents: [top])
  }

  static let artifactType = "application/vnd.cncf.helm.config.v1+json"

  private static func manifest(_ config: Document, _ layer: Digest) -> Document {
    document(
      .ociManifest,
      #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest)","config":{"mediaType":"\#(config.mediaType)","#
        + #""digest":"\#(config.digest)","size":\#(config.bytes.count)},"layers":[{"mediaType":"application/"#
        + #"vnd.oci.image.layer.v1.tar+gzip","digest":"\#(layer)","size":1}]}"#)
  }

  private static func document(_ type: MediaType, _ text: String) -> Document {
    let bytes = Array(text.utf8)
    return Document(digest: Hash.digest(.sha256, of: bytes), mediaType: type, bytes: bytes)
  }
}

extension PollResult {
  static var unchanged: PollResult { .observed(.unchanged) }

  static func found(_ snapshot: TagSnapshot, head: Digest?, age: Duration = .zero) -> PollResult {
    .observed(.found(snapshot, head: head, age: age))
  }
}
