package import ImageModel

/// A container as an engine or a file tells it: what is needed to find its image in the history, and nothing else.
/// Names are as they came; whoever shows one makes it safe.
package struct RunningContainer: Hashable, Sendable {
  /// As its engine calls it; of a Pod's container `namespace/pod/container`.
  package let name: String
  /// As its engine has it; `nil` where that is not told.
  package let id: String?
  /// As it was started with: a name, with or without a digest, or an ID. Empty where that is not told.
  package let image: String
  /// Of the image.
  package let platform: Platform?
  /// Those of its image, each once.
  package let digests: [KnownDigest]
  package let isRunning: Bool
  /// Whether `digests` has all that the image was ever pulled by.
  package let tellsOrigin: Bool
  /// Why less is known of it than the source could tell.
  package let gap: String?
  let start: StartedWith

  package init(
    name: String, id: String? = nil, image: String, platform: Platform? = nil, digests: [KnownDigest],
    isRunning: Bool = true,
    tellsOrigin: Bool = false, gap: String? = nil
  ) {
    (self.name, self.id, self.image) = (Self.cut(name), id, Self.cut(image))
    self.platform = platform
    var seen: Set<Digest> = []
    // What it was pulled by says more than the same digest alone.
    let known = digests.filter { $0.kind == .pulled } + digests.filter { $0.kind != .pulled }
    self.digests = known.filter { seen.insert($0.digest).inserted }
    self.isRunning = isRunning
    self.tellsOrigin = tellsOrigin
    self.gap = gap
    start = StartedWith(self.image, self.digests)
  }

  /// No engine has longer ones; references have up to 255 and a digest.
  private static let longestName = 1_024

  private static func cut(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.prefix(longestName)))
  }

  /// What may be the ID of a container, or the beginning of one: hexadecimal digits, at least as many as engines show.
  package static func isID(_ text: String) -> Bool {
    (12...64).contains(text.utf8.count) && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
  }

  /// The digest that the source calls the image's ID, where it is that of a config: Docker's containerd store shows an
  /// index or a manifest there, which the image can be pulled by as well.
  package var configDigest: Digest? { digests.first { $0.kind == .id }?.digest }

  /// Whether nothing says that the image ever was in a registry.
  package var isLocal: Bool { tellsOrigin && !digests.contains { $0.kind == .pulled } }
}

/// A digest that an image is known by.
package struct KnownDigest: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// What the source calls the image's ID.
    case id
    /// What it was pulled by, or its manifest.
    case pulled
    /// The source does not say which.
    case unspecified
  }

  package let digest: Digest
  package let kind: Kind

  package init(_ digest: Digest, _ kind: Kind) { (self.digest, self.kind) = (digest, kind) }

  /// `sha256:…`, hex alone, `name@sha256:…`, or one of these behind `docker-pullable://`; `nil` for anything else, and
  /// for what names no registry: Podman calls what it built itself `localhost/…`.
  ///
  /// - Parameter kind: of one without a name.
  init?(_ text: String, _ kind: Kind) {
    let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
    let parts = text[start...].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let last = parts.last, parts.count == 1 || !parts[0].hasPrefix("localhost/") else { return nil }
    guard let digest = (try? Digest(last)) ?? (try? Digest("sha256:\(last)")) else { return nil }
    self.init(digest, parts.count == 2 ? .pulled : kind)
  }
}
