package import ImageModel

/// Decides what an observation changes. Pure: no clock, no store, no network.
package enum Drift {
  /// Compares an observation with the last recorded state. Source: docs/webhooks.md, The event.
  ///
  /// Equal top digests name the same bytes, so nothing can differ but what is watched, and that joins or
  /// leaves silently. Of two different documents the images are paired (see `ImagePairing`) and:
  /// - a pair whose image IDs differ is an image change, one whose manifests alone differ is a repack. What has no
  ///   image ID before and after is an artifact, and another manifest of it an artifact change;
  /// - an image without a partner is an arrival or a departure, if the other document would have shown it.
  ///
  /// - Parameters:
  ///   - previous: the last recorded state, also of a tag that was deleted since; `nil` at first sight.
  ///   - current: the observation.
  ///   - selection: the platforms that are watched now.
  ///   - past: when an image was current under this tag before `previous`, or `nil`, by its ID, without one by its
  ///     manifest. Asked only about platforms whose image is another one or came back.
  /// - Returns: `nil` when nothing differs.
  /// - Throws: what `past` throws.
  package static func content(
    previous: RecordedState?, current: TagSnapshot, selection: PlatformSelection,
    past: (Platform?, Digest) throws -> PastUse?
  ) rethrows -> ContentChange? {
    guard let previous else {
      return ContentChange(type: .tagFirstSeen, changes: current.images.map(PlatformChange.added), rollback: nil)
    }
    guard previous.digest != current.digest else { return nil }
    let changes = changes(
      from: Side(images: previous.images, isSingle: !previous.mediaType.isIndex, selection: previous.selection),
      to: Side(images: current.images, isSingle: current.isSingle, selection: selection))
    let lasting = Set(previous.images.compactMap(\.platform)).intersection(current.images.compactMap(\.platform))
    let rollback = try rollback(changes, past)
    return ContentChange(
      type: type(of: changes, lasting), changes: changes, rollback: rollback.isEmpty ? nil : rollback)
  }

  private static func changes(from old: Side, to new: Side) -> [PlatformChange] {
    let pairing = ImagePairing(old.images, new.images, areSingle: old.isSingle && new.isSingle)
    if pairing.unpairedOld.count == old.images.count, let changes = replacement(of: old.images, by: new.images) {
      return changes
    }
    var changes: [PlatformChange] = []
    for (index, image) in new.images.enumerated() {
      if let partner = pairing.partner[index] {
        if let change = PlatformChange.between(old.images[partner], image) { changes.append(change) }
      } else if old.wouldShow(image, of: new) {
        changes.append(.added(image))
      }
    }
    for index in pairing.unpairedOld where new.wouldShow(old.images[index], of: old) {
      changes.append(.removed(old.images[index]))
    }
    return changes
  }

  /// An artifact without platform in the place of images, or the reverse: each of them has become another thing.
  ///
  /// - Returns: `nil` where it is no such exchange.
  private static func replacement(of old: [PlatformImage], by new: [PlatformImage]) -> [PlatformChange]? {
    if let artifact = new.loneArtifact, !old.isEmpty {
      return old.compactMap { PlatformChange.between($0, artifact.standing(for: $0.platform)) }
    }
    guard let artifact = old.loneArtifact, !new.isEmpty else { return nil }
    return new.compactMap { PlatformChange.between(artifact, $0) }
  }

  /// One event for all that changed: the first of these that applies.
  ///
  /// - Parameter lasting: the platforms that are there before and after. One image of such a platform more or less
  ///   (Windows has several) makes it another set of images, and no platform has come or gone.
  private static func type(of changes: [PlatformChange], _ lasting: Set<Platform>) -> EventType {
    let classes = Set(changes.map(\.changeClass))
    let moved = changes.filter { change in
      switch change.changeClass {
      case .content, .rebuilt: true
      case .added, .removed: change.platform.map(lasting.contains) ?? false
      case .repacked: false
      }
    }
    if !moved.isEmpty { return moved.allSatisfy(\.isOfArtifact) ? .artifactChanged : .imageChanged }
    if classes.contains(.added) { return .platformAdded }
    if classes.contains(.removed) { return .platformRemoved }
    return classes.contains(.repacked) ? .imageRepacked : .indexChanged
  }

  private static func rollback(
    _ changes: [PlatformChange], _ past: (Platform?, Digest) throws -> PastUse?
  ) rethrows -> [ChangeEvent.Rollback] {
    try changes.compactMap { change in
      guard let image = change.arrival, let use = try past(change.platform, image.identity) else { return nil }
      return ChangeEvent.Rollback(
        platform: change.platform, imageID: image.imageID, lastCurrent: use.lastCurrent, digest: use.digest)
    }
  }
}

extension [PlatformImage] {
  /// All that a tag names, if that is an artifact without platform.
  fileprivate var loneArtifact: PlatformImage? {
    count == 1 && self[0].platform == nil && self[0].imageID == nil ? self[0] : nil
  }
}

extension PlatformImage {
  fileprivate func standing(for platform: Platform?) -> PlatformImage {
    var copy = self
    copy.platform = platform
    return copy
  }
}

extension PlatformChange {
  fileprivate var isOfArtifact: Bool { previous?.imageID == nil && current?.imageID == nil }

  /// The image that it brings, `nil` where the same one is packed anew or one has left.
  var arrival: ImageState? {
    switch changeClass {
    case .content, .rebuilt, .added: current
    case .repacked, .removed: nil
    }
  }
}

/// One of the two states compared.
private struct Side {
  let images: [PlatformImage]
  let isSingle: Bool
  let selection: PlatformSelection

  /// Whether this state would hold `image` if the tag had had it: only then is its absence here news.
  ///
  /// A single manifest is watched whole, so there is nothing else in it. An index was searched for the
  /// platforms selected at the time; what another selection found, or a single manifest of a platform that
  /// was not selected here, may have been in it unwatched.
  func wouldShow(_ image: PlatformImage, of other: Side) -> Bool {
    if isSingle || !other.isSingle && other.selection == selection { return true }
    // An unknown platform cannot be told from a selected one: better said than hidden. What stands in for a platform
    // is nothing where that is not done.
    guard let platform = image.platform else { return true }
    return selection.contains(platform) && (image.found == nil || selection.takesStandIns)
  }
}
