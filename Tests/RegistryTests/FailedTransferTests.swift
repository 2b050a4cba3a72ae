import ImageModel
import TestSupport
import Testing
import Transport

@testable import Registry

/// What is said of a transfer that gave no answer.
@Suite struct FailedTransferTests {
  private static let badRedirect = "whoever runs the registry has to correct its redirects"

  @Test(
    arguments: [
      (.dns, false, .dns, "check the name and this machine's DNS"),
      (.connect, false, .connect, "check that it is up and reachable"),
      (
        .tls, false, .tls,
        "check its certificate, the CA file and client certificate set for it, and this machine's clock"
      ),
      (.timeout, false, .timeout, "check that it is reachable, or try again later"),
      (.stalled, false, .timeout, "check that it is reachable, or try again later"),
      (.network, false, .network, "try again later"), (.cancelled, false, .network, "try again later"),
      (.bodyTooLarge, false, .tooLarge, "check the name; what answers may be no registry"),
      (.headersTooLarge, false, .tooLarge, "check the name; what answers may be no registry"),
      (.redirectRefused, false, .redirectRefused, badRedirect),
      (.tooManyRedirects, true, .redirectRefused, badRedirect),
      (.addressRefused, true, .redirectRefused, badRedirect), (.plainHTTPRefused, true, .redirectRefused, badRedirect),
      (.addressRefused, false, .connect, "check the name and this machine's DNS"),
      (.badURL, false, .badRequest, "check the reference"), (.badHeader, false, .badRequest, "check the reference"),
      (.protocolError, false, .badResponse, "check host, port and scheme"),
      (.unsupported, false, .badResponse, "install a newer libcurl"),
    ] as [(TransportError.Code, Bool, CheckFailure.Code, String)])
  func hasACodeAndARemedy(
    _ code: TransportError.Code, _ redirected: Bool, _ expected: CheckFailure.Code, _ remedy: String
  ) {
    let failure = CheckFailure(TransportError(code, "what", url: "https://h/", redirected: redirected))
    #expect(failure.code == expected)
    #expect(failure.message == "h:443: what: \(remedy)")
  }

  @Test func aTokenServerAtAForbiddenAddressIsARefusedRealm() {
    let failure = CheckFailure(TransportError(.addressRefused, "what", url: "https://h/"), isTokenServer: true)
    #expect(failure.code == .realmRefused)
    #expect(failure.remedy == "add it to trusted_realms if it is right")
  }

  /// Host and port are always there; advice gives way to the remedy, and libcurl's own words stay in brackets.
  @Test(
    arguments: [
      ("no connection to h:1; check that it is up (refused; really)", "no connection to h:1 (refused; really)"),
      ("h:1 did not finish within 60 s; try again later", "h:1 did not finish within 60 s"),
      ("cancelled", "h:1: cancelled"), ("h redirects to nowhere; not followed", "h:1: h redirects to nowhere"),
      ("the CA file /a (b) cannot be used: no", "h:1: the CA file /a (b) cannot be used: no"), ("", "h:1: "),
    ])
  func isSaidInPlainWords(_ said: String, _ what: String) {
    #expect(CheckFailure(TransportError(.connect, said, url: "https://h:1/v2/")).what == what)
  }

  @Test(arguments: [("https://[::1]/v2/", "[::1]:443: x"), ("http://h/", "h:80: x"), ("nowhere", "x"), ("", "x")])
  func namesHostAndPort(_ url: String, _ what: String) {
    #expect(CheckFailure(TransportError(.network, "x", url: url)).what == what)
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
