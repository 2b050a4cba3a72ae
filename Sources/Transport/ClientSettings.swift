import Host

/// What holds for every request of a client.
struct ClientSettings: Sendable {
  var userAgent: String?
  var maxConnectionsPerHost: Int
  var maxIdleConnections: Int
  /// May be exchanged while the client is at work.
  let proxySource: Reloadable<ProxyRules>
  /// A handle that was not needed for so long, or twice that, is given up.
  var idleMilliseconds = 60_000
  /// Asks for answers without content coding, and undoes one that comes all the same: the size of what comes out is
  /// limited as that of any body.
  var undoesCodings = false
  /// Addresses that come before DNS, each `host:port:address`.
  var fixedHosts: [String] = []

  init(
    userAgent: String? = nil, maxConnectionsPerHost: Int = 64, maxIdleConnections: Int = 256,
    undoesCodings: Bool = false, proxy: ProxySettings? = nil
  ) {
    self.undoesCodings = undoesCodings
    self.userAgent = userAgent
    self.maxConnectionsPerHost = maxConnectionsPerHost
    self.maxIdleConnections = maxIdleConnections
    proxySource = Reloadable(ProxyRules(proxy))
  }

  var proxies: ProxyRules {
    get { proxySource.value }
    set { proxySource.value = newValue }
  }
}
