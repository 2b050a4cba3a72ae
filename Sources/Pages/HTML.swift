import ImageModel

/// Markup. Text gets into it by interpolation alone, which escapes it for content and for quoted attributes alike;
/// there is no way to put one in as it is: literals are of a type that no other text can have.
package struct HTML: ExpressibleByStringInterpolation, Hashable, Sendable {
  package private(set) var markup: String

  package init(stringLiteral value: StaticString) { markup = value.description }

  package init(stringInterpolation: StringInterpolation) { markup = stringInterpolation.markup }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var markup = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      markup.reserveCapacity(literalCapacity + 32 * interpolationCount)
    }

    package mutating func appendLiteral(_ literal: StaticString) { markup += literal.description }

    package mutating func appendInterpolation(_ text: some CustomStringConvertible) {
      markup += HTML.escaped(text.description)
    }

    package mutating func appendInterpolation(_ html: HTML) { markup += html.markup }

    package mutating func appendInterpolation(_ parts: [HTML]) { for part in parts { markup += part.markup } }
  }

  /// Foreign text may hold markup, and characters that hide or turn text.
  private static func escaped(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (0x20..<0x7f).contains($0) }
    let shown = isPlain ? text : text.safe(limit: .max)
    guard shown.utf8.contains(where: { entities[$0] != nil }) else { return shown }
    var out = ""
    for scalar in shown.unicodeScalars {
      if scalar.isASCII, let entity = entities[UInt8(scalar.value)] {
        out += entity
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  private static let entities: [UInt8: String] = [
    UInt8(ascii: "&"): "&amp;", UInt8(ascii: "<"): "&lt;", UInt8(ascii: ">"): "&gt;", UInt8(ascii: "\""): "&quot;",
    UInt8(ascii: "'"): "&#39;",
  ]
}

extension [HTML] {
  func joined(_ separator: HTML) -> HTML {
    var parts: [HTML] = []
    for part in self { parts += parts.isEmpty ? [part] : [separator, part] }
    return "\(parts)"
  }
}
