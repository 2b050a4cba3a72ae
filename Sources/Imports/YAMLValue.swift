/// A value of a YAML document, with aliases and merge keys put in.
struct YAMLValue: Sendable {
  enum Content: Sendable {
    /// Whether it is written without quotes, so that it may be no text.
    case scalar(String, isPlain: Bool)
    case list([YAMLValue])
    case map([Member])
  }

  struct Member: Sendable {
    /// Empty where the key is no scalar.
    let key: String
    /// From 1.
    let line: Int
    let value: YAMLValue
  }

  let content: Content
  /// From 1; of what an alias stands for it is that of the anchor.
  let line: Int
  /// How many values it has, itself and those that aliases stand for included.
  let count: Int
  /// How deep it is, 1 for a scalar.
  let height: Int

  init(_ content: Content, line: Int) {
    self.content = content
    self.line = line
    let parts: [YAMLValue] =
      switch content {
      case .scalar: []
      case .list(let values): values
      case .map(let members): members.map(\.value)
      }
    count = parts.reduce(1) { $0 + $1.count }
    height = 1 + (parts.map(\.height).max() ?? 0)
  }

  subscript(key: String) -> YAMLValue? { map?.first { $0.key == key }?.value }

  var map: [Member]? {
    if case .map(let members) = content { members } else { nil }
  }

  var list: [YAMLValue]? {
    if case .list(let values) = content { values } else { nil }
  }

  /// A scalar that is not null; numbers and the like as they are written.
  var text: String? {
    guard case .scalar(let text, let isPlain) = content, !isPlain || !Self.nulls.contains(text) else { return nil }
    return text
  }

  /// Whether it is there and is not null.
  var isGiven: Bool {
    if case .scalar = content { text != nil } else { true }
  }

  /// A list of texts, or one text for a list of it alone.
  var texts: [String] { list?.compactMap(\.text) ?? text.map { [$0] } ?? [] }

  private static let nulls: Set<String> = ["", "~", "null", "Null", "NULL"]
}
