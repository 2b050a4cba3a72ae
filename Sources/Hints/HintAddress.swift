/// Where a hint is sent: `/hints/<source>`, perhaps with the secret behind it, and `?registry=HOST`.
package struct HintAddress: Sendable {
  package static let prefix = "/hints/"

  package let source: HintSource
  package let secret: String?
  package let registry: String?

  /// `nil` where there is no such source.
  package init?(path: String, query: String) {
    guard path.hasPrefix(Self.prefix) else { return nil }
    let rest = path.dropFirst(Self.prefix.count)
    let name = rest.prefix { $0 != "/" }
    guard let source = HintSource(rawValue: String(name)) else { return nil }
    self.source = source
    let last = rest[name.endIndex...].dropFirst()
    secret = last.isEmpty ? nil : Self.decoded(last)
    registry = query.split(separator: "&").first { $0.hasPrefix("registry=") }
      .map { Self.decoded($0.dropFirst("registry=".count)) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// What `%41` and its like stand for. Source: RFC 3986, 2.1.
  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Substring(text).utf8
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy(\.isHexDigit),
        let value = UInt8(Substring(digits), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension UInt8 {
  fileprivate var isHexDigit: Bool {
    (0x30...0x39).contains(self) || (0x61...0x66).contains(self | 0x20)
  }
}
