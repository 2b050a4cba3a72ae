import Config
import ImageModel
import Service

/// The effective configuration, for people.
struct ConfigRendering {
  let config: EffectiveConfig

  /// A configuration as people write it.
  func text(_ format: TextFormat) -> String {
    Self.pretty(config.document, indent: 0, width: format.width ?? 100) + "\n"
  }

  /// A line for each value: `defaults.interval  default  15m`.
  func origins(_ format: TextFormat) -> String {
    var table = TextTable(["", "", ""])
    table.rows = config.settings.map { setting in
      [
        .init(Self.name(setting.steps).shown), .init(setting.origin.shown, .faint),
        .init(Self.words(setting.value), .strong),
      ]
    }
    return table.lines(format.style).map { $0 + "\n" }.joined()
  }

  /// The configuration, and by JSON pointer (RFC 6901) where its values come from.
  var originsDocument: JSONOutput {
    .members([
      "configuration": config.document,
      "origins": .object(
        config.settings.map { JSONOutput.Member(Self.pointer($0.steps), .string($0.origin)) }),
    ])
  }

  /// `registries."docker.io".username`, `watch[0].image`.
  private static func name(_ steps: [EffectiveConfig.Step]) -> String {
    steps.reduce(into: "") { name, step in
      switch step {
      case .element(let index): name += "[\(index)]"
      case .key(let key):
        let isPlain = key.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "_") }
        name += (name.isEmpty ? "" : ".") + (isPlain ? key : "\"\(key)\"")
      }
    }
  }

  private static func pointer(_ steps: [EffectiveConfig.Step]) -> String {
    steps.map { step in
      switch step {
      case .element(let index): "/\(index)"
      case .key(let key): "/" + key.replacing("~", with: "~0").replacing("/", with: "~1")
      }
    }.joined()
  }

  private static func words(_ value: JSONOutput) -> String {
    if case .string(let text) = value { return text.shown }
    return line(value)
  }

  private static func line(_ value: JSONOutput) -> String {
    switch value {
    case .array(let values): "[" + values.map(line).joined(separator: ", ") + "]"
    case .object(let members) where members.isEmpty: "{}"
    case .object(let members):
      "{ " + members.map { "\(line(.string($0.key))): \(line($0.value))" }.joined(separator: ", ") + " }"
    default: String(decoding: value.bytes, as: UTF8.self)
    }
  }

  /// In one line what fits, but for the sections of the configuration.
  private static func pretty(_ value: JSONOutput, indent: Int, width: Int) -> String {
    let line = line(value)
    if indent > 0, indent + line.unicodeScalars.count <= width { return line }
    let margin = String(repeating: " ", count: indent)
    switch value {
    case .array(let values) where !values.isEmpty:
      let lines = values.map { margin + "  " + pretty($0, indent: indent + 2, width: width) }
      return "[\n" + lines.joined(separator: ",\n") + "\n\(margin)]"
    case .object(let members) where !members.isEmpty:
      let lines = members.map { member in
        "\(margin)  \(Self.line(.string(member.key))): " + pretty(member.value, indent: indent + 2, width: width)
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(margin)}"
    default: return line
    }
  }
}
