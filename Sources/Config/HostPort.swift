import Addresses

/// `host` or `host:port`, the host a name, an IPv4 address or an IPv6 address in brackets.
package struct HostPort {
  /// As written, brackets included.
  let host: String
  /// 1 to 65535.
  let port: Int?

  /// The same for every spelling of one host and port.
  var canonical: String { canonicalHost + (port.map { ":\($0)" } ?? "") }

  /// The same for every spelling of one host, whatever the port.
  package var canonicalHost: String {
    let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    return HostName.bracketed(HostName.canonical(bare))
  }

  package enum Mistake: Error {
    /// Not of that form.
    case format
    /// The port is 0 or above 65535.
    case port
  }

  package init(_ text: String) throws(Mistake) {
    let end = text.last == "]" ? nil : text.lastIndex(of: ":")
    host = String(text[..<(end ?? text.endIndex)])
    guard Self.isHost(host) else { throw .format }
    guard let end else {
      port = nil
      return
    }
    let digits = text[text.index(after: end)...].utf8
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .format }
    guard let number = Int(text[text.index(after: end)...]), (1...65_535).contains(number) else { throw .port }
    port = number
  }

  private static func isHost(_ text: String) -> Bool {
    guard text.utf8.count <= 255 else { return false }
    if text.hasPrefix("[") {
      return text.hasSuffix("]") && text.contains(":") && IPAddress(String(text.dropFirst().dropLast())) != nil
    }
    return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
      (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
        && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
  }
}
