import Config

/// Whether a registry's host is this machine: `127.0.0.0/8`, `::1` or `localhost`, with any port.
enum LoopbackHost {
  static func isLoopback(_ domain: String) -> Bool {
    if domain.hasPrefix("[") { return domain.prefix { $0 != "]" } == "[::1" }
    let host = domain.prefix { $0 != ":" }
    if host == "localhost" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}

extension [WatchEntry] {
  /// Whether none of them is elsewhere.
  var isOnLoopback: Bool { allSatisfy { LoopbackHost.isLoopback($0.tag.domain) } }
}
