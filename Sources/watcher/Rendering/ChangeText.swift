import ImageModel

/// How one platform changed, in words. Digests are image IDs; others say that they are a manifest's.
struct ChangeText {
  let digests: DigestText

  /// `linux/amd64 rebuilt 0a48c1b2d3e4 -> d389f0a1b2c3`.
  func words(_ change: PlatformChange) -> String { named(change) + " " + Self.arrow(images(of: change)) }

  /// As `words`; in two lines where there is less room, and digests in full have a line each.
  func lines(_ change: PlatformChange, room: Int) -> [String] {
    let (old, new) = images(of: change)
    if digests.isFull {
      return [named(change)] + [old.map { "  old \($0)" }, new.map { "  new \($0)" }].compactMap(\.self)
    }
    let line = words(change)
    return line.unicodeScalars.count <= room ? [line] : [named(change), "  " + Self.arrow((old, new))]
  }

  func named(_ platform: Platform?, _ words: String) -> String {
    platform.map { "\($0.description.shown) \(words)" } ?? words
  }

  func image(_ state: PlatformChange.ImageState?) -> String {
    state.map { ImageWords.named($0.imageID, manifest: $0.manifest, digests) } ?? "-"
  }

  private func named(_ change: PlatformChange) -> String { named(change.platform, change.changeClass.rawValue) }

  private func images(of change: PlatformChange) -> (old: String?, new: String?) {
    switch change.changeClass {
    case .added: (nil, image(change.current))
    case .removed: (image(change.previous), nil)
    case .repacked: (manifest(change.previous), manifest(change.current))
    case .content, .rebuilt: (image(change.previous), image(change.current))
    }
  }

  /// What changed of an image that is the same.
  private func manifest(_ state: PlatformChange.ImageState?) -> String {
    state.map { ImageWords.named(nil, manifest: $0.manifest, digests) } ?? "-"
  }

  private static func arrow(_ images: (old: String?, new: String?)) -> String {
    [images.old, images.new].compactMap(\.self).joined(separator: " -> ")
  }
}
