import Hashing
import ImageModel

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
  }

  private(set) var states: [State]
  private var past: [[State]]
  private var counter = 0
  private var cache: [State: TagSnapshot] = [:]

  init(tags: Int) {
    states = Array(repeating: State(), count: tags)
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
    var documents: [Document] = []
    var images: [PlatformImage] = []
    for architecture in ["amd64", "arm64"] {
      let diff = Hash.digest(.sha256, of: Array("diff \(architecture) \(state.layers)".utf8))
      let layer = Hash.digest(.sha256, of: Array("layer \(architecture) \(state.layers) \(state.packing)".utf8))
      let config = document(
        .ociConfig,
        #"{"architecture":"\#(architecture)","os":"linux","config":{"Labels":{"build":"\#(state.config)"}},"#
          + #""rootfs":{"type":"layers","diff_ids":["\#(diff)"]}}"#)
      let manifest = document(
        .ociManifest,
        #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest)","config":{"mediaType":"\#(MediaType.ociConfig)","#
          + #""digest":"\#(config.digest)","size":\#(config.bytes.count)},"layers":[{"mediaType":"application/"#
          + #"vnd.oci.image.layer.v1.tar+gzip","digest":"\#(layer)","size":1}]}"#)
      documents += [config, manifest]
      images.append(
        PlatformImage(
          platform: Platform(os: "linux", architecture: architecture), manifest: manifest.digest,
          manifestSize: manifest.bytes.count, imageID: config.digest, configSize: config.bytes.count, layers: [layer],
          config: ImageConfig(
            created: nil, platform: Platform(os: "linux", architecture: architecture), diffIDs: [diff], labels: [:])))
    }
    let top = document(.ociIndex, "\(images.map(\.manifest)) \(state.attestation)")
    return TagSnapshot(
      digest: top.digest, mediaType: .ociIndex, size: top.bytes.count, images: images, documents: documents + [top])
  }

  private static func document(_ type: MediaType, _ text: String) -> Document {
    let bytes = Array(text.utf8)
    return Document(digest: Hash.digest(.sha256, of: bytes), mediaType: type, bytes: bytes)
  }
}
