import Addresses

/// Hosts and addresses.
extension FuzzTarget {
  static let addresses = [
    FuzzTarget(name: "address", check: address), FuzzTarget(name: "host", check: host),
  ]

  /// Raw bytes of an address where there are as many as one has; besides that, text.
  @Sendable private static func address(_ bytes: [UInt8]) throws {
    if let address = IPAddress(bytes: bytes) { try isSound(address) }
    let text = bytes.text
    if let address = IPAddress(text) {
      let isPlain = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "abcdefABCDEF:.[]".utf8.contains($0) }
      try hold(isPlain, "\(shown(text)) is no text of an address, and is read as \(address)")
      try isSound(address)
      try hold(IPAddress(disguised: text) == nil, "\(shown(text)) is called a disguise")
    }
    if let address = IPAddress(disguised: text) { try isSound(address) }
    if let block = AddressBlock(parsing: text), let address = IPAddress(String(text.prefix { $0 != "/" })) {
      try hold(block.contains(address), "\(shown(text)) does not contain its own address")
    }
  }

  private static func isSound(_ address: IPAddress) throws {
    try same(IPAddress(address.description), address, "printed and read again")
    try same(HostName.canonical(address.description), address.description, "canonical")
    try same(HostKind(address.description), HostKind(HostName.bracketed(address.description)), "brackets")
    try hold(HostKind(address.description) != .name, "\(address) is called a name")
  }

  @Sendable private static func host(_ bytes: [UInt8]) throws {
    let text = bytes.text
    let canonical = HostName.canonical(text)
    try same(HostName.canonical(canonical), canonical, "canonical of the canonical")
    _ = HostKind(authority: text)
    // What resolvers take for an address must not pass for a name.
    if IPAddress(text) != nil || IPAddress(disguised: text) != nil {
      try hold(HostKind(text) != .name, "\(shown(text)) is an address and is called a name")
    }
    try same(HostKind(text), HostKind(text.uppercased().lowercased()), "case")
  }
}
