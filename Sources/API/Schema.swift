import ImageModel

/// Pieces of JSON Schema 2020-12.
enum Schema {
  static let string: JSONOutput = .members(["type": "string"])
  static let integer: JSONOutput = .members(["type": "integer", "minimum": 0])
  static let flag: JSONOutput = .members(["type": "boolean"])
  static let any: JSONOutput = .members([:])
  static let time: JSONOutput = .members(["type": "string", "format": "date-time"])
  static let digest: JSONOutput = .members(["type": "string", "pattern": "^sha(256|384|512):[0-9a-f]+$"])

  static func words(_ words: [String]) -> JSONOutput {
    .members(["type": "string", "enum": .array(words.map { .string($0) })])
  }

  static func array(_ items: JSONOutput) -> JSONOutput { .members(["type": "array", "items": items]) }

  static func orNull(_ schema: JSONOutput) -> JSONOutput {
    .members(["anyOf": .array([schema, .members(["type": "null"])])])
  }

  /// All of its members are always there.
  static func object(_ members: KeyValuePairs<String, JSONOutput>) -> JSONOutput {
    .members([
      "type": "object", "required": .array(members.map { .string($0.key) }), "properties": .members(members),
    ])
  }

  static func reference(_ name: String) -> JSONOutput {
    .members(["$ref": .string("#/components/schemas/\(name)")])
  }
}
