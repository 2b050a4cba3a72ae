/// The state of a tag as one observation showed it: verified, complete for the watched platforms.
public struct TagSnapshot: Hashable, Sendable {
  /// Top digest: of the index, or of the manifest of a single-manifest tag.
  public let digest: Digest
  public let mediaType: MediaType
  /// Size of the top document in bytes.
  public let size: Int
  /// One per watched platform that is there, in the order of the index; of Windows all that the index lists, also
  /// several of one version. Exactly one for a single-manifest tag, and for an index of artifacts without platform,
  /// which is a manifest of its own then.
  public let images: [PlatformImage]
  /// The documents fetched for this observation (not those that were already stored): raw, verified.
  public let documents: [Document]
  /// What is odd about the documents and was decided, a sentence each: a platform that is listed twice, an entry
  /// without media type. For people, who are told of it once.
  public let remarks: [String]

  public init(
    digest: Digest, mediaType: MediaType, size: Int, images: [PlatformImage], documents: [Document],
    remarks: [String] = []
  ) {
    self.digest = digest
    self.mediaType = mediaType
    self.size = size
    self.images = images
    self.documents = documents
    self.remarks = remarks
  }

  /// Whether the tag names one manifest directly, without an index.
  public var isSingle: Bool { !mediaType.isIndex }
}

/// One platform of a snapshot.
public struct PlatformImage: Hashable, Sendable {
  /// `nil` while unknown: a single-manifest tag whose config blob could not be had.
  public var platform: Platform?
  public var manifest: Digest
  public var manifestSize: Int
  /// The digest of the config, `nil` where there is none (artifacts, schema 1).
  public var imageID: Digest?
  public var configSize: Int?
  /// The layer digests of the manifest (compressed).
  public var layers: [Digest]
  /// What the config blob says; `nil` while it could not be had, or where there is none.
  public var config: ImageConfig?
  /// What a manifest without an image ID is: its `artifactType`, else its config's media type, made safe to show and
  /// cut. `nil` for an image.
  public var artifactType: String?

  public init(
    platform: Platform?, manifest: Digest, manifestSize: Int, imageID: Digest?, configSize: Int?, layers: [Digest],
    config: ImageConfig?, artifactType: String? = nil
  ) {
    self.platform = platform
    self.manifest = manifest
    self.manifestSize = manifestSize
    self.imageID = imageID
    self.configSize = configSize
    self.layers = layers
    self.config = config
    self.artifactType = artifactType
  }
}

/// What is used of an image's config blob. Source: opencontainers/image-spec `config.md`.
public struct ImageConfig: Hashable, Sendable {
  /// The config's own string, `nil` if it is not RFC 3339.
  public let created: String?
  public let platform: Platform?
  /// `rootfs.diff_ids`: digests of the uncompressed layers.
  public let diffIDs: [Digest]
  public let labels: [String: String]

  public init(created: String?, platform: Platform?, diffIDs: [Digest], labels: [String: String]) {
    self.created = created
    self.platform = platform
    self.diffIDs = diffIDs
    self.labels = labels
  }
}

/// A document of a registry, exactly as received.
public struct Document: Hashable, Sendable {
  public let digest: Digest
  public let mediaType: MediaType
  public let bytes: [UInt8]

  public init(digest: Digest, mediaType: MediaType, bytes: [UInt8]) {
    self.digest = digest
    self.mediaType = mediaType
    self.bytes = bytes
  }
}
