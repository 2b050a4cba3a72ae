import ImageModel

/// Decides what an observation changes. Pure: no clock, no store, no network.
public enum Drift {
  /// Compares an observation with the last recorded state. Source: the contract, sections 3 (edges) and 4.
  ///
  /// Equal top digests name the same bytes, so nothing can differ but what is watched, and that joins or
  /// leaves silently. Of two different documents the images are paired (see `ImagePairing`) and:
  /// - a pair whose image IDs differ is an image change, one whose manifests alone differ is a repack. An
  ///   artifact has no image ID, so a new manifest of it counts as a repack;
  /// - an image without a partner is an arrival or a departure, if the other document would have shown it.
  ///
  /// - Parameters:
  ///   - previous: the last recorded state, also of a tag that was deleted since; `nil` at first sight.
  ///   - current: the observation.
  ///   - selection: the platforms that are watched now.
  ///   - past: when an image ID was current under this tag before `previous`, or `nil`. Asked only about
  ///     platforms whose image ID changed.
  /// - Returns: `nil` when nothing differs.
  /// - Throws: what `past` throws.
  public static func content(
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
    let rollback = try rollback(changes, past)
    return ContentChange(
      type: type(of: changes), changes: changes, rollback: rollback.isEmpty ? nil : rollback)
  }

  private static func changes(from old: Side, to new: Side) -> [PlatformChange] {
    let pairing = ImagePairing(old.images, new.images, areSingle: old.isSingle && new.isSingle)
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

  /// The contract's order: the mission's event first.
  private static func type(of changes: [PlatformChange]) -> EventType {
    let classes = Set(changes.map(\.changeClass))
    if classes.contains(.content) || classes.contains(.rebuilt) { return .imageChanged }
    if classes.contains(.added) { return .platformAdded }
    if classes.contains(.removed) { return .platformRemoved }
    return classes.contains(.repacked) ? .imageRepacked : .indexChanged
  }

  private static func rollback(
    _ changes: [PlatformChange], _ past: (Platform?, Digest) throws -> PastUse?
  ) rethrows -> [ChangeEvent.Rollback] {
    try changes.compactMap { change in
      guard change.changeClass == .content || change.changeClass == .rebuilt,
        let imageID = change.current?.imageID, let use = try past(change.platform, imageID)
      else { return nil }
      return ChangeEvent.Rollback(
        platform: change.platform, imageID: imageID, lastCurrent: use.lastCurrent, digest: use.digest)
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
    // An unknown platform cannot be told from a selected one: better said than hidden.
    return image.platform.map(selection.contains) ?? true
  }
}
