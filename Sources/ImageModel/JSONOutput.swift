/// A JSON value on its way out, with the members of objects in the order they are given: people read these
/// documents, and an event's bytes are frozen once written.
package enum JSONOutput: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  case null
  case bool(Bool)
  case int(Int64)
  case string(String)
  case array([JSONOutput])
  case object([Member])
  /// A complete JSON document, put in byte for byte.
  case raw([UInt8])

  package struct Member: Hashable, Sendable {
    package let key: String
    package let value: JSONOutput
    package init(_ key: String, _ value: JSONOutput) {
      self.key = key
      self.value = value
    }
  }

  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .int(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(nilLiteral: ()) { self = .null }

  /// The value's own text as a string, or `null`.
  package static func text(_ value: (some CustomStringConvertible)?) -> JSONOutput {
    value.map { .string($0.description) } ?? .null
  }

  package static func number(_ value: Int?) -> JSONOutput { value.map { .int(Int64($0)) } ?? .null }

  /// Members in the order written.
  package static func members(_ members: KeyValuePairs<String, JSONOutput>) -> JSONOutput {
    .object(members.map { Member($0.key, $0.value) })
  }

  /// Compact UTF-8, on one line, without a newline at the end.
  package var bytes: [UInt8] {
    var out: [UInt8] = []
    write(to: &out)
    return out
  }

  private func write(to out: inout [UInt8]) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .int(let value): out += String(value).utf8
    case .string(let value): Self.write(value, to: &out)
    case .raw(let bytes): out += bytes
    case .array(let values):
      out.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        value.write(to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        Self.write(member.key, to: &out)
        out.append(UInt8(ascii: ":"))
        member.value.write(to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  /// Escapes what RFC 8259 demands, and whatever else a terminal should not see: an event is one line in
  /// every reader's eyes.
  private static func write(_ text: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: out += "\\\"".utf8
      case 0x5c: out += "\\\\".utf8
      case 0x0a: out += "\\n".utf8
      case 0x0d: out += "\\r".utf8
      case 0x09: out += "\\t".utf8
      case 0x20..<0x7f: out.append(UInt8(scalar.value))
      default:
        if scalar.isUnsafeToShow {
          UTF16.encode(scalar)?.forEach { Self.writeEscape($0, to: &out) }
        } else {
          out += String(scalar).utf8
        }
      }
    }
    out.append(UInt8(ascii: "\""))
  }

  /// `\u0007`; a character beyond the first plane takes two of them.
  private static func writeEscape(_ unit: UInt16, to out: inout [UInt8]) {
    let hex = String(unit, radix: 16)
    out += "\\u\(String(repeating: "0", count: 4 - hex.utf8.count))\(hex)".utf8
  }
}
