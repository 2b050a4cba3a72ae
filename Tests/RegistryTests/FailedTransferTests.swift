import ImageModel
import TestSupport
import Testing
import Transport

@testable import Registry

/// What is said of a transfer that gave no answer.
@Suite struct FailedTransferTests {
  private static let badRedirect = "whoever runs the registry has to correct its redirects"
  /// The transport's own advice, where it knows best.
  private static let advice = "do this"

  @Test(
    arguments: [
      (.dns, .dns, advice), (.connect, .connect, advice), (.tls, .tls, advice), (.proxyRefused, .connect, advice),
      (.proxyAuth, .authUnsupported, advice),
      (.clientCertificate, .tls, "do this (client_cert_file)"),
      (.timeout, .timeout, "check that it is reachable, or try again later"),
      (.stalled, .timeout, "check that it is reachable, or try again later"),
      (.network, .network, "try again later"), (.cancelled, .network, "try again later"),
      (.bodyTooLarge, .tooLarge, "check the name; what answers may be no registry"),
      (.headersTooLarge, .tooLarge, "check the name; what answers may be no registry"),
      (.redirectRefused, .redirectRefused, badRedirect), (.tooManyRedirects, .redirectRefused, badRedirect),
      (.addressRefused, .addressRefused, advice), (.plainHTTPRefused, .connect, advice),
      (.badURL, .badRequest, "check the reference"), (.badHeader, .badRequest, "check the reference"),
      (.protocolError, .badResponse, advice), (.unsupported, .badResponse, "install a newer libcurl"),
    ] as [(TransportError.Code, CheckFailure.Code, String)])
  func hasACodeAndARemedy(_ code: TransportError.Code, _ expected: CheckFailure.Code, _ remedy: String) {
    let error = TransportError(code, "what", reason: "why", advice: Self.advice, url: "https://h/")
    let failure = CheckFailure(error, registry: "r", domain: "r.test")
    #expect(failure.code == expected)
    #expect(failure.message == "h:443: what (why): \(remedy)")
  }

  /// What is wrong with TLS is told with the setting that mends it.
  @Test(
    arguments: [
      (
        "error:0A00010B:SSL routines::wrong version number",
        #"it seems to speak plain HTTP there; if it is meant to, set registries.r.test.scheme to "http""#
      ),
      (
        "SSL certificate problem: certificate has expired",
        "its certificate has expired, unless this machine's clock is wrong"
      ),
      (
        "SSL certificate problem: certificate is not yet valid",
        "its certificate is not valid yet: set this machine's clock"
      ),
      (
        "SSL: no alternative certificate subject name matches target host name 'r'",
        "its certificate is for another name; ask for it by that name, or have it get another certificate"
      ),
      ("SSL certificate problem: self-signed certificate", unknown),
      ("SSL certificate problem: unable to get local issuer certificate", unknown),
      ("SSL certificate problem: self-signed certificate in certificate chain", unknown),
      ("something else", advice),
    ])
  func tlsNamesTheSetting(_ reason: String, _ remedy: String) {
    let error = TransportError(.tls, "no TLS with h:443", reason: reason, advice: Self.advice, url: "https://h/")
    #expect(CheckFailure(error, registry: "r", domain: "r.test").remedy == remedy)
    // Not that of the registry's scheme, for another server.
    let other = CheckFailure(error, registry: "r", domain: "r.test", isTokenServer: true)
    #expect(other.remedy == (reason.contains("wrong version") ? Self.advice : remedy))
  }

  private static let unknown = "for an authority of your own, set registries.r.test.ca_file to its certificate in PEM"

