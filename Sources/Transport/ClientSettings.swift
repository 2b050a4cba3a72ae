import Host
import ImageModel

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
  /// For so long what was found of files for TLS counts without another look.
  var lookMilliseconds = 1_000
  /// What nobody has asked for in so long may be forgotten.
  var keptMilliseconds = 600_000
  /// How long a look is waited for.
  var lookSeconds = Limits.lookSeconds
  /// Tells of directories and files that do not answer.
  var tell: @Sendable (_ note: String) -> Void
  /// How a directory is looked at.
  var readFolder: @Sendable ([String]) throws(TLSFilesFailure) -> CertificateFolder? = CertificateFolder.first
  /// Addresses that come before DNS, each `host:port:address`.
  var fixedHosts: [String] = []

  init(
    userAgent: String? = nil, maxConnectionsPerHost: Int = 64, maxIdleConnections: Int = 256,
    undoesCodings: Bool = false, proxy: ProxySettings? = nil, tell: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.tell = tell
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
