/// The name under which a file or a helper keeps a log-in. Source: docker/cli `cli/config/credentials/file_store.go`,
/// containers/image `docs/containers-auth.json.5.md`.
///
/// Docker writes `https://index.docker.io/v1/` for Docker Hub, and hosts with or without a scheme and a path that say
/// nothing for others. Podman writes hosts, and hosts with the beginning of a repository's name.
struct LoginKey: Hashable, Sendable {
  /// How well a key names what is asked for, better ones first.
  enum Match: Comparable {
    /// A repository or what it is below, by the parts of its name that are given.
    case repository(parts: Int)
    /// The host as it is written in references.
    case exact
    /// The host under another of its names, or with a scheme.
    case host

    static func < (a: Match, b: Match) -> Bool {
      switch (a, b) {
      case (.repository(let a), .repository(let b)): a > b
      case (.repository, _): true
      case (.exact, .host): true
      default: false
      }
    }
  }

  /// As it is written.
  let text: String
  private let host: String
  /// Of a repository's name; empty where the key is about all of a host.
  private let path: [Substring]

  init(_ text: String) {
    self.text = text
    let schemes = ["https://", "http://"]
    let scheme = schemes.first { text.lowercased().hasPrefix($0) }
    let parts = text.dropFirst(scheme?.utf8.count ?? 0).split(separator: "/")
    host = parts.first?.lowercased() ?? ""
    // With a scheme it is the address of an API, and so is `v1`.
    let isAddress = scheme != nil || parts.count == 2 && ["v1", "v2"].contains(parts[1])
    path = isAddress ? [] : Array(parts.dropFirst())
  }

  /// - Returns: `nil` where it names something else.
  func match(_ query: LoginQuery) -> Match? {
    guard Self.names(of: query.domain).contains(host) else { return nil }
    guard path.isEmpty else {
      let wanted = query.path.split(separator: "/")
      return wanted.starts(with: path) ? .repository(parts: path.count) : nil
    }
    return text == query.domain || text == Self.dockerHub && query.domain == "docker.io" ? .exact : .host
  }

  /// What helpers know a registry by.
  static func server(_ domain: String) -> String { domain == "docker.io" ? dockerHub : domain }

  private static let dockerHub = "https://index.docker.io/v1/"

  private static func names(of domain: String) -> [String] {
    domain == "docker.io" ? ["docker.io", "index.docker.io", "registry-1.docker.io"] : [domain]
  }
}

extension Sequence<String> {
  /// The key that names what is asked for best; of those that do equally the first in order.
  func best(for query: LoginQuery) -> String? {
    let matches = compactMap { key in LoginKey(key).match(query).map { (match: $0, key: key) } }
    return matches.min { ($0.match, $0.key) < ($1.match, $1.key) }?.key
  }
}
