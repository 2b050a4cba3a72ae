/// Which addresses a request may connect to. Checked on the address of the socket itself, so that no DNS
/// answer can get around it, and again on every connection that is used anew.
public enum AddressPolicy: Sendable, Hashable {
  case any
  /// Everything but link-local addresses and cloud metadata services.
  case denyLinkLocal
  /// Only addresses that are routed on the Internet.
  case publicOnly

  /// Whether this policy lets a request connect to `address`.
  public func allows(_ address: IPAddress) -> Bool {
    switch self {
    case .any: true
    case .denyLinkLocal: !AddressRules.isLinkLocalOrMetadata(address)
    case .publicOnly: AddressRules.isPublic(address)
    }
  }

  /// What can be said before any look-up: address literals, and names that mean this machine. With a proxy
  /// it is all that can be said, for the proxy looks the name up.
  func allows(host: String) -> Bool {
    if let address = IPAddress(host) { return allows(address) }
    let name = host.hasSuffix(".") ? String(host.dropLast()) : host
    return self != .publicOnly || !(name == "localhost" || name.hasSuffix(".localhost"))
  }
}

/// The special-purpose address blocks. Sources: the IANA special-purpose address registries (RFC 6890) and
/// the addresses of cloud metadata services.
public enum AddressRules {
  /// Whether the address is none of private, shared, loopback, link-local, documentation, benchmarking,
  /// multicast, reserved, or one that carries an IPv4 address inside.
  public static func isPublic(_ address: IPAddress) -> Bool {
    !special.contains { $0.contains(address) }
  }

  /// Where clouds keep their machine credentials: never the target of a request that somebody else named.
  public static func isLinkLocalOrMetadata(_ address: IPAddress) -> Bool {
    linkLocal.contains { $0.contains(address) }
  }

  private static let linkLocal = blocks([
    "169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128",
    // The IPv4 block inside NAT64 and 6to4 addresses.
    "64:ff9b::a9fe:0/112", "2002:a9fe::/32",
  ])

  private static let special = blocks([
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16",
    "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
  ])

  private static func blocks(_ texts: [String]) -> [Block] { texts.compactMap(Block.init) }

  private struct Block: Sendable {
    let isIPv4: Bool
    let prefix: UInt128
    let mask: UInt128

    /// Address, slash and number of bits; `nil` for anything else, which the tests would notice.
    init?(_ text: String) {
      let parts = text.split(separator: "/")
      guard parts.count == 2, let address = IPAddress(String(parts[0])), let bits = Int(parts[1]) else { return nil }
      isIPv4 = address.isIPv4
      mask = UInt128.max << (address.bitWidth - bits)
      prefix = address.value & mask
    }

    func contains(_ address: IPAddress) -> Bool {
      address.isIPv4 == isIPv4 && address.value & mask == prefix
    }
  }
}
