package import StrictJSON

/// A text that somebody has written, with names of facts in it: `{{summary}}`.
/// Source: docs/reference.md, Bodies of your own.
package struct TextTemplate: Hashable, Sendable {
  private enum Piece: Hashable, Sendable {
    case text(String)
    case fact(MessageFact)
  }

  /// Why a text is no template.
  package struct Mistake: Error, Hashable, Sendable {
    /// Where the string begins that it is in.
    package let string: Int
    /// Where in its text, in bytes.
    package let index: Int
    package let problem: Problem

    package enum Problem: Hashable, Sendable {
      /// A name that there is not.
      case unknown(String)
      /// `{{` without `}}`.
      case open
      /// In a key of an object, which is nobody's text.
      case key
    }
  }

  private let pieces: [Piece]

  /// - Parameter json: the string that `text` is in.
  package init(_ text: String, in json: JSONValue) throws(Mistake) {
    var pieces: [Piece] = []
    var rest = text[...]
    while let start = rest.firstRange(of: "{{") {
      let index = text.utf8.distance(from: text.startIndex, to: start.lowerBound)
      guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
        throw Mistake(string: json.range.lowerBound, index: index, problem: .open)
      }
      let name = rest[start.upperBound..<end.lowerBound].trimmingSpaces
      guard let fact = MessageFact(name) else {
        throw Mistake(string: json.range.lowerBound, index: index, problem: .unknown(name))
      }
      if start.lowerBound > rest.startIndex { pieces.append(.text(String(rest[..<start.lowerBound]))) }
      pieces.append(.fact(fact))
      rest = rest[end.upperBound...]
    }
    self.pieces = rest.isEmpty ? pieces : pieces + [.text(String(rest))]
  }

  /// As it is written.
  package var written: String { joined { "{{\($0)}}" } }

  package func text(_ message: Message) -> String { joined { message.value(of: $0) } }

  private func joined(_ value: (MessageFact) -> String) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .fact(let fact): value(fact)
      }
    }.joined()
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
