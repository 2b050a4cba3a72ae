import ImageModel

/// How one platform changed, in words.
struct ChangeText {
  let digests: DigestText

  /// `linux/amd64 rebuilt 0a48c1b2d3e4 -> d389f0a1b2c3`.
  func words(_ change: PlatformChange) -> String {
    let (old, new) = digests(of: change)
    return named(change) + " " + [old, new].compactMap(\.self).joined(separator: " -> ")
  }

  /// As `words`; digests in full have a line each.
  func lines(_ change: PlatformChange) -> [String] {
    guard digests.isFull else { return [words(change)] }
    let (old, new) = digests(of: change)
    return [named(change)] + [old.map { "  old \($0)" }, new.map { "  new \($0)" }].compactMap(\.self)
  }

  func named(_ platform: Platform?, _ words: String) -> String {
    platform.map { "\($0.description.shown) \(words)" } ?? words
  }

  /// The image ID, or the manifest where there is none.
  func image(_ state: PlatformChange.ImageState?) -> String { digests(state?.identity) }

  private func named(_ change: PlatformChange) -> String { named(change.platform, change.changeClass.rawValue) }

  private func digests(of change: PlatformChange) -> (old: String?, new: String?) {
    switch change.changeClass {
    case .added: (nil, image(change.current))
    case .removed: (image(change.previous), nil)
    case .repacked: (digests(change.previous?.manifest), digests(change.current?.manifest))
    case .content, .rebuilt: (image(change.previous), image(change.current))
    }
  }
}
