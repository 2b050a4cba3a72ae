/// Scheme, host and port: what must be equal for a credential to be sent along (RFC 6454).
package struct Origin: Hashable, Sendable, CustomStringConvertible {
  /// `https` or `http`.
  package let scheme: String
  /// Lower case; IPv6 in brackets.
  package let host: String
  package let port: Int

  /// `nil` for anything but an absolute `https` or `http` URL without user name and password.
  package init?(url: String) {
    guard let parsed = CurlURL(url), !parsed.hasUserInfo else { return nil }
    self.init(parsed)
  }

  init?(_ url: borrowing CurlURL) {
    scheme = url.scheme
    host = url.host
    port = url.port
    guard scheme == "https" || scheme == "http", !host.isEmpty else { return nil }
  }

  /// `https://registry.example:8443`; the port is left out where it is the scheme's own.
  package var description: String {
    port == (scheme == "https" ? 443 : 80) ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
  }
}

/// The part of a URL that may be shown: origin and path.
func redactedURL(_ text: String) -> String {
  guard let url = CurlURL(text), let origin = Origin(url) else { return "(unreadable URL)" }
  return origin.description + url.path
}
