import Hashing
package import ImageModel

/// A multi-platform image made from a few words: the same words give the same bytes.
package struct FakeRegistryImage: Sendable, Hashable {
  /// What is in the layers.
  package var content: String
  /// When the configs say it was built.
  package var created = "2024-01-01T00:00:00Z"
  /// How the layers are packed: changes their digests and those of the manifests, and no config.
  package var packing = "gzip"
  package var platforms: [String]
  /// What the attestations say; `nil`: there are none. BuildKit adds one child per platform.
  package var attestation: String?
  package var labels: [String: String] = [:]

  package init(_ content: String, platforms: [String] = ["linux/amd64", "linux/arm64"]) {
    self.content = content
    self.platforms = platforms
  }

  /// The same image under other manifests.
  package func repacked(_ packing: String = "zstd") -> FakeRegistryImage {
    var copy = self
    copy.packing = packing
    return copy
  }

  /// The same layers under other configs.
  package func rebuilt(at created: String = "2024-02-02T00:00:00Z") -> FakeRegistryImage {
    var copy = self
    copy.created = created
    return copy
  }

  /// The same images under another index.
  package func attested(_ attestation: String) -> FakeRegistryImage {
    var copy = self
    copy.attestation = attestation
    return copy
  }

  // MARK: Documents

  /// The index; its digest is the top digest.
  package var index: Document {
    var entries = platforms.map { platform in
      Self.entry(manifest(platform), platform: platform)
    }
    for platform in platforms where attestation != nil {
      let about = JSONOutput.members([
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": .text(manifest(platform).digest),
      ])
      entries.append(Self.entry(attestationManifest(platform), platform: "unknown/unknown", annotations: about))
    }
    return Self.document(
      .ociIndex,
      [
        "schemaVersion": 2, "mediaType": .text(MediaType.ociIndex), "manifests": .array(entries),
      ])
  }

  package func manifest(_ platform: String) -> Document {
    let layer = JSONOutput.members([
      "mediaType": .string("application/vnd.oci.image.layer.v1.tar+\(packing)"), "digest": .text(layer(platform)),
      "size": 1_000,
    ])
    return Self.document(
      .ociManifest,
      [
        "schemaVersion": 2, "mediaType": .text(MediaType.ociManifest), "config": Self.descriptor(config(platform)),
        "layers": .array([layer]), "annotations": .members(["test.packing": .string(packing)]),
      ])
  }

  /// The config; its digest is the image ID.
  package func config(_ platform: String) -> Document {
    let labels = labels.sorted { $0.key < $1.key }.map { JSONOutput.Member($0.key, .string($0.value)) }
    var members = Self.platformMembers(platform)
    members += [
      .init("created", .string(created)),
      .init("config", .members(["Env": .array(["PATH=/bin"]), "Labels": .object(labels)])),
      .init(
        "rootfs", .members(["type": "layers", "diff_ids": .array([.text(Self.digest("tar \(content) \(platform)"))])])),
    ]
    return Self.document(.ociConfig, members)
  }

  package func imageID(_ platform: String) -> Digest { config(platform).digest }

  /// The digest of the one compressed layer.
  package func layer(_ platform: String) -> Digest { Self.digest("\(packing) \(content) \(platform)") }

  /// All manifests, those of attestations too.
  package var manifests: [Document] {
    platforms.map { manifest($0) } + (attestation == nil ? [] : platforms.map { attestationManifest($0) })
  }

  package var configs: [Document] { platforms.map { config($0) } }

  private func attestationManifest(_ platform: String) -> Document {
    let statement = JSONOutput.members([
      "mediaType": "application/vnd.in-toto+json", "digest": .text(Self.digest("\(attestation ?? "") \(platform)")),
      "size": 100,
    ])
    return Self.document(
      .ociManifest,
      [
        "schemaVersion": 2, "mediaType": .text(MediaType.ociManifest),
        "config": Self.descriptor(Self.document(.ociConfig, [])), "layers": .array([statement]),
      ])
  }

  // MARK: Pieces for documents of the tests' own

  /// A document of these members, in this order.
  package static func document(_ type: MediaType, _ members: KeyValuePairs<String, JSONOutput>) -> Document {
    document(type, members.map { JSONOutput.Member($0.key, $0.value) })
  }

  package static func document(_ type: MediaType, _ members: [JSONOutput.Member]) -> Document {
    document(type, bytes: JSONOutput.object(members).bytes)
  }

  package static func document(_ type: MediaType, bytes: [UInt8]) -> Document {
    Document(digest: Hash.digest(.sha256, of: bytes), mediaType: type, bytes: bytes)
  }

  package static func descriptor(_ document: Document) -> JSONOutput {
    .members([
      "mediaType": .text(document.mediaType), "digest": .text(document.digest), "size": .number(document.bytes.count),
    ])
  }

  /// A descriptor of an index.
  ///
  /// - Parameter platform: `nil`: it has none.
  package static func entry(_ document: Document, platform: String?, annotations: JSONOutput? = nil) -> JSONOutput {
    guard case .object(var members) = descriptor(document) else { return .null }
    if let platform { members.append(.init("platform", .object(platformMembers(platform)))) }
    if let annotations { members.append(.init("annotations", annotations)) }
    return .object(members)
  }

  /// An index of these entries.
  package static func index(_ entries: [JSONOutput], type: MediaType = .ociIndex) -> Document {
    document(type, ["schemaVersion": 2, "mediaType": .text(type), "manifests": .array(entries)])
  }

  private static func platformMembers(_ platform: String) -> [JSONOutput.Member] {
    let parts = platform.split(separator: "/").map { JSONOutput.string(String($0)) }
    return zip(["os", "architecture", "variant"], parts).map { JSONOutput.Member($0, $1) }
  }

  private static func digest(_ text: String) -> Digest { Hash.digest(.sha256, of: Array(text.utf8)) }
}
