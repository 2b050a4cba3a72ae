import ImageModel
import StrictJSON
import Transport

extension CheckFailure {
  /// What whoever answers with something else than documents may be.
  static let maybeNoRegistry = "check the name; what answers may be no registry"
  static let maybeTampering = "look for a broken mirror, or tampering"
  static let fewerDocuments = "it has to be pushed with fewer"

  /// A document that is wrong as it was pushed.
  init(badDocument what: String) { self.init(.badDocument, what, remedy: "it has to be pushed again") }

  /// A document that cannot be read as JSON.
  init(_ error: JSONError, in name: String) {
    let isLimit = [.tooLarge, .tooDeep, .tooManyValues].contains(error.code)
    self.init(
      isLimit ? .tooLarge : .badDocument,
      "\(name) is not sound JSON (byte \(error.offset): \(error.message.safe(limit: 200)))",
      remedy: "it has to be pushed again")
  }

  /// A transfer that gave no answer.
  ///
  /// - Parameter isTokenServer: whether the host was named by a registry.
  init(_ error: TransportError, isTokenServer: Bool = false) {
    let (code, remedy): (Code, String) =
      switch error.code {
      case .dns: (.dns, "check the name and this machine's DNS")
      case .connect: (.connect, "check that it is up and reachable")
      case .tls:
        (.tls, "check its certificate, the CA file and client certificate set for it, and this machine's clock")
      case .timeout, .stalled: (.timeout, "check that it is reachable, or try again later")
      case .network, .cancelled: (.network, "try again later")
      case .bodyTooLarge, .headersTooLarge: (.tooLarge, Self.maybeNoRegistry)
      case .redirectRefused, .tooManyRedirects: (.redirectRefused, Self.badRedirect)
      case .addressRefused where error.redirected, .plainHTTPRefused where error.redirected:
        (.redirectRefused, Self.badRedirect)
      case .addressRefused where isTokenServer, .plainHTTPRefused where isTokenServer:
        (.realmRefused, RealmPolicy.Reason.address.remedy)
      case .addressRefused, .plainHTTPRefused: (.connect, "check the name and this machine's DNS")
      case .badURL, .badHeader: (.badRequest, "check the reference")
      case .contentCoding: (.badResponse, "a proxy in between may add it; have it send documents as they are")
      case .protocolError: (.badResponse, "check host, port and scheme")
      case .unsupported: (.badResponse, "install a newer libcurl")
      }
    self.init(code, Self.what(error), remedy: remedy)
  }

  private static let badRedirect = "whoever runs the registry has to correct its redirects"

  /// The transport's words without its advice, `no connection to h:443 (Connection refused)`.
  private static func what(_ error: TransportError) -> String {
    let parts = error.message.split(separator: "; ", maxSplits: 1)
    let advice = parts.dropFirst().first ?? ""
    let reason = advice.firstRange(of: " (").map { advice[$0.lowerBound...] } ?? ""
    let said = String(parts.first ?? "") + reason
    guard let place = WebURL(error.url)?.place, !said.contains(place) else { return said }
    return "\(place): \(said)"
  }
}
