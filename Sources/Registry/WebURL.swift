import Addresses

/// The parts of an `http` or `https` URL that came from a registry, read so strictly that no other reader can
/// see another host in it: visible ASCII, no user, no fragment, no backslash, a plain host.
struct WebURL: Hashable, Sendable {
  let isSecure: Bool
  /// In its canonical spelling, without the brackets of an IPv6 literal.
  let host: String
  let port: Int
  /// Path and query, beginning with `/`.
  let target: String

  init?(_ text: String) {
    guard text.utf8.count <= 4_096, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), !text.contains("\\"),
      !text.contains("#")
    else { return nil }
    let lower = text.prefix(8).lowercased()
    let schemeLength: Int
    switch lower {
    case "https://": (isSecure, schemeLength) = (true, 8)
    case _ where lower.hasPrefix("http://"): (isSecure, schemeLength) = (false, 7)
    default: return nil
    }
    let rest = text.dropFirst(schemeLength)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard let (host, port) = Self.split(authority) else { return nil }
    self.host = host
    self.port = port ?? (isSecure ? 443 : 80)
    let tail = rest[authority.endIndex...]
    target = tail.hasPrefix("/") ? String(tail) : "/" + tail
  }

  /// Host, and port where it is not that of the scheme: as references name a registry.
  var authority: String { String(origin.drop { $0 != "/" }.dropFirst(2)) }

  /// `host:port`, for messages.
  var hostAndPort: String { HostName.bracketed(host) + ":\(port)" }

  /// `https://host:port`, the port only where it is not the scheme's own.
  var origin: String {
    let name = HostName.bracketed(host)
    return (isSecure ? "https://" : "http://") + name + (port == (isSecure ? 443 : 80) ? "" : ":\(port)")
  }

  var text: String { origin + target }

  func hasSameOrigin(as other: WebURL) -> Bool {
    isSecure == other.isSecure && host == other.host && port == other.port
  }

  /// Host and port of an authority, or of an entry of `trusted_realms`.
  static func split(_ authority: Substring) -> (host: String, port: Int?)? {
    var rest = authority
    let host: Substring
    if rest.hasPrefix("[") {
      guard let close = rest.firstIndex(of: "]") else { return nil }
      host = rest[rest.index(after: rest.startIndex)..<close]
      rest = rest[rest.index(after: close)...]
      guard host.contains(":"), IPAddress(String(host)) != nil else { return nil }
    } else {
      host = rest.prefix { $0 != ":" }
      rest = rest[host.endIndex...]
      guard isName(host) else { return nil }
    }
    let canonical = HostName.canonical(String(host))
    guard !rest.isEmpty else { return (canonical, nil) }
    let digits = rest.dropFirst()
    guard rest.first == ":", (1...5).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = Int(digits), (1...65_535).contains(port)
    else { return nil }
    return (canonical, port)
  }

  private static func isName(_ host: Substring) -> Bool {
    !host.isEmpty && host.utf8.count <= 253
      && host.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
        default: false
        }
      }
  }
}
