/// A JSON value with its position in the source, so that a complaint about it can point there.
package struct JSONValue: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    /// In the order of the source; no two members have the same key.
    case object([JSONMember])
  }

  package let kind: Kind
  /// Byte offsets in the source, from the first byte of the value to behind the last.
  package let range: Range<Int>

  init(_ kind: Kind, _ range: Range<Int>) {
    self.kind = kind
    self.range = range
  }

  /// The member of an object; `nil` where there is none and where this is no object. Takes time in
  /// proportion to the number of members.
  package subscript(key: String) -> JSONValue? {
    object?.first { $0.key.hasSameBytes(as: key) }?.value
  }

  package var string: String? {
    if case .string(let value) = kind { value } else { nil }
  }

  package var array: [JSONValue]? {
    if case .array(let values) = kind { values } else { nil }
  }

  package var object: [JSONMember]? {
    if case .object(let members) = kind { members } else { nil }
  }

  package var bool: Bool? {
    if case .bool(let value) = kind { value } else { nil }
  }

  /// The value of a number that is written as an integer and fits; see `JSONNumber.integer`.
  package var integer: Int64? {
    if case .number(let number) = kind { number.integer } else { nil }
  }

  package var isNull: Bool { kind == .null }
}

/// One member of an object.
package struct JSONMember: Sendable, Hashable {
  /// The key with its escapes resolved.
  package let key: String
  /// Byte offsets of the key in the source, its quotes included.
  package let keyRange: Range<Int>
  package let value: JSONValue
}

/// A number as it was written. Nothing is rounded before somebody asks.
package struct JSONNumber: Sendable, Hashable {
  /// The number's own text, `-12.50e3`.
  package let text: String

  /// The value of a number without fraction and exponent that fits 64 bits. `1.0` and `1e3` are not
  /// integers: where a count is wanted they are a mistake, and readers disagree about them.
  package var integer: Int64? { Int64(text) }

  /// The nearest double; infinite where the number is too large for one.
  package var double: Double { Double(text) ?? .nan }
}

extension String {
  /// Whether both texts are the same bytes. Swift's `==` takes canonically equivalent texts for equal, so
  /// that `U+212A` (KELVIN SIGN) would be the letter K, which no other JSON reader thinks.
  func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
