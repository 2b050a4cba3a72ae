/// The state of a tag as one observation showed it: verified, complete for the watched platforms.
package struct TagSnapshot: Hashable, Sendable {
  /// Top digest: of the index, or of the manifest of a single-manifest tag.
  package let digest: Digest
  package let mediaType: MediaType
  /// Size of the top document in bytes.
  package let size: Int
  /// One per watched platform that is there, in the order of the index; of Windows all that the index lists, also
  /// several of one version. Exactly one for a single-manifest tag, and for an index of artifacts without platform,
  /// which is a manifest of its own then.
  package let images: [PlatformImage]
  /// The documents fetched for this observation (not those that were already stored): raw, verified.
  package let documents: [Document]
  /// What is odd about the documents and was decided, a sentence each: a platform that is listed twice, an entry
  /// without media type. For people: logged once.
  package let remarks: [String]
  /// Platforms that there are images for and that are not watched, in the order of the index.
  package let otherPlatforms: [Platform]

  package init(
    digest: Digest, mediaType: MediaType, size: Int, images: [PlatformImage], documents: [Document],
    remarks: [String] = [], otherPlatforms: [Platform] = []
  ) {
    self.digest = digest
    self.mediaType = mediaType
    self.size = size
    self.images = images
    self.documents = documents
    self.remarks = remarks
    self.otherPlatforms = otherPlatforms
  }

  /// Whether the tag names one manifest directly, without an index.
  package var isSingle: Bool { !mediaType.isIndex }
}

/// One platform of a snapshot.
package struct PlatformImage: Hashable, Sendable {
  /// `nil` while unknown: a single-manifest tag whose config blob could not be had.
  package var platform: Platform?
  /// What the index names for it, where it only stands in for `platform`.
  package var found: Platform?
  package var manifest: Digest
  package var manifestSize: Int
  /// The digest of the config, `nil` where there is none (artifacts, schema 1).
  package var imageID: Digest?
  package var configSize: Int?
  /// The layer digests of the manifest (compressed).
  package var layers: [Digest]
  /// Bytes of all of these together, as the manifest has them; `nil` where it has none, and of what is stored.
  package var layersSize: Int?
  /// What the config blob says; `nil` while it could not be had, or where there is none.
  package var config: ImageConfig?
  /// What a manifest without an image ID is: its `artifactType`, else its config's media type, made safe to show and
  /// cut. `nil` for an image.
  package var artifactType: String?

  package init(
    platform: Platform?, manifest: Digest, manifestSize: Int, imageID: Digest?, configSize: Int?, layers: [Digest],
    layersSize: Int? = nil, config: ImageConfig?, artifactType: String? = nil
  ) {
    self.platform = platform
    self.manifest = manifest
    self.manifestSize = manifestSize
    self.imageID = imageID
    self.configSize = configSize
    self.layers = layers
    self.layersSize = layersSize
    self.config = config
    self.artifactType = artifactType
  }
}

/// What is used of an image's config blob. Source: opencontainers/image-spec `config.md`.
package struct ImageConfig: Hashable, Sendable {
  /// The config's own string, `nil` if it is not RFC 3339.
  package let created: String?
  package let platform: Platform?
  /// `rootfs.diff_ids`: digests of the uncompressed layers.
  package let diffIDs: [Digest]
  package let labels: [String: String]

  package init(created: String?, platform: Platform?, diffIDs: [Digest], labels: [String: String]) {
    self.created = created
    self.platform = platform
    self.diffIDs = diffIDs
    self.labels = labels
  }
}

/// A document of a registry, exactly as received.
package struct Document: Hashable, Sendable {
  package let digest: Digest
  package let mediaType: MediaType
  package let bytes: [UInt8]

  package init(digest: Digest, mediaType: MediaType, bytes: [UInt8]) {
    self.digest = digest
    self.mediaType = mediaType
    self.bytes = bytes
  }
}

/// What a reference resolves to.
package struct Resolution: Sendable {
  package let snapshot: TagSnapshot
  /// The document the reference names, byte for byte as received.
  package let top: Document

  package init(snapshot: TagSnapshot, top: Document) {
    self.snapshot = snapshot
    self.top = top
  }
}
