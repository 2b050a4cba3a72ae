package import ImageModel

/// What earlier observations of a tag left for the next one.
package struct KnownTag: Sendable {
  /// What HEAD named when the tag was last found; compared with the next HEAD and with nothing else.
  package var headDigest: Digest?
  /// Walk although HEAD is equal: the watched platforms changed, or details are missing.
  package var mustWalk: Bool
  /// It was there once. Decides the remedy if it is not there now.
  package var wasSeen: Bool
  /// Fetch the tag's document although HEAD is equal, and compare: HEAD may come from a broken cache.
  package var mustVerify: Bool
  /// The digests that the tag is recorded with, the current one first. Looked at only where `mustWalk` or `mustVerify`:
  /// what HEAD names need not be what is recorded.
  package var states: [Digest]

  package init(
    headDigest: Digest? = nil, mustWalk: Bool = false, wasSeen: Bool = false, mustVerify: Bool = false,
    states: [Digest] = []
  ) {
    self.headDigest = headDigest
    self.mustWalk = mustWalk
    self.wasSeen = wasSeen
    self.mustVerify = mustVerify
    self.states = states
  }

  /// Whether HEAD names something else than what is recorded.
  var isNamedOtherwise: Bool { headDigest != nil && !states.isEmpty && states.first != headDigest }
}

/// What a look at a tag gave.
package enum Observation: Sendable {
  /// HEAD names the same digest as before. Where it was to be verified, that was not possible.
  case unchanged
  /// The verified state, which may well be the one recorded. `head` belongs into the next `KnownTag`;
  /// it is `nil` where the registry's HEAD names none. `age` ago the tag was seen to be so: fetching
  /// what is new may take its time.
  case found(TagSnapshot, head: Digest?, age: Duration)
  /// HEAD names another document, and the registry's limit on pulls leaves no room to get all of it. What could be had
  /// need not be fetched again.
  case moved(MovedTag, documents: [Document])
}
