package import ImageModel

/// What a recorded digest is of.
package enum DigestKind: String, Sendable, CaseIterable {
  case imageID = "image_id"
  case manifest
  case index
}

/// A time in which a tag named a digest without interruption, for a platform or as its index.
package struct DigestUse: Hashable, Sendable {
  package let kind: DigestKind
  package let digest: Digest
  package let tag: TagReference
  /// `nil` for an index, and where it was not known.
  package let platform: Platform?
  package let firstSeen: Timestamp
  package internal(set) var lastSeen: Timestamp
  /// The tag names it still, as far as is known.
  package internal(set) var isCurrent: Bool
  /// The last document in that time that the tag resolved to.
  package internal(set) var top: Digest
  /// The last manifest in that time; `nil` for an index.
  package internal(set) var manifest: Digest?
  /// What the registry has named for the tag since, of which no more is known.
  package internal(set) var moved: PendingMove?
  /// Its digest alone is known yet.
  package var isPending = false
  /// `nil` of a tag that is not watched.
  package let intervalSeconds: Int?
}
