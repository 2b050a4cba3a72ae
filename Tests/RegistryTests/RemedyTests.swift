import Credentials
import ImageModel
import TestSupport
import Testing

@testable import Registry

/// What people are told to do.
@Suite struct RemedyTests {
  private static let unknown = #"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"m"}]}"#
  private static let elsewhere =
    "credentials are not sent there; whoever runs the registry has to correct its redirects"
  private static let denied = #"{"errors":[{"code":"DENIED","message":"denied"}]}"#

  @Test(
    arguments: [
      (404, unknown, .tag, "the tag was deleted or was never there; check the spelling"),
      (410, unknown, .tag, "the tag was deleted or was never there; check the spelling"),
      (404, unknown, .digest, "the digest was deleted or was never there; check it"),
      (404, unknown, .part("the config 1"), "the image is not there in full, or not yet; try again later"),
      (
        404, "", .tag,
        "it does not look like a registry's answer: an outage, a proxy, or no registry at all; check the host"
      ),
      (
        404, #"{"errors":[{"code":"NAME_UNKNOWN"}]}"#, .tag,
        "there is no such repository, or it is private; check the name"
      ),
      (400, "", .digest, "it does not take this reference; check its spelling"),
      (503, "", .tag, "the registry has a problem; try again later"), (408, "", .tag, "try again later"),
    ] as [(Int, String, Answer.Subject, String)])
  func ofAnAnswer(_ status: Int, _ body: String, _ subject: Answer.Subject, _ remedy: String) {
    let answer = Answer(status: status, subject: subject, body: ErrorBody(Array(body.utf8)))
    #expect(answer.failure(host: "h").remedy == remedy)
  }

  @Test(
    arguments: [
      (401, "", .none, "it is private or not there; check the name or set credentials for the registry"),
      (
        401, "", .notAskedFor,
        "it is private or not there, and the configured credentials were not asked for; check the name"
      ),
      (401, "", .refused("log-in from f"), "it is not there, or not allowed with the log-in from f; check both"),
      (500, denied, .none, "it is private or not there; check the name or set credentials for the registry"),
      (500, denied, .refused("log-in from f"), "it is not there, or not allowed with the log-in from f; check both"),
      (403, "", .none, "access is denied; check the name or set credentials for the registry"),
      (403, "", .notAskedFor, "access is denied, and the configured credentials were not asked for; check the name"),
      (
        403, "", .refused("log-in from f"),
        "it is not allowed with the log-in from f; check the name and what that may read"
      ),
      (
        405, denied, .refused("log-in from f"),
        "it is not allowed with the log-in from f; check the name and what that may read"
      ),
      (429, "", .none, "too many requests; poll less often or set credentials"),
      (429, "", .notAskedFor, "too many requests; poll less often"),
      (429, "", .refused("log-in from f"), "too many requests; poll less often"),
      (429, "", .notSentThere, "too many requests; poll less often"), (401, "", .notSentThere, elsewhere),
      (403, "", .notSentThere, elsewhere),
    ] as [(Int, String, Answer.Login, String)])
  func ofARefusal(_ status: Int, _ body: String, _ login: Answer.Login, _ remedy: String) {
    let answer = Answer(status: status, body: ErrorBody(Array(body.utf8)), login: login)
    #expect(answer.failure(host: "h").remedy == remedy)
  }

