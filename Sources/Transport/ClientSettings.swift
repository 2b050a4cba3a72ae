import Glibc

/// What holds for every request of a client.
struct ClientSettings: Sendable {
  var userAgent: String?
  var maxConnectionsPerHost: Int
  var maxIdleConnections: Int
  /// Hosts reached without a proxy, in libcurl's syntax.
  var noProxy: String
  /// A proxy in place of the environment's.
  var proxy: String?
  /// Asks for answers without content coding, and undoes one that comes all the same: the size of what comes out is
  /// limited as that of any body.
  var undoesCodings = false
  /// Addresses that come before DNS, each `host:port:address`.
  var fixedHosts: [String] = []

  init(
    userAgent: String? = nil, maxConnectionsPerHost: Int = 64, maxIdleConnections: Int = 256,
    undoesCodings: Bool = false
  ) {
    self.undoesCodings = undoesCodings
    self.userAgent = userAgent
    self.maxConnectionsPerHost = maxConnectionsPerHost
    self.maxIdleConnections = maxIdleConnections
    let variable = getenv("no_proxy") ?? getenv("NO_PROXY")
    noProxy = Self.noProxy(environment: variable.map { String(cString: $0) } ?? "")
  }

  /// The environment's list, which setting one replaces, and this machine in any case.
  static func noProxy(environment: String) -> String {
    if environment == "*" { return environment }
    return (environment.isEmpty ? "" : environment + ",") + "localhost,127.0.0.0/8,::1"
  }
}
