/// Who may look at pages and API, and where they are found. Source: docs/configuration.md, http.
package struct PageSettings: Sendable, Hashable {
  package var areServed = true
  /// `nil`: no password is asked for, which only is so on loopback.
  package var passwordFile: SecretFile?
  /// `https://watcher.example`: where people find them, and messages lead to.
  package var publicURL: String?
  /// Its host, in its one spelling.
  package var publicHost: String? {
    publicURL.flatMap { url in try? HostPort(String(url.drop { $0 != ":" }.dropFirst(3))) }?.canonicalHost
  }
  /// Other names under which they are found, each in its one spelling.
  package var hosts: [String] = []

  package init() {}
}
