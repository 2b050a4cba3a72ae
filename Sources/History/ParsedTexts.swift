import ImageModel

/// Platforms and selections parsed so far: there are few of them and many rows that name them. Equal ones share
/// their memory this way, which for 100,000 tags is most of what their records hold.
final class ParsedTexts {
  private var platforms: [String: Platform] = [:]
  private var selections: [String: PlatformSelection] = [:]

  /// A limit for databases in which every tag has a selection of its own.
  private static let limit = 1_000

  func platform(_ text: String) -> Platform? {
    if let known = platforms[text] { return known }
    let parsed = Platform(text)
    if platforms.count < Self.limit { platforms[text] = parsed }
    return parsed
  }

  func selection(_ text: String) -> PlatformSelection? {
    if let known = selections[text] { return known }
    let parsed = PlatformSelection(stored: text)
    if selections.count < Self.limit { selections[text] = parsed }
    return parsed
  }
}