  /// What was there before is not misspelt.
  @Test(
    arguments: [
      (404, unknown, .none, "the tag was here and is gone; ask whoever pushes it"),
      (
        404, #"{"errors":[{"code":"NAME_UNKNOWN"}]}"#, .none,
        "the repository was here and is gone or private now; ask whoever pushes to it"
      ),
      (400, "", .none, "it took this reference before; try again later"),
      (401, "", .none, "it was here and is gone or private now; set credentials for the registry"),
      (
        401, "", .notAskedFor,
        "it was here and is gone or private now, and the configured credentials were not asked for"
      ),
      (
        500, denied, .refused("log-in from f"),
        "it was here and is gone, or no longer allowed with the log-in from f; check what that may read"
      ),
      (403, "", .none, "access is denied now; set credentials for the registry"),
      (403, "", .notAskedFor, "access is denied now, and the configured credentials were not asked for"),
      (403, "", .refused("log-in from f"), "it is no longer allowed with the log-in from f; check what that may read"),
      (
        404, "", .none,
        "it does not look like a registry's answer: an outage, a proxy, or no registry at all; check the host"
      ),
    ] as [(Int, String, Answer.Login, String)])
  func ofATagThatWasThere(_ status: Int, _ body: String, _ login: Answer.Login, _ remedy: String) {
    let answer = Answer(status: status, body: ErrorBody(Array(body.utf8)), login: login, wasSeen: true)
    #expect(answer.failure(host: "h").remedy == remedy)
    for words in ["spelling", "check the name"] { #expect(!remedy.contains(words)) }
  }

  @Test func whatIsKnownOfATagReachesTheWords() async throws {
    let harness = try Harness()
    func remedy(wasSeen: Bool) async -> String? {
      do {
        _ = try await harness.client.observe(
          harness.registry.tag("app"), known: KnownTag(wasSeen: wasSeen), selection: .all, stored: { _ in nil })
        return nil
      } catch { return error.remedy }
    }
    harness.registry.put(FakeRegistryImage("one"), in: "app", tag: "other")
    #expect(await remedy(wasSeen: true)?.hasPrefix("the tag was here and is gone") == true)
    #expect(await remedy(wasSeen: false)?.hasSuffix("check the spelling") == true)
  }

  /// The credentials count as refused only if they went out.
  @Test(
    arguments: [
      (false, .open, "access is denied; check the name or set credentials for the registry"),
      (true, .open, "access is denied, and the configured credentials were not asked for; check the name"),
      (
        true, .basic(username: "ann", password: "pw"),
        "it is not allowed with the configured credentials; check the name and what that may read"
      ),
      (
        true, .token(username: "ann", password: "pw"),
        "it is not allowed with the configured credentials; check the name and what that may read"
      ),
      (false, .anonymousToken, "access is denied; check the name or set credentials for the registry"),
    ] as [(Bool, FakeRegistry.Door, String)])
  func credentialsAreBlamedOnlyIfSent(_ areConfigured: Bool, _ door: FakeRegistry.Door, _ remedy: String) async throws {
    let file = SecretFile("pw")
    let credentials = areConfigured ? CredentialSource.basic(username: "ann", passwordFile: file.path) : nil
    let harness = try Harness(door: door) { _ in RegistryAccess(usesPlainHTTP: true, credentials: credentials) }
    harness.registry.put(FakeRegistryImage("one"), in: "app", tag: "latest")
    harness.registry.setFault { request in
      request.path.contains("/manifests/") && (door == .open || request.header("Authorization") != nil)
        ? ScriptedResponse(403) : nil
    }
    let failure = await harness.failure()
    #expect(failure?.message == "\(harness.registry.authority) answered 403: \(remedy)")
  }

  @Test func aTokenServerIsNamed() async throws {
    let harness = try Harness(door: .anonymousToken)
    harness.registry.setFault { $0.path == "/token" ? ScriptedResponse(403) : nil }
    #expect(
      await harness.failure()?.message
        == "the token server \(harness.registry.origin) answered 403: "
        + "it is private or not there; check the name or set credentials for the registry")
  }

  @Test(
    arguments: [
      (.notAURL, "whoever runs the registry has to correct it"),
      (.linkLocal, "whoever runs the registry has to correct it"),
      (.downgrade, "whoever runs the registry has to correct it"),
      (.address, "add it to trusted_realms if it is right"), (.untrusted, "add it to trusted_realms if it is right"),
      (.plainCredentials, "set allow_plain_credentials if that is meant"),
      (.leaves, "whoever runs the registry has to correct it"),
      (.loops, "whoever runs the registry has to correct it"),
    ] as [(RealmPolicy.Reason, String)])
  func ofARefusedTokenServer(_ reason: RealmPolicy.Reason, _ remedy: String) {
    #expect(reason.remedy == remedy)
  }

  @Test func ofADigestThatIsNotThere() async throws {
    let harness = try Harness()
    let image = FakeRegistryImage("one")
    harness.registry.put(image, in: "app", tag: "latest")
    harness.registry.delete(manifest: image.index.digest, of: "app")
    let reference = try ImageReference("\(harness.registry.authority)/app@\(image.index.digest)")
    let failure = await #expect(throws: CheckFailure.self) {
      try await harness.client.resolve(reference, selection: .all)
    }
    #expect(failure?.code == .tagMissing)
    #expect(failure?.remedy == "the digest was deleted or was never there; check it")
  }
}
