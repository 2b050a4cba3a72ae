package import Documents
import Drift
package import ImageModel

/// One image of a state, with what is at hand of its documents.
package struct ComparedImage: Hashable, Sendable {
  /// With layers and config, as far as they are known.
  package let image: PlatformImage
  /// The compressed layers in order; `nil` where the manifest is not at hand.
  package let layers: [Layer]?
  /// `nil` where the config is not at hand, or there is none.
  package let settings: ImageSettings?

  package struct Layer: Hashable, Sendable {
    package let digest: Digest
    /// Compressed, in bytes; `nil` where the manifest does not say.
    package let size: Int?
  }

  package init(_ image: PlatformImage, documents: [Digest: Document]) {
    let manifest = documents[image.manifest]
    let config = image.imageID.flatMap { documents[$0] }
    var image = image
    layers = manifest.flatMap(ImageDocuments.sizedLayers(ofManifest:))?.map { Layer(digest: $0.digest, size: $0.size) }
    settings = config.flatMap(ImageSettings.init)
    image.layers = layers?.map(\.digest) ?? image.layers
    image.config = config.flatMap(ImageDocuments.config(_:)) ?? image.config
    self.image = image
  }

  /// Bytes of all layers; `nil` where that is not known.
  package var size: Int? {
    guard let layers else { return nil }
    return layers.reduce(into: Int?.some(0)) { sum, layer in sum = layer.size.flatMap { size in sum.map { $0 + size } }
    }
  }

  /// By what layers are told apart: what they hold where both images' configs say that, for the same may be compressed
  /// anew; else as they lie in the registry.
  fileprivate var diffIDs: [Digest]? {
    guard let ids = image.config?.diffIDs, !ids.isEmpty, ids.count == layers?.count else { return nil }
    return ids
  }
}

/// What became of one platform's image from a state to another.
package struct ImageDifference: Hashable, Sendable {
  package let platform: Platform?
  package let from: ComparedImage?
  package let to: ComparedImage?
  /// `nil` where the manifest is the same, and where one of the images is not known.
  package let changeClass: ChangeClass?
  /// `nil` where those of one side are not known.
  package let layers: Layers?
  /// By kinds: all of `env` together.
  package let settings: [SettingChange]
  /// What else differs in the config of an image with the same layers, and is not told of here: its members.
  package let others: [String]
  /// Whether the images differ in the time of their build and in nothing else; `nil` where that cannot be known.
  package let isOnlyBuildTime: Bool?
  /// What is not at hand: `from.manifest`, `to.config` and so on; `to.image` where that platform was not watched then.
  package let unknown: [String]

  package struct Layers: Hashable, Sendable {
    package var kept: [ComparedImage.Layer] = []
    package var added: [ComparedImage.Layer] = []
    package var removed: [ComparedImage.Layer] = []
  }

  package struct SettingChange: Hashable, Sendable {
    package let name: String
    /// `nil` where there was none, or is none.
    package let from: JSONOutput?
    package let to: JSONOutput?
  }

  /// - Parameter isWhole: an image that is not there was not there, and is not only one that nobody looked at.
  init(from old: ComparedImage?, to new: ComparedImage?, isWhole: Bool) {
    platform = new?.image.platform ?? old?.image.platform
    (from, to) = (old, new)
    changeClass =
      switch (old, new) {
      case (let old?, let new?): PlatformChange.between(old.image, new.image)?.changeClass
      case (nil, _): isWhole ? .added : nil
      case (_, nil): isWhole ? .removed : nil
      }
    unknown = [("from", old), ("to", new)].flatMap { side, image in
      (image?.unknown ?? (isWhole ? [] : ["image"])).map { "\(side).\($0)" }
    }
    layers = isWhole ? Layers(from: old, to: new) : nil
    if let before = old?.settings, let after = new?.settings {
      settings = Self.changes(from: before, to: after)
      others = changeClass == .rebuilt ? before.others(than: after) : []
      isOnlyBuildTime = old?.image.imageID != new?.image.imageID && before.withoutTimes == after.withoutTimes
    } else {
      (settings, others) = ([], [])
      // Of images that are the same nothing has to be known.
      let isSame = old?.image.imageID != nil && old?.image.imageID == new?.image.imageID
      isOnlyBuildTime = (old == nil || new == nil) && isWhole || isSame ? false : nil
    }
  }

  private static func changes(from old: ImageSettings, to new: ImageSettings) -> [SettingChange] {
    let names = new.settings.map(\.name) + old.settings.map(\.name).filter { new[$0] == nil }
    let changes = names.compactMap { name in
      old[name] == new[name] ? nil : SettingChange(name: name, from: old[name], to: new[name])
    }
    let kinds = changes.map { ImageSettings.kind(of: $0.name) }
    return kinds.indices.sorted { one, other in
      let places = (kinds.firstIndex(of: kinds[one]) ?? one, kinds.firstIndex(of: kinds[other]) ?? other)
      return places.0 != places.1 ? places.0 < places.1 : one < other
    }.map { changes[$0] }
  }
}

extension ComparedImage {
  fileprivate var unknown: [String] {
    (layers == nil ? ["manifest"] : []) + (image.imageID != nil && settings == nil ? ["config"] : [])
  }
}

extension ImageDifference.Layers {
  /// `nil` where one side is not known: then nothing can be said of the other's.
  fileprivate init?(from old: ComparedImage?, to new: ComparedImage?) {
    guard let before = old.map(\.layers) ?? [], let after = new.map(\.layers) ?? [] else { return nil }
    var layers = LayerPairing(from: before.map(\.digest), to: after.map(\.digest))
    if let ids = old?.diffIDs, let others = new?.diffIDs { layers = LayerPairing(from: ids, to: others) }
    (kept, added) = (layers.kept.map { after[$0] }, layers.added.map { after[$0] })
    removed = layers.removed.map { before[$0] }
  }
}
