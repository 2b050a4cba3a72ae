package import Addresses

/// Which addresses a request may connect to. Checked on the address of the socket itself, so that no DNS
/// answer can get around it, and again on every connection that is used anew.
///
/// Behind a proxy it is the proxy that looks names up: then literal addresses are judged, and of the proxy's own
/// address only whether it is link-local.
package enum AddressPolicy: Sendable, Hashable {
  /// Everything but link-local addresses and cloud metadata services. There is no policy that allows these.
  case denyLinkLocal
  /// Only addresses that are routed on the Internet.
  case publicOnly

  /// Whether this policy lets a request connect to `address`.
  package func allows(_ address: IPAddress) -> Bool { allows(AddressClass(address)) }

  func allows(_ kind: AddressClass) -> Bool {
    switch self {
    case .denyLinkLocal: kind != .linkLocalOrMetadata
    case .publicOnly: kind == .public
    }
  }

  /// What can be said before any look-up: address literals, and names that mean this machine. With a proxy
  /// it is all that can be said, for the proxy looks the name up.
  func allows(host: String) -> Bool {
    if let address = IPAddress(host) { return allows(address) }
    return self != .publicOnly || ![.loopback, .belowLocalhost].contains(HostKind(host))
  }

  /// What an address is that this policy refuses, and what to do about it.
  func refusal(of address: IPAddress?) -> (what: String, advice: String?) {
    guard address.map({ AddressClass($0) == .linkLocalOrMetadata }) ?? (self == .denyLinkLocal) else {
      return ("not a public address, which this request may not reach", nil)
    }
    return ("a link-local or metadata address, which requests may not reach", "check the name and this machine's DNS")
  }
}
