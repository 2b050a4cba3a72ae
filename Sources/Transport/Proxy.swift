import Addresses
import Glibc
import Host

/// The proxy that a configuration names, in the environment's place.
package struct ProxySettings: Hashable, Sendable {
  /// Without user name and password.
  package let url: String
  package let username: String?
  package let passwordFile: String?
  /// Who is gone to without it, as in `no_proxy`.
  package let exceptions: [String]

  package init(url: String, username: String?, passwordFile: String?, exceptions: [String]) {
    (self.url, self.username, self.passwordFile) = (url, username, passwordFile)
    self.exceptions = exceptions
  }
}

/// A proxy, as the environment names it: `http://user:password@proxy.example:3128`.
struct Proxy: Equatable, Sendable {
  /// As libcurl takes it. May hold a password.
  let url: String
  /// Host and port, which may be shown; `nil` where the text is no URL of a proxy that libcurl can speak to. Its own
  /// words about such a text would repeat it, password and all.
  let hostAndPort: String?
  let hasCredentials: Bool
  /// Of one that the configuration names.
  private(set) var login: Login?
  private var isConfigured = false

  struct Login: Equatable, Sendable {
    let username: String
    /// Read again when it has changed.
    let passwordFile: SecretText

    static func == (left: Login, right: Login) -> Bool {
      left.username == right.username && left.passwordFile === right.passwordFile
    }
  }

  init(_ settings: ProxySettings) {
    self.init(settings.url)
    isConfigured = true
    if let username = settings.username, let file = settings.passwordFile {
      login = Login(username: username, passwordFile: SecretText(path: file))
    }
  }

  /// What to do where it wants a user name and password, or others.
  var loginAdvice: String {
    if login != nil { return "correct proxy.username, or the file that proxy.password_file names" }
    if isConfigured { return "set proxy.username and proxy.password_file" }
    return hasCredentials
      ? "correct user name and password in the proxy's URL" : "set user name and password in the proxy's URL"
  }

  private static let schemes: Set = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]

  /// Read as libcurl reads it: `http` where no scheme is named, port 1080, or 443 for `https`.
  init(_ text: String) {
    url = text
    let separator = text.firstRange(of: "://")
    let scheme = separator.map { text[..<$0.lowerBound].lowercased() } ?? "http"
    let authority = text[(separator?.upperBound ?? text.startIndex)...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let at = authority.lastIndex(of: "@")
    let server = authority[(at.map { authority.index(after: $0) } ?? authority.startIndex)...]
    hasCredentials = at != nil
    guard Self.schemes.contains(scheme), let (host, port) = Self.split(server) else {
      hostAndPort = nil
      return
    }
    hostAndPort = "\(HostName.bracketed(host)):\(port ?? (scheme == "https" ? 443 : 1080))"
  }

  private static func split(_ server: Substring) -> (host: String, port: Int?)? {
    let isIPv6 = server.hasPrefix("[")
    let end = isIPv6 ? server.firstIndex(of: "]") : server.firstIndex(of: ":") ?? server.endIndex
    guard let end else { return nil }
    let host = server[..<end].drop { $0 == "[" }
    let rest = server[end...].drop { $0 == "]" }
    guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), !isIPv6 || IPAddress(String(host)) != nil
    else { return nil }
    if rest.isEmpty { return (HostName.canonical(String(host)), nil) }
    guard rest.first == ":", let port = Int(rest.dropFirst()), (1...65_535).contains(port) else { return nil }
    return (HostName.canonical(String(host)), port)
  }
}

/// Which proxy a request goes through. Decided here and not by libcurl, which does not tell: an error must name who
/// caused it, and addresses are judged otherwise behind a proxy. The rules are libcurl's (`lib/noproxy.c`, curl(1)),
/// and this machine is never behind one.
struct ProxyRules: Sendable {
  private var http: Proxy?
  private var https: Proxy?
  private var exceptions: [Exception] = []
  private var exceptsAll = false

  private enum Exception {
    case block(AddressBlock)
    /// A domain, with all below it.
    case name(String)
  }

  static let none = ProxyRules { _ in nil }

  /// - Parameter environment: the value of a variable.
  init(environment: (String) -> String?) {
    func proxy(_ names: String...) -> Proxy? {
      names.lazy.compactMap(environment).first { !$0.isEmpty }.map(Proxy.init)
    }
    // `HTTP_PROXY` is what a CGI script has of a request's header `Proxy` (CVE-2016-5385).
    http = proxy("http_proxy", "all_proxy", "ALL_PROXY")
    https = proxy("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    let list = ["no_proxy", "NO_PROXY"].lazy.compactMap(environment).first { !$0.isEmpty } ?? ""
    exceptsAll = list == "*"
    exceptions = list.split { $0 == "," || $0 == " " }.compactMap(Self.exception)
  }

  /// - Parameter settings: `nil` for what the environment says.
  init(_ settings: ProxySettings?) {
    self.init { name in settings == nil ? getenv(name).map { String(cString: $0) } : nil }
    guard let settings else { return }
    (http, https) = (Proxy(settings), Proxy(settings))
    exceptsAll = settings.exceptions == ["*"]
    exceptions = settings.exceptions.compactMap { Self.exception($0[...]) }
  }

  private static func exception(_ text: Substring) -> Exception? {
    if let block = AddressBlock(parsing: String(text)) { return .block(block) }
    var name = text.hasPrefix(".") ? text.dropFirst() : text
    if name.hasSuffix(".") { name = name.dropLast() }
    return name.isEmpty ? nil : .name(name.lowercased())
  }

  /// `nil` where a request goes straight to its host.
  func proxy(for origin: Origin) -> Proxy? {
    guard let proxy = origin.scheme == "https" ? https : http, !exceptsAll else { return nil }
    if [.loopback, .belowLocalhost].contains(HostKind(origin.host)) { return nil }
    return exceptions.contains { Self.covers($0, origin.host) } ? nil : proxy
  }

  private static func covers(_ exception: Exception, _ host: String) -> Bool {
    switch (exception, IPAddress(host)) {
    case (.block(let block), let address?): return block.contains(address)
    case (.name(let name), nil):
      let host = host.hasSuffix(".") ? String(host.dropLast()) : host
      return host == name || host.hasSuffix("." + name)
    default: return false
    }
  }
}
