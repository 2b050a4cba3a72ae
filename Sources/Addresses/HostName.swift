/// How a host is written where it is stored and compared.
package enum HostName {
  /// One spelling for all of one host: lower case, IPv6 as RFC 5952 has it, an IPv4 address in IPv6 clothes without
  /// them. What is no address stays as it is, but for the case.
  ///
  /// - Parameter host: without brackets.
  package static func canonical(_ host: String) -> String {
    host.contains(":") ? IPAddress(host).map(\.description) ?? host.lowercased() : host.lowercased()
  }

  /// As it stands in a URL or a reference: an IPv6 address in brackets.
  package static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}
