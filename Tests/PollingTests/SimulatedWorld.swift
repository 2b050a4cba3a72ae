import Hashing
import ImageModel
import Recording
import Registry

@testable import Polling

/// A registry in memory for simulated time: tags whose images change in known ways.
struct SimulatedWorld {
  enum Move: CaseIterable {
    case content, rebuilt, repacked, indexOnly, rollback
    /// The image of one platform moves on alone, …
    case one
    /// … or while another is back where it was at first.
    case apart
    /// A platform comes or goes.
    case platform
  }

  struct State: Hashable {
    /// In the order of the index.
    var builds: [Build]
    var attestation = 0
    let kind: Kind

    init(kind: Kind) {
      self.kind = kind
      builds = kind.names.map { Build(name: $0) }
    }
  }

  /// The image of one platform.
  struct Build: Hashable {
    let name: String
    var layers = 0
    var config = 0
    var packing = 0
  }

  /// What a tag names.
  enum Kind: Hashable {
    case image
    /// Without an image ID: told apart by its manifest.
    case artifact
    /// An index that lists two patch levels of a Windows version, in an order that changes with its attestations.
    case windows

    fileprivate var names: [String] {
      switch self {
      case .image: ["amd64", "arm64"]
      case .artifact: ["chart"]
      case .windows: ["10.0.20348.1", "10.0.20348.2"]
      }
    }
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
    let last = states[tag].builds.count - 1
    switch move {
    case .content: for index in 0...last { renew(tag, index) }
    case .rebuilt: for index in 0...last { states[tag].builds[index].config = counter }
    case .repacked: for index in 0...last { states[tag].builds[index].packing = counter }
    case .indexOnly: states[tag].attestation = counter
    case .rollback: states[tag] = past[tag].first ?? states[tag]
    case .one: renew(tag, last)
    case .apart:
      renew(tag, last)
      if last > 0 { states[tag].builds[0] = past[tag].first?.builds.first ?? states[tag].builds[0] }
    case .platform:
      if states[tag].kind != .image {
        states[tag].attestation = counter
      } else if last > 0 {
        states[tag].builds.removeLast()
      } else {
        states[tag].builds.append(Build(name: "arm64", layers: counter, config: counter))
      }
    }
  }

  private mutating func renew(_ tag: Int, _ build: Int) {
    states[tag].builds[build].layers = counter
    states[tag].builds[build].config = counter
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
    case .artifact: artifact(state)
    case .image: index(state, state.builds)
    case .windows: index(state, state.attestation.isMultiple(of: 2) ? state.builds : state.builds.reversed())
    }
  }

  private static func platform(_ name: String, of kind: Kind) -> Platform {
    kind == .windows
      ? Platform(os: "windows", architecture: "amd64", osVersion: name) : Platform(os: "linux", architecture: name)
  }

  private static func index(_ state: State, _ builds: [Build]) -> TagSnapshot {
    var documents: [Document] = []
    var images: [PlatformImage] = []
    for build in builds {
      let platform = platform(build.name, of: state.kind)
      let diff = Hash.digest(.sha256, of: Array("diff \(build.name) \(build.layers)".utf8))
      let layer = Hash.digest(.sha256, of: Array("layer \(build.name) \(build.layers) \(build.packing)".utf8))
      let config = document(
        .ociConfig,
        #"{"architecture":"\#(platform.architecture)","os":"\#(platform.os)","config":{"Labels":{"build":"#
          + #""\#(build.config)"}},"rootfs":{"type":"layers","diff_ids":["\#(diff)"]}}"#)
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
