import Credentials
import ImageModel
import TestSupport
import Testing

@testable import Registry
@testable import Transport

/// Who is said to have answered, and what is advised then.
@Suite struct AnswererTests {
  private static let badRedirect = "whoever runs the registry has to correct its redirects"
  private static let noCertificate = "<html><head><title>400 No required SSL certificate was sent</title></head></html>"
  private static let badCertificate = "<html><head><title>400 The SSL certificate error</title></head></html>"

  /// A registry that sends everyone to another server for its manifests, which answers as told.
  private func failure(
    redirectedTo status: Int, body: String = "", withCredentials: Bool
  ) async throws -> (failure: CheckFailure?, registry: String, target: String) {
    let target = try LoopbackServer { _ in ScriptedResponse(status, body: Array(body.utf8)) }
    defer { target.stop() }
    let file = SecretFile("pw")
    let harness = try Harness { _ in
      RegistryAccess(
        usesPlainHTTP: true,
        credentials: withCredentials ? .basic(username: "ann", passwordFile: file.path) : nil)
    }
    let location = target.origin + "/elsewhere"
    harness.registry.setFault { request in
      request.path.contains("/manifests/") ? ScriptedResponse(307, headers: [("Location", location)]) : nil
    }
    return (await harness.failure(), harness.registry.authority, target.authority)
  }

  @Test(
    arguments: [
      (401, "", .unauthorizedOrMissing, "credentials are not sent there; \(badRedirect)"),
      (403, "", .denied, "credentials are not sent there; \(badRedirect)"),
      (400, noCertificate, .tls, badRedirect), (503, "", .server, "the registry has a problem; try again later"),
    ] as [(Int, String, CheckFailure.Code, String)], [true, false])
  func afterARedirectItIsTheTarget(
    _ answer: (status: Int, body: String, code: CheckFailure.Code, remedy: String), _ withCredentials: Bool
  ) async throws {
    let (failure, registry, target) = try await failure(
      redirectedTo: answer.status, body: answer.body, withCredentials: withCredentials)
    #expect(failure?.code == answer.code && failure?.remedy == answer.remedy)
    let words = answer.body.isEmpty ? "" : " (No required SSL certificate was sent)"
    #expect(failure?.what == "\(target) answered \(answer.status)\(words) (\(registry) redirects there)")
  }

  @Test(
    arguments: [
      "Client sent an HTTP request to an HTTPS server.\n",
      "<title>400 The plain HTTP request was sent to HTTPS port</title>",
      "<p>Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
    ])
  func whoWantsTLSIsNotToldToCheckTheSpelling(body: String) async throws {
    let harness = try Harness()
    harness.registry.setFault { _ in ScriptedResponse(400, body: [UInt8](body.utf8)) }
    let failure = await harness.failure()
    #expect(failure?.code == .connect)
    #expect(failure?.remedy == "it speaks TLS there; set registries.\(harness.registry.authority).scheme to \"https\"")
  }

  @Test func aRedirectWithinTheRegistryStaysTheRegistry() async throws {
    let harness = try Harness()
    harness.registry.setFault { request in
      request.path.contains("/manifests/")
        ? ScriptedResponse(307, headers: [("Location", "/moved")])
        : request.path == "/moved" ? ScriptedResponse(403) : nil
    }
    let failure = await harness.failure()
    #expect(failure?.what == "\(harness.registry.authority) answered 403")
    #expect(failure?.remedy == "access is denied; check the name or set credentials for the registry")
  }

  @Test(
    arguments: [
      (
        noCertificate, true, "No required SSL certificate was sent", .tls,
        "it asks for a client certificate; set client_cert_file and client_key_file for it"
      ),
      (
        badCertificate, true, "The SSL certificate error", .tls,
        "it refuses the client certificate; check client_cert_file and whom the registry trusts"
      ),
      (
        noCertificate, false, "No required SSL certificate was sent", .tls,
        "it gets none, for it is not the registry itself"
      ),
      ("no required", true, "no required", .badRequest, "it does not take this reference; check its spelling"),
    ] as [(String, Bool, String, CheckFailure.Code, String)])
  func aCertificateThatIsAskedFor(
    _ body: String, _ mayShow: Bool, _ words: String, _ code: CheckFailure.Code, _ remedy: String
  ) {
    let answer = Answer(status: 400, body: ErrorBody(Array(body.utf8)), mayShowCertificate: mayShow)
    let failure = answer.failure(host: "h")
    #expect(failure.code == code && failure.message == "h answered 400 (\(words)): \(remedy)")
  }

  /// HEAD has no body: it is GET that says so.
  @Test func aCertificateThatIsAskedForInAPoll() async throws {
    let harness = try Harness()
    harness.registry.setFault { _ in ScriptedResponse(400, body: Array(Self.noCertificate.utf8)) }
    let failure = await harness.failure()
    #expect(failure?.code == .tls)
    #expect(failure?.remedy == "it asks for a client certificate; set client_cert_file and client_key_file for it")
  }

  @Test func aProxyThatWantsAPassword() async throws {
    let proxy = try LoopbackServer { _ in ScriptedResponse(407) }
    defer { proxy.stop() }
    var settings = ClientSettings()
    settings.proxies = ProxyRules { $0 == "http_proxy" ? proxy.origin : nil }
    let client = RegistryClient(
      http: HTTPClient(settings: settings), userAgent: "watcher-test/1",
      access: { _ in RegistryAccess(usesPlainHTTP: true) })
    let failure = await #expect(throws: CheckFailure.self) {
      try await client.resolve(ImageReference("registry.test/app:x"), selection: .all)
    }
    #expect(failure?.code == .authUnsupported)
    #expect(
      failure?.message == "the proxy \(proxy.authority) answered 407: "
        + "it wants a user name and password; set or correct them: proxy.username and proxy.password_file, "
        + "or in the proxy's URL in the environment")
  }

  @Test func theTraceSpeaksPlainly() async throws {
    for (decision, words) in [
      (.own, "the registry's own"), (.trusted, "it may have credentials"),
      (.anonymousOnly, "it is asked without credentials"),
      (.refused(.linkLocal), "not asked, for it is a link-local or metadata address"),
    ] as [(RealmPolicy.Decision, String)] {
      #expect(decision.words == words)
    }
    let harness = try Harness(door: .anonymousToken)
    harness.registry.put(FakeRegistryImage("one"), in: "app", tag: "latest")
    _ = try await harness.snapshot()
    #expect(harness.trace.contains("token server \(harness.registry.origin): the registry's own"))
  }
}
