import Glibc

/// An IPv4 or IPv6 address. An IPv4 address in IPv6 clothes (`::ffff:0:0/96`) is the IPv4 address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
  /// The address as a number, 32 or 128 bits of it.
  let value: UInt128
  let isIPv4: Bool

  var bitWidth: Int { isIPv4 ? 32 : 128 }

  /// Without what whoever has it may choose himself: all of an IPv4 address, the first half of an IPv6 one.
  package var network: IPAddress { isIPv4 ? self : IPAddress(ipv6: (value >> 64) << 64) }

  private init(ipv6 value: UInt128) {
    self.value = value
    isIPv4 = false
  }

  init(ipv4 value: UInt32) {
    self.value = UInt128(value)
    isIPv4 = true
  }

  /// From 4 or 16 bytes in network order.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    let value = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    isIPv4 = bytes.count == 4 || value >> 32 == 0xffff
    self.value = isIPv4 ? value & 0xffff_ffff : value
  }

  /// Dotted decimal, or IPv6 text with or without brackets; without a zone.
  package init?(_ text: String) {
    let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
    // The C library would read no further than to a NUL.
    guard !bare.utf8.contains(0) else { return nil }
    self.init(text: bare)
  }

  /// The text form without brackets.
  package init?(text: UnsafePointer<CChar>) {
    var storage = in6_addr()
    let isIPv4 = inet_pton(AF_INET, text, &storage) == 1
    guard isIPv4 || inet_pton(AF_INET6, text, &storage) == 1 else { return nil }
    guard let address = withUnsafeBytes(of: storage, { IPAddress(bytes: $0.prefix(isIPv4 ? 4 : 16)) })
    else { return nil }
    self = address
  }

  /// What resolvers take for an IPv4 address without asking anybody: `127.1`, `0x7f.0.0.1`, `2130706433`, and octal
  /// numbers (inet_aton(3)). `nil` for names and for dotted decimal.
  package init?(disguised text: String) {
    var address = in_addr()
    // Of a text with a blank or NUL in it inet_aton(3) reads the beginning, and resolvers nothing.
    guard text.utf8.allSatisfy({ $0 > 0x20 }), IPAddress(text) == nil, inet_aton(text, &address) != 0 else {
      return nil
    }
    self.init(ipv4: UInt32(bigEndian: address.s_addr))
  }

  /// From a socket address; `nil` for other families than IPv4 and IPv6.
  package init?(_ address: UnsafeRawPointer, family: Int32) {
    let bytes: IPAddress?
    switch family {
    case AF_INET:
      bytes = withUnsafeBytes(of: address.loadUnaligned(as: sockaddr_in.self).sin_addr) { IPAddress(bytes: $0) }
    case AF_INET6:
      bytes = withUnsafeBytes(of: address.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { IPAddress(bytes: $0) }
    default: return nil
    }
    guard let bytes else { return nil }
    self = bytes
  }

  /// Dotted decimal, or the canonical form of RFC 5952, without the dots that section 5 allows: references have none.
  package var description: String {
    if !isIPv4, value >> 32 == 0, value >> 16 != 0 {
      return "::\(String(value >> 16, radix: 16)):\(String(value & 0xffff, radix: 16))"
    }
    let bytes = stride(from: bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
      guard let start = text.baseAddress,
        inet_ntop(isIPv4 ? AF_INET : AF_INET6, bytes, start, socklen_t(text.count)) != nil
      else { return "?" }
      return String(cString: start)
    }
  }
}
