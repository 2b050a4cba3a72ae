import ImageModel
import StrictJSON

extension YAMLDocuments {
  /// A file of JSON, as `kubectl get --output json` prints it. It is YAML as well, but for some of its escapes.
  static func json(_ bytes: [UInt8]) -> YAMLValue? {
    guard bytes.first(where: { ![0x20, 0x0a, 0x0d, 0x09].contains($0) }) == UInt8(ascii: "{") else { return nil }
    let limits = JSONLimits(depth: Limits.importDepth, bytes: Limits.importBytes, values: Limits.importValues)
    guard let value = try? StrictJSON.parse(bytes, limits: limits) else { return nil }
    return yaml(value, SourceText(bytes))
  }

  private static func yaml(_ value: JSONValue, _ source: SourceText) -> YAMLValue {
    func line(_ offset: Int) -> Int { source.position(at: offset).line }
    let content: YAMLValue.Content =
      switch value.kind {
      case .null: .scalar("null", isPlain: true)
      case .bool(let isTrue): .scalar(isTrue ? "true" : "false", isPlain: true)
      case .number(let number): .scalar(number.text, isPlain: true)
      case .string(let text): .scalar(text, isPlain: false)
      case .array(let values): .list(values.map { yaml($0, source) })
      case .object(let members):
        .map(
          members.map { .init(key: $0.key, line: line($0.keyRange.lowerBound), value: yaml($0.value, source)) })
      }
    return YAMLValue(content, line: line(value.range.lowerBound))
  }
}
