import ImageModel

/// The JSON Schema of the configuration, for editors: docs/watcher.schema.json. It refuses nothing that the reader
/// takes, and leaves to it what only the reader can judge. Source: json-schema.org, draft 2020-12.
package enum ConfigSchema {
  /// Keywords; those that are null say nothing and are left out.
  private typealias Schema = KeyValuePairs<String, JSONOutput>

  /// Indented, with a newline at the end.
  package static let text = document.indented + "\n"

  private static let document: JSONOutput = {
    let head: Schema = [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "The configuration of watcher",
      "$defs": json([
        "remark": json(["description": "Ignored", "type": "string"]),
        "duration": json(["type": "string", "pattern": .string(ConfigDuration.pattern)]),
        "file": json(schema(.oneOf([.path, .object(ConfigKeys.credential)]))),
      ]),
    ]
    return .object(members(head) + members(object(ConfigKeys.root)))
  }()

  private static func schema(_ value: ConfigValue) -> Schema {
    switch value {
    case .any: [:]
    case .string: ["type": "string"]
    case .text, .path: ["type": "string", "minLength": 1]
    case .form(let pattern): ["type": "string", "pattern": .string(pattern)]
    case .file: ["$ref": "#/$defs/file"]
    case .boolean: ["type": "boolean"]
    case .no: ["const": .bool(false)]
    case .integer(let range):
      ["type": "integer", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
    case .rate(let range):
      ["type": "number", "exclusiveMinimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
    case .duration: ["$ref": "#/$defs/duration"]
    case .period(let range): ["oneOf": .array([json(["const": "forever"]), json(schema(.duration(range)))])]
    case .words(let words): ["enum": strings(words)]
    case .list(let element, let count):
      [
        "type": "array", "items": json(schema(element)),
        "minItems": count.lowerBound == 0 ? nil : .number(count.lowerBound),
        "maxItems": limit(count.upperBound),
      ]
    case .object(let keys): object(keys)
    case .named(let value, let form):
      [
        "type": "object", "properties": .object([remark(ConfigKeys.remark)]),
        "propertyNames": form.map { json(["pattern": .string($0)]) } ?? nil,
        "additionalProperties": json(schema(value)),
      ]
    case .data(let value, let count):
      ["type": "object", "additionalProperties": json(schema(value)), "maxProperties": limit(count)]
    case .oneOf(let values): ["oneOf": .array(values.map { json(schema($0)) })]
    }
  }

  private static func object(_ object: ConfigObject) -> Schema {
    let pairs = object.exclusive.flatMap { keys in
      keys.indices.flatMap { last in keys[..<last].map { [$0, keys[last]] } }
    }
    return [
      "type": "object", "properties": .object(object.remarks.map(remark) + object.keys.map(property)),
      "required": object.required.isEmpty ? nil : strings(object.required),
      "dependentRequired": object.needs.isEmpty
        ? nil : .object(object.needs.map { .init($0.key, strings([$0.needed])) }),
      "not": pairs.isEmpty ? nil : json(["anyOf": .array(pairs.map { json(["required": strings($0)]) })]),
      "anyOf": object.either.isEmpty ? nil : .array(object.either.map { json(["required": strings([$0])]) }),
      "additionalProperties": false,
    ]
  }

  private static func property(_ key: ConfigKey) -> JSONOutput.Member {
    var meaning = key.meaning
    // No keyword says how long a duration may be.
    switch key.value {
    case .duration(let range), .period(let range):
      meaning += " (\(ConfigDuration.text(range.lowerBound)) … \(ConfigDuration.text(range.upperBound)))"
    default: break
    }
    return .init(key.name, .object([.init("description", .string(meaning))] + members(schema(key.value))))
  }

  private static func remark(_ key: String) -> JSONOutput.Member { .init(key, json(["$ref": "#/$defs/remark"])) }

  private static func members(_ schema: Schema) -> [JSONOutput.Member] {
    schema.filter { $0.value != .null }.map { .init($0.key, $0.value) }
  }

  private static func json(_ schema: Schema) -> JSONOutput { .object(members(schema)) }

  private static func strings(_ texts: [String]) -> JSONOutput { .array(texts.map(JSONOutput.string)) }

  private static func limit(_ count: Int) -> JSONOutput { count == .max ? nil : .number(count) }
}

extension JSONOutput {
  /// On lines of at most 120 characters where that can be, for people to read.
  fileprivate var indented: String { indented("") }

  private func indented(_ margin: String) -> String {
    let deeper = margin + "  "
    let (open, parts, close): (String, [String], String) =
      switch self {
      case .object(let members):
        ("{", members.map { "\(JSONOutput.string($0.key).compact): \($0.value.indented(deeper))" }, "}")
      case .array(let values): ("[", values.map { $0.indented(deeper) }, "]")
      default: (compact, [], "")
      }
    let line = open + parts.joined(separator: ", ") + close
    if parts.isEmpty || !line.contains("\n") && margin.count + line.count <= 96 { return line }
    return "\(open)\n\(parts.map { deeper + $0 }.joined(separator: ",\n"))\n\(margin)\(close)"
  }

  private var compact: String { String(decoding: bytes, as: UTF8.self) }
}
