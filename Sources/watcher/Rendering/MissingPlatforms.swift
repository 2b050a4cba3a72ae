import ImageModel

/// Platforms that somebody asked for and that are not there.
enum MissingPlatforms {
  private static let shown = 12

  /// Those of `asked` that none of `present` answers for; an image of unknown platform may be of any.
  static func among(_ present: [Platform?], asked: [Platform]) -> [Platform] {
    present.contains(nil) ? [] : PlatformSelection.only(asked).missing(from: present.compactMap(\.self))
  }

  /// `linux/amd64, linux/arm64`.
  static func names(_ platforms: [Platform]) -> String {
    Words.list(platforms.map(\.description.shown), limit: shown)
  }
}
