/// What an address is for: the one table of special blocks, for whatever is judged by addresses. Sources: the IANA
/// special-purpose address registries (RFC 6890), RFC 4193, RFC 6052, and the clouds' own documentation.
package enum AddressClass: Hashable, Sendable {
  /// Routed on the Internet.
  case `public`
  /// This machine: `127.0.0.0/8` and `::1`.
  case loopback
  /// Addresses that only a private network has.
  case privateNetwork
  /// Link-local, and wherever else a cloud hands out the credentials of a machine. No request goes there.
  case linkLocalOrMetadata
  /// Unspecified, multicast, documentation, reserved: no server has such an address.
  case special

  package init(_ address: IPAddress) {
    self = address.isIPv4 ? Self.ofIPv4(address) : Self.ofIPv6(address)
  }

  private static func ofIPv4(_ address: IPAddress) -> AddressClass {
    ipv4.first { $0.block.contains(address) }?.kind ?? .public
  }

  private static func ofIPv6(_ address: IPAddress) -> AddressClass {
    // On its way such an address becomes the IPv4 address in it, or may.
    if carriers.contains(where: { $0.contains(address) }) { return ofCarrier(address) }
    return ipv6.first { $0.block.contains(address) }?.kind ?? .public
  }

  private static func ofCarrier(_ address: IPAddress) -> AddressClass {
    let kinds = address.carriedIPv4.map(ofIPv4)
    if kinds.contains(.linkLocalOrMetadata) { return .linkLocalOrMetadata }
    if address == .ipv6Loopback { return .loopback }
    // An IPv6-only network reaches the Internet through a translator. What it must not translate is not reached.
    if translator.contains(address), let kind = kinds.first { return kind == .loopback ? .special : kind }
    return localTranslator.contains(address) ? .privateNetwork : .special
  }

  /// The first block that holds an address counts, so single addresses stand before the block they are in.
  private static let ipv4 = table([
    .linkLocalOrMetadata: [
      "169.254.0.0/16",
      // Azure's platform, Alibaba Cloud, Oracle Cloud's first generation.
      "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32",
    ],
    .loopback: ["127.0.0.0/8"],
    .privateNetwork: ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15"],
    .special: [
      "0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.51.100.0/24", "203.0.113.0/24",
      "224.0.0.0/4", "240.0.0.0/4",
    ],
  ])

  private static let ipv6 = table([
    .linkLocalOrMetadata: [
      "fe80::/10",
      // Amazon's metadata and pod credentials, Google Cloud, Oracle Cloud, Scaleway.
      "fd00:ec2::254/128", "fd00:ec2::23/128", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128", "fd00:42::42/128",
    ],
    .privateNetwork: ["fc00::/7", "fec0::/10"],
    .special: ["100::/64", "2001::/32", "2001:db8::/32", "3fff::/20", "5f00::/16", "ff00::/8"],
  ])

  /// `64:ff9b::/96`, RFC 6052.
  private static let translator = AddressBlock("64:ff9b::/96")
  /// RFC 8215.
  private static let localTranslator = AddressBlock("64:ff9b:1::/48")
  /// Blocks of addresses with an IPv4 address inside, "IPv4-compatible" ones and 6to4 as well as the translators'.
  private static let carriers = [AddressBlock("::/96"), translator, localTranslator, AddressBlock("2002::/16")]

  private static func table(_ blocks: [AddressClass: [String]]) -> [(block: AddressBlock, kind: AddressClass)] {
    [.linkLocalOrMetadata, .loopback, .privateNetwork, .special].flatMap { kind in
      (blocks[kind] ?? []).map { (AddressBlock($0), kind) }
    }
  }
}

extension IPAddress {
  fileprivate static let ipv6Loopback = IPAddress("::1")

  /// The IPv4 addresses that an IPv6 address may carry: in its last 32 bits; in 6to4 behind the prefix (RFC 3056);
  /// in a translator's own block wherever RFC 6052 section 2.2 puts them, around the octet that must be zero.
  fileprivate var carriedIPv4: [IPAddress] {
    func part(_ shift: Int) -> UInt32 { UInt32(truncatingIfNeeded: value >> shift) }
    let high = UInt64(truncatingIfNeeded: value >> 64)
    let low = UInt64(truncatingIfNeeded: value)
    let behind48 = UInt32(truncatingIfNeeded: high) << 16 | UInt32(truncatingIfNeeded: low >> 40 & 0xffff)
    let behind56 = UInt32(truncatingIfNeeded: high) << 24 | UInt32(truncatingIfNeeded: low >> 32 & 0xff_ffff)
    return [part(0), high >> 48 == 0x2002 ? part(80) : behind48, behind56, part(24)].map(IPAddress.init(ipv4:))
  }
}
