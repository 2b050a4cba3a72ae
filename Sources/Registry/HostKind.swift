#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// What can be said of a host without asking the DNS.
enum HostKind: Hashable, Sendable {
  case name
  /// `localhost`, names below it, `127.0.0.0/8`, `::1`.
  case loopback
  /// Addresses that only a private network has.
  case privateAddress
  case publicAddress
  /// Link-local, where cloud metadata lives, and whatever else no server has: unspecified, multicast, reserved.
  case forbiddenAddress
  /// A number in disguise, such as `0x7f.1` or `2130706433`: resolvers take it for an address.
  case disguised

  /// - Parameter host: lower-cased, without brackets.
  init(_ host: String) {
    let host = host.hasSuffix(".") ? String(host.dropLast()) : host
    if host == "localhost" || host.hasSuffix(".localhost") {
      self = .loopback
    } else if host.contains(":") {
      self = Self.ipv6(host)
    } else if let last = host.split(separator: ".").last, Self.isNumeric(last) {
      self = Self.ipv4(host)
    } else {
      self = .name
    }
  }

  private static func isNumeric(_ label: Substring) -> Bool {
    label.hasPrefix("0x") || label.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  private static func ipv4(_ host: String) -> HostKind {
    var address = in_addr()
    // Unlike a resolver, inet_pton takes four decimal parts and nothing else.
    guard inet_pton(AF_INET, host, &address) == 1 else { return .disguised }
    return ipv4(UInt32(bigEndian: address.s_addr))
  }

  private static func ipv4(_ address: UInt32) -> HostKind {
    let first = address >> 24
    let second = address >> 16 & 0xff
    switch (first, second) {
    case (127, _): return .loopback
    case (10, _), (172, 16...31), (192, 168), (100, 64...127): return .privateAddress
    case (0, _), (169, 254), (224..., _): return .forbiddenAddress
    default: return .publicAddress
    }
  }

  private static func ipv6(_ host: String) -> HostKind {
    var address = in6_addr()
    guard inet_pton(AF_INET6, host, &address) == 1 else { return .disguised }
    let bytes = withUnsafeBytes(of: address) { Array($0) }
    let tail = bytes[12...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let zeros = bytes.prefix { $0 == 0 }.count
    if zeros >= 15 { return bytes[15] == 1 ? .loopback : .forbiddenAddress }
    // IPv4 in IPv6: mapped (::ffff:0:0/96), compatible (::/96), and through a translator (64:ff9b::/96).
    if zeros >= 12 || zeros == 10 && bytes[10] == 0xff && bytes[11] == 0xff { return ipv4(tail) }
    if bytes.starts(with: [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]) { return ipv4(tail) }
    switch bytes[0] {
    case 0xfc, 0xfd: return .privateAddress
    case 0xff: return .forbiddenAddress
    case 0xfe: return bytes[1] & 0xc0 == 0x80 ? .forbiddenAddress : .privateAddress
    default: return .publicAddress
    }
  }
}
