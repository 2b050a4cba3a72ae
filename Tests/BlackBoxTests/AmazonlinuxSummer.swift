import Hashing
import ImageModel
import TestSupport

/// `amazonlinux:latest` in the summer of 2026: the states that docker-library/repo-info recorded, as images of the same
/// shape. Docker's manifests lie under an OCI index, with an attestation of BuildKit beside each.
enum AmazonlinuxSummer {
  static let platforms = ["linux/amd64", "linux/arm64"]

  /// When it was built, and which layer it has.
  static let states: [(created: String, layer: String)] = [
    ("2026-07-08T20:25:30Z", "A"), ("2026-07-18T00:04:23Z", "B"), ("2026-08-20T16:55:33Z", "C"),
    ("2026-09-14T23:46:16Z", "D"),
    // The layer of before: nothing but the date of the config differs.
    ("2026-09-17T21:13:04Z", "D"),
  ]

  /// What a state consists of.
  struct Image {
    let index: Document
    /// By platform.
    let manifests: [String: Document]
    let configs: [String: Document]
    let attestations: [Document]

    var digests: [Digest] { [index.digest] + (Array(manifests.values) + configs.values).map(\.digest) }
  }

  static func image(_ state: Int) -> Image {
    let (created, layer) = states[state]
    var (manifests, configs): ([String: Document], [String: Document]) = ([:], [:])
    for platform in platforms {
      let config = config(platform, created: created, layer: layer)
      configs[platform] = config
      manifests[platform] = manifest(
        .dockerManifest, config, layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
        of: "layer \(layer) \(platform)", size: 53_000_000)
    }
    let attestations = platforms.map { platform in
      manifest(
        .ociManifest, FakeRegistryImage.document(.ociConfig, []), layer: "application/vnd.in-toto+json",
        of: "provenance \(created) \(platform)", size: 1_200)
    }
    let children = platforms.compactMap { platform in manifests[platform].map { (platform, $0) } }
    let entries =
      children.map { FakeRegistryImage.entry($1, platform: $0) }
      + zip(children, attestations).map { child, attestation in
        FakeRegistryImage.entry(
          attestation, platform: "unknown/unknown",
          annotations: .members([
            "vnd.docker.reference.digest": .text(child.1.digest),
            "vnd.docker.reference.type": "attestation-manifest",
          ]))
      }
    return Image(
      index: FakeRegistryImage.index(entries), manifests: manifests, configs: configs, attestations: attestations)
  }

  private static func config(_ platform: String, created: String, layer: String) -> Document {
    let parts = platform.split(separator: "/").map(String.init)
    return FakeRegistryImage.document(
      .dockerConfig,
      [
        "architecture": .string(parts[1]),
        "config": .members(["Env": .array(["PATH=/usr/local/bin:/usr/bin:/bin"]), "Cmd": .array(["/bin/bash"])]),
        "created": .string(created),
        "history": .array([
          .members(["created": .string(created), "created_by": .string("COPY /rootfs/ / # buildkit")])
        ]),
        "os": .string(parts[0]),
        "rootfs": .members(["type": "layers", "diff_ids": .array([.text(digest("diff \(layer) \(platform)"))])]),
      ])
  }

  private static func manifest(
    _ type: MediaType, _ config: Document, layer: String, of text: String, size: Int
  ) -> Document {
    FakeRegistryImage.document(
      type,
      [
        "schemaVersion": 2, "mediaType": .text(type), "config": FakeRegistryImage.descriptor(config),
        "layers": .array([
          .members(["mediaType": .string(layer), "size": .number(size), "digest": .text(digest(text))])
        ]),
      ])
  }

  private static func digest(_ text: String) -> Digest { Hash.digest(.sha256, of: Array(text.utf8)) }
}
