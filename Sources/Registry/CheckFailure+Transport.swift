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
  ///   - isTokenServer: whether the host was named by a registry.
  init(_ error: TransportError, registry: String, isTokenServer: Bool = false) {
    let (code, remedy): (Code, String?) =
      switch error.code {
      case .dns: (.dns, error.advice)
      case .connect, .proxyRefused: (.connect, error.advice)
      case .tls: (.tls, error.advice)
      case .clientCertificate: (.tls, Self.certificateRemedy(error))
      case .proxyAuth: (.authUnsupported, error.advice)
      case .timeout, .stalled: (.timeout, "check that it is reachable, or try again later")
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
      case .protocolError: (.badResponse, error.advice)
      case .unsupported: (.badResponse, "install a newer libcurl")
      }
    self.init(code, Self.what(error, registry, isTokenServer: isTokenServer), remedy: remedy)
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