  /// To set what is set already would be no advice.
  @Test func anAuthorityThatIsNotInTheFileIsToldAsThat() {
    let error = TransportError(
      .tls, "no TLS with h:443", reason: "SSL certificate problem: unable to get local issuer certificate",
      url: "https://h/")
    #expect(
      CheckFailure(error, registry: "r", domain: "r.test", caFile: "/etc/own.pem").remedy
        == "no certificate in /etc/own.pem (registries.r.test.ca_file) has signed what the server sent; "
        + "put that of its authority there")
  }

  @Test func whatAnswersNoHTTPOverPlainHTTPMaySpeakTLS() {
    let error = TransportError(.protocolError, "what", advice: Self.advice, url: "http://h/")
    let advice = "if it speaks TLS there, set registries.r.test.scheme to \"https\""
    #expect(CheckFailure(error, registry: "r", domain: "r.test").remedy == advice)
    let reset = TransportError(.network, "what", advice: Self.advice, url: "http://h/")
    #expect(CheckFailure(reset, registry: "r", domain: "r.test").remedy == "try again later; \(advice)")
    #expect(CheckFailure(reset, registry: "r", domain: "r.test", isTokenServer: true).remedy == "try again later")
  }

  @Test func aTokenServerIsCalledThat() {
    let error = TransportError(.connect, "no connection to h:443", advice: Self.advice, url: "https://h/")
    let failure = CheckFailure(error, registry: "r:5000", domain: "r.test", isTokenServer: true)
    #expect(failure.message == "no connection to h:443 (r:5000 names it as its token server): do this")
  }

  @Test func aCertificateThatWasNotShown() {
    let failure = CheckFailure(
      TransportError(.clientCertificate, "what", url: "https://h/"), registry: "r", domain: "r.test")
    #expect(failure.message == "h:443: what: set client_cert_file and client_key_file for it")
  }

  @Test func everyCodeIsInTheTable() {
    for code in TransportError.Code.allCases {
      #expect(CheckFailure(TransportError(code, "", url: ""), registry: "r", domain: "r.test").what == "")
    }
  }

  /// After a redirect whoever was reached is at fault, and the registry sent us there.
  @Test(
    arguments: [
      (.connect, .connect, advice), (.tooManyRedirects, .redirectRefused, badRedirect),
      (.addressRefused, .redirectRefused, badRedirect), (.plainHTTPRefused, .redirectRefused, badRedirect),
      (.clientCertificate, .tls, badRedirect),
    ] as [(TransportError.Code, CheckFailure.Code, String)])
  func namesBothAfterARedirect(_ code: TransportError.Code, _ expected: CheckFailure.Code, _ remedy: String) {
    let error = TransportError(code, "what", advice: Self.advice, url: "https://cdn/", redirected: true)
    let failure = CheckFailure(error, registry: "r:5000", domain: "r.test")
    #expect(failure.code == expected)
    #expect(failure.message == "cdn:443: what (r:5000 redirects there): \(remedy)")
  }

  @Test(
    arguments: [(nil, "add it to trusted_realms if it is right"), ("not at all", "not at all")] as [(String?, String)])
  func aTokenServerAtAForbiddenAddressIsARefusedRealm(_ advice: String?, _ remedy: String) {
    let error = TransportError(.addressRefused, "what", advice: advice, url: "https://h/")
    let failure = CheckFailure(error, registry: "r", domain: "r.test", isTokenServer: true)
    #expect(failure.code == .realmRefused)
    #expect(failure.remedy == remedy)
  }

  /// Host and port are always there, and libcurl's own words stay in brackets.
  @Test(
    arguments: [
      ("no connection to h:1", "refused; really", "no connection to h:1 (refused; really)"),
      ("h:1 did not finish; at (all)", nil, "h:1 did not finish; at (all)"), ("cancelled", nil, "h:1: cancelled"),
      ("", nil, "h:1: "),
    ] as [(String, String?, String)])
  func isSaidInPlainWords(_ said: String, _ reason: String?, _ what: String) {
    let error = TransportError(.connect, said, reason: reason, advice: "check it", url: "https://h:1/v2/")
    #expect(CheckFailure(error, registry: "r", domain: "r.test").what == what)
  }

  @Test(arguments: [("https://[::1]/v2/", "[::1]:443: x"), ("http://h/", "h:80: x"), ("nowhere", "x"), ("", "x")])
  func namesHostAndPort(_ url: String, _ what: String) {
    #expect(CheckFailure(TransportError(.network, "x", url: url), registry: "r", domain: "r.test").what == what)
  }

  @Test func aRegistryThatIsDownIsNamed() async throws {
    let harness = try Harness()
    harness.registry.stop()
    let failure = await harness.failure()
    #expect(failure?.code == .connect)
    #expect(failure?.what.hasPrefix("no connection to \(harness.registry.authority) (") == true)
    #expect(failure?.remedy == "check that it is up and reachable")
  }
}
