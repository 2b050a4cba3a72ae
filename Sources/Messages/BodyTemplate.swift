package import ImageModel
package import StrictJSON

/// A body that somebody has written: a JSON value whose strings may name facts, `{{summary}}`. What is put in is text
/// inside a string, so nothing that an event says changes the shape. Source: docs/reference.md, Bodies of your own.
package struct BodyTemplate: Hashable, Sendable {
  /// What a text is made of.
  private enum Piece: Hashable, Sendable {
    case text(String)
    case fact(MessageFact)
  }

  private indirect enum Value: Hashable, Sendable {
    case pieces([Piece])
    case plain(JSONOutput)
    case array([Value])
    case object([Member])
  }

  private struct Member: Hashable, Sendable {
    let key: String
    let value: Value
  }

  /// Why a text is no template.
  package struct Mistake: Error, Hashable, Sendable {
    /// The string that it is in.
    package let value: JSONValue
    /// Where in its text, in bytes.
    package let index: Int
    package let problem: Problem

    package enum Problem: Hashable, Sendable {
      /// A name that there is not.
      case unknown(String)
      /// `{{` without `}}`.
      case open
    }
  }

  private let value: Value

  package init(_ json: JSONValue) throws(Mistake) {
    value = try Self.value(json)
    self.json = Self.output(value) { piece in
      switch piece {
      case .text(let text): text
      case .fact(let fact): "{{\(fact)}}"
      }
    }
  }

  /// As it is written.
  package let json: JSONOutput

  package func body(_ message: Message) -> [UInt8] {
    Self.output(value) { piece in
      switch piece {
      case .text(let text): text
      case .fact(let fact): message.value(of: fact)
      }
    }.bytes
  }

  private static func value(_ json: JSONValue) throws(Mistake) -> Value {
    switch json.kind {
    case .null: return .plain(.null)
    case .bool(let value): return .plain(.bool(value))
    case .number(let number): return .plain(.raw(Array(number.text.utf8)))
    case .string(let text): return .pieces(try pieces(text, in: json))
    case .array(let values):
      var elements: [Value] = []
      for element in values { elements.append(try value(element)) }
      return .array(elements)
    case .object(let members):
      var kept: [Member] = []
      for member in members { kept.append(Member(key: member.key, value: try value(member.value))) }
      return .object(kept)
    }
  }

  private static func pieces(_ text: String, in json: JSONValue) throws(Mistake) -> [Piece] {
    var pieces: [Piece] = []
    var rest = text[...]
    while let start = rest.firstRange(of: "{{") {
      let index = text.utf8.distance(from: text.startIndex, to: start.lowerBound)
      guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
        throw Mistake(value: json, index: index, problem: .open)
      }
      let name = rest[start.upperBound..<end.lowerBound].trimmingSpaces
      guard let fact = MessageFact(name) else { throw Mistake(value: json, index: index, problem: .unknown(name)) }
      if start.lowerBound > rest.startIndex { pieces.append(.text(String(rest[..<start.lowerBound]))) }
      pieces.append(.fact(fact))
      rest = rest[end.upperBound...]
    }
    return rest.isEmpty ? pieces : pieces + [.text(String(rest))]
  }

  private static func output(_ value: Value, _ text: (Piece) -> String) -> JSONOutput {
    switch value {
    case .plain(let value): value
    case .pieces(let pieces): .string(pieces.map(text).joined())
    case .array(let values): .array(values.map { output($0, text) })
    case .object(let members): .object(members.map { .init($0.key, output($0.value, text)) })
    }
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
