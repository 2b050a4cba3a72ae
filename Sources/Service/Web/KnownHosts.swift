import Addresses
import Config

/// The names by which pages and API are read. A browser can be led here by somebody else's name (DNS rebinding), and
/// would give what it reads to whoever has that name.
struct KnownHosts {
  private let names: Set<String>
  private let isLoopback: Bool
  private let isEverywhere: Bool

  /// - Parameter listening: `address:port`.
  init(_ pages: PageSettings, listening: String) {
    let own = Self.host(listening)
    names = Set(pages.hosts + [own, pages.publicHost].compactMap(\.self))
    isEverywhere = own == "0.0.0.0" || own == "[::]"
    isLoopback = isEverywhere || own.map { HostKind($0) } == .loopback
  }

  /// - Parameter header: `Host`, whose port may be any.
  func contains(_ header: String?) -> Bool {
    guard let host = header.flatMap(Self.host) else { return false }
    // No name is behind what is an address already.
    return names.contains(host) || isLoopback && HostKind(host) == .loopback || isEverywhere && IPAddress(host) != nil
  }

  private static func host(_ authority: String) -> String? { (try? HostPort(authority))?.canonicalHost }
}
