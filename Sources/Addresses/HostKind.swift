/// What can be said of a host without asking the DNS.
package enum HostKind: Hashable, Sendable {
  case name
  /// This machine: `127.0.0.0/8`, `::1`, `localhost`. What is said here stays here, so it needs no TLS.
  case loopback
  /// A name below `localhost`, which libcurl takes for this machine (RFC 6761) and other programs may not: nobody may
  /// lead a request there from elsewhere, and it has none of loopback's liberties.
  case belowLocalhost
  /// Addresses that only a private network has.
  case privateAddress
  case publicAddress
  case linkLocalOrMetadata
  /// What no server has: unspecified, multicast, documentation, reserved.
  case specialAddress
  /// A number in disguise, such as `0x7f.1` or `2130706433`: resolvers take it for an address.
  case disguised

  /// - Parameter host: in any case; an IPv6 literal with or without brackets.
  package init(_ host: String) {
    let lower = host.lowercased()
    let name = lower.hasSuffix(".") ? String(lower.dropLast()) : lower
    if name == "localhost" {
      self = .loopback
    } else if name.hasSuffix(".localhost") {
      self = .belowLocalhost
    } else if let address = IPAddress(name) {
      self = HostKind(AddressClass(address))
    } else if name.contains(":") || name.split(separator: ".").last.map(Self.isNumber) == true {
      self = .disguised
    } else {
      self = .name
    }
  }

  /// - Parameter authority: a host with or without a port, an IPv6 literal in brackets: `localhost:5000`.
  package init(authority: String) {
    let end = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : authority.firstIndex(of: ":")
    self.init(String(authority[..<(end ?? authority.endIndex)].drop { $0 == "[" }))
  }

  private init(_ kind: AddressClass) {
    self =
      switch kind {
      case .public: .publicAddress
      case .loopback: .loopback
      case .privateNetwork: .privateAddress
      case .linkLocalOrMetadata: .linkLocalOrMetadata
      case .special: .specialAddress
      }
  }

  /// As WHATWG's URL standard tells numbers from names ("ends in a number").
  private static func isNumber(_ label: Substring) -> Bool {
    label.hasPrefix("0x") || label.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }
}
