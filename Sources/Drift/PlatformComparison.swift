package import ImageModel

extension PlatformChange {
  static func added(_ image: PlatformImage) -> PlatformChange {
    PlatformChange(
      platform: image.platform, changeClass: .added, previous: nil, current: ImageState(image), layers: nil)
  }

  static func removed(_ image: PlatformImage) -> PlatformChange {
    PlatformChange(
      platform: image.platform, changeClass: .removed, previous: ImageState(image), current: nil, layers: nil)
  }

  /// What differs between an image and its successor; `nil` when the manifest is the same. Details that were unknown
  /// and now are known, such as `created` or the platform, are no difference. Without an image ID on both sides
  /// nothing proves that the content stayed.
  package static func between(_ old: PlatformImage, _ new: PlatformImage) -> PlatformChange? {
    guard old.manifest != new.manifest else { return nil }
    let changeClass: ChangeClass
    if let before = old.imageID, let after = new.imageID {
      guard before != after else { return repacked(old, new) }
      changeClass = haveSameLayers(old, new) ? .rebuilt : .content
    } else {
      changeClass = .content
    }
    return PlatformChange(
      platform: new.platform, changeClass: changeClass, previous: ImageState(old), current: ImageState(new),
      layers: LayerCounts(from: old, to: new))
  }

  /// One image ID is one config blob, so what one side knows of it holds for both.
  private static func repacked(_ old: PlatformImage, _ new: PlatformImage) -> PlatformChange {
    var (old, new) = (old, new)
    new.platform = new.platform ?? old.platform
    new.config = new.config ?? old.config
    old.config = old.config ?? new.config
    return PlatformChange(
      platform: new.platform, changeClass: .repacked, previous: ImageState(old), current: ImageState(new),
      layers: LayerCounts(from: old, to: new))
  }

  /// Proof that two images have the same layers. Recompression changes a layer's digest in the manifest but
  /// not its diff ID, so either list will do; empty lists prove nothing.
  private static func haveSameLayers(_ old: PlatformImage, _ new: PlatformImage) -> Bool {
    if let before = old.config?.diffIDs, let after = new.config?.diffIDs, !before.isEmpty, before == after {
      return true
    }
    return !old.layers.isEmpty && old.layers == new.layers
  }
}

extension PlatformChange.LayerCounts {
  /// Counts over the diff IDs where both are known, else over the manifests' layers.
  init(from old: PlatformImage, to new: PlatformImage) {
    var layers = LayerPairing(from: old.layers, to: new.layers)
    if let before = old.knownDiffIDs, let after = new.knownDiffIDs { layers = LayerPairing(from: before, to: after) }
    self.init(kept: layers.kept.count, added: layers.added.count, removed: layers.removed.count)
  }
}

extension PlatformImage {
  /// The config's diff IDs; `nil` while unknown, and where the config lists none although there are layers.
  fileprivate var knownDiffIDs: [Digest]? {
    guard let config, !config.diffIDs.isEmpty || layers.isEmpty else { return nil }
    return config.diffIDs
  }
}
