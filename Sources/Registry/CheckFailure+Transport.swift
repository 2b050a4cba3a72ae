import Documents
import ImageModel
import Transport

extension CheckFailure {
  static let maybeTampering = "look for a broken mirror, or tampering"
  static let badRedirect = "whoever runs the registry has to correct its redirects"

  /// A transfer that gave no answer.
  ///
  /// - Parameters:
  ///   - registry: who was asked, for what a redirect led to.
  ///   - domain: its key in the configuration.
  ///   - caFile: what its configuration names.
  ///   - isTokenServer: whether the host was named by a registry.
  init(
    _ error: TransportError, registry: String, domain: String, caFile: String? = nil, isTokenServer: Bool = false
  ) {
    let (code, remedy): (Code, String?) =
      switch error.code {
      case .dns: (.dns, error.advice)
      case .connect, .proxyRefused: (.connect, error.advice)
      case .tls: (.tls, Self.tlsRemedy(error, domain, caFile, isTokenServer: isTokenServer))
      case .clientCertificate: (.tls, Self.certificateRemedy(error))
      case .proxyAuth: (.authUnsupported, error.advice)
      case .timeout, .stalled: (.timeout, "check that it is reachable, or try again later")
      case .network where Self.isOwnPlainHTTP(error, isTokenServer: isTokenServer):
        // Some servers just hang up on whoever does not begin with TLS.
        (.network, "try again later; \(Self.tlsAdvice(domain))")
      case .network, .cancelled: (.network, "try again later")
      case .bodyTooLarge, .headersTooLarge: (.tooLarge, Self.maybeNoRegistry)
      case .redirectRefused, .tooManyRedirects: (.redirectRefused, Self.badRedirect)
      case .addressRefused where error.redirected, .plainHTTPRefused where error.redirected:
        (.redirectRefused, Self.badRedirect)
      case .addressRefused where isTokenServer, .plainHTTPRefused where isTokenServer:
        (.realmRefused, error.linkLocalAdvice ?? RealmPolicy.Reason.address.remedy)
      case .addressRefused: (.addressRefused, error.advice)
      case .plainHTTPRefused: (.connect, error.advice)
      case .badURL, .badHeader: (.badRequest, "check the reference")
      case .contentCoding: (.badResponse, error.advice)
      case .protocolError where Self.isOwnPlainHTTP(error, isTokenServer: isTokenServer):
        (.badResponse, Self.tlsAdvice(domain))
      case .protocolError: (.badResponse, error.advice)
      case .unsupported: (.badResponse, "install a newer libcurl")
      }
    self.init(code, Self.what(error, registry, isTokenServer: isTokenServer), remedy: remedy)
  }

  /// Whether it was the registry itself that was spoken to without TLS.
  private static func isOwnPlainHTTP(_ error: TransportError, isTokenServer: Bool) -> Bool {
    error.url.hasPrefix("http://") && !error.redirected && !isTokenServer
  }

  private static func tlsAdvice(_ domain: String) -> String {
    "if it speaks TLS there, set registries.\(domain).scheme to \"https\""
  }

  /// Names the setting to change. The authorities of `ca_file` are trusted wherever the registry leads to as well.
  private static func tlsRemedy(
    _ error: TransportError, _ domain: String, _ caFile: String?, isTokenServer: Bool
  ) -> String? {
    let settings = "registries.\(domain)"
    return switch error.tlsProblem {
    case .plainHTTP where !error.redirected && !isTokenServer:
      "it seems to speak plain HTTP there; if it is meant to, set \(settings).scheme to \"http\""
    case .expired: "its certificate has expired, unless this machine's clock is wrong"
    case .notYetValid: "its certificate is not valid yet: set this machine's clock"
    case .otherName: "its certificate is for another name; ask for it by that name, or have it get another certificate"
    case .unknownAuthority: TLSProblem.advice(caFile: caFile, setting: "\(settings).ca_file")
    case .ownFile: "correct \(settings).ca_file"
    case .plainHTTP, .other, nil: error.advice
    }
  }

  /// Where to set a client certificate, if one is sent at all to whoever asks for it.
  private static func certificateRemedy(_ error: TransportError) -> String? {
    if error.redirected { return badRedirect }
    return error.advice.map { "\($0) (client_cert_file)" } ?? "set client_cert_file and client_key_file for it"
  }

  /// What the transport says, `no connection to h:443 (Connection refused)`, and who led there.
  private static func what(_ error: TransportError, _ registry: String, isTokenServer: Bool) -> String {
    var said = error.what + (error.reason.map { " (\($0))" } ?? "")
    if let host = WebURL(error.url)?.hostAndPort, !said.contains(host) { said = "\(host): \(said)" }
    if error.redirected { return "\(said) (\(registry) redirects there)" }
    return isTokenServer ? "\(said) (\(registry) names it as its token server)" : said
  }
}

extension TransportError {
  /// What to do about an address that no setting allows; `nil` where `trusted_realms` may.
  fileprivate var linkLocalAdvice: String? { code == .addressRefused ? advice : nil }
}
