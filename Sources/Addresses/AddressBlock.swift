/// A block of addresses in the notation of RFC 4632: `10.0.0.0/8`, `fe80::/10`.
package struct AddressBlock: Sendable {
  private let isIPv4: Bool
  private let prefix: UInt128
  private let mask: UInt128

  /// `nil` for anything but an address and as many bits as it has at most. Without a slash: the address alone.
  package init?(parsing text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
    let bits = parts.count > 1 ? Int(parts[1]) : address.bitWidth
    guard let bits, (0...address.bitWidth).contains(bits) else { return nil }
    isIPv4 = address.isIPv4
    mask = bits == 0 ? 0 : UInt128.max << (address.bitWidth - bits)
    prefix = address.value & mask
  }

  /// - Precondition: the text is a block; for those that stand in the program.
  init(_ text: String) {
    guard let block = AddressBlock(parsing: text) else { preconditionFailure("\(text) is no block of addresses") }
    self = block
  }

  package func contains(_ address: IPAddress) -> Bool {
    address.isIPv4 == isIPv4 && address.value & mask == prefix
  }
}
