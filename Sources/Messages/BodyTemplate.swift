package import ImageModel
package import StrictJSON

/// A body that somebody has written: a JSON value whose strings may name facts, `{{summary}}`. What is put in is text
/// inside a string, so nothing that an event says changes the shape. Source: docs/reference.md, Bodies of your own.
package struct BodyTemplate: Hashable, Sendable {
  private indirect enum Value: Hashable, Sendable {
    case text(TextTemplate)
    case plain(JSONOutput)
    case array([Value])
    case object([Member])
  }

  private struct Member: Hashable, Sendable {
    let key: String
    let value: Value
  }

  private let value: Value

  package init(_ json: JSONValue) throws(TextTemplate.Mistake) {
    value = try Self.value(json)
    self.json = Self.output(value, \.written)
  }

  /// As it is written.
  package let json: JSONOutput

  package func body(_ message: Message) -> [UInt8] { Self.output(value) { $0.text(message) }.bytes }

  private static func value(_ json: JSONValue) throws(TextTemplate.Mistake) -> Value {
    switch json.kind {
    case .null: return .plain(.null)
    case .bool(let value): return .plain(.bool(value))
    case .number(let number): return .plain(.raw(Array(number.text.utf8)))
    case .string(let text): return .text(try TextTemplate(text, in: json))
    case .array(let values):
      var elements: [Value] = []
      for element in values { elements.append(try value(element)) }
      return .array(elements)
    case .object(let members):
      var kept: [Member] = []
      for member in members {
        if let braces = member.key.firstRange(of: "{{") {
          let index = member.key.utf8.distance(from: member.key.startIndex, to: braces.lowerBound)
          throw TextTemplate.Mistake(string: member.keyRange.lowerBound, index: index, problem: .key)
        }
        kept.append(Member(key: member.key, value: try value(member.value)))
      }
      return .object(kept)
    }
  }

  private static func output(_ value: Value, _ text: (TextTemplate) -> String) -> JSONOutput {
    switch value {
    case .plain(let value): value
    case .text(let template): .string(text(template))
    case .array(let values): .array(values.map { output($0, text) })
    case .object(let members): .object(members.map { .init($0.key, output($0.value, text)) })
    }
  }
}
