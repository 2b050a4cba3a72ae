import Credentials
import FoundationEssentials
import ImageModel
import TestSupport
import Testing
import Transport

@testable import Registry

/// Credentials: where they go, and above all where they do not.
@Suite struct CredentialTests {
  private static let secret = "s3cr3t-p4ssw0rd-canary"
  private let image = FakeRegistryImage("one", platforms: ["linux/amd64"])
  private let file = SecretFile(Self.secret + "\n")

  private func harness(
    door: FakeRegistry.Door, _ source: CredentialSource? = nil, trusted: [String] = [], allowPlain: Bool = false
  ) throws -> Harness {
    let source = source ?? .basic(username: "ann", passwordFile: file.path)
    let harness = try Harness(door: door) { _ in
      RegistryAccess(
        usesPlainHTTP: true, credentials: source, trustedRealms: trusted, allowPlainCredentials: allowPlain)
    }
    harness.registry.put(image, in: "app", tag: "latest")
    return harness
  }

  private func authorizations(_ registry: FakeRegistry) -> [String] {
    registry.requests.compactMap { request in
      request.header("Authorization").map { "\(request.path) \($0.split(separator: " ").first ?? "")" }
    }
  }

  @Test func basicGoesToTheTokenServerAndTheTokenToTheRegistry() async throws {
    let harness = try harness(door: .token(username: "ann", password: Self.secret))
    #expect(try await harness.snapshot().images.count == 1)
    #expect(authorizations(harness.registry).first == "/token Basic")
    #expect(authorizations(harness.registry).dropFirst().allSatisfy { $0.hasSuffix(" Bearer") })
  }

  @Test func basicGoesToTheRegistryThatAsksForIt() async throws {
    let harness = try harness(door: .basic(username: "ann", password: Self.secret))
    #expect(try await harness.snapshot().images.count == 1)
    // Asked once, it is sent ahead.
    #expect(harness.registry.requests.count { $0.header("Authorization") == nil } == 1)
  }

  @Test func aConfiguredTokenGoesToTheRegistry() async throws {
    let harness = try harness(door: .open, .token(file: file.path))
    _ = try await harness.snapshot()
    #expect(harness.registry.requests.allSatisfy { $0.header("Authorization") == "Bearer \(Self.secret)" })
    harness.registry.setDoor(.anonymousToken)
    #expect(await harness.failure()?.code == .badCredentials)
    #expect(harness.count("GET /token") == 0)
  }

  @Test(arguments: [
    FakeRegistry.Door.basic(username: "ann", password: "other"), .token(username: "ann", password: "other"),
  ])
  func wrongCredentialsAreNotRepeated(_ door: FakeRegistry.Door) async throws {
    let harness = try harness(door: door)
    let failure = await harness.failure()
    #expect(failure?.code == .badCredentials)
    #expect(failure?.isPermanent == true)
    #expect(authorizations(harness.registry).count == 1)
  }

  @Test func theFileIsReadAgainWhenItChanges() async throws {
    let harness = try harness(door: .basic(username: "ann", password: "new"))
    #expect(await harness.failure()?.code == .badCredentials)
    try file.write("new")
    #expect(try await harness.snapshot().images.count == 1)
  }

  @Test func secretsStayOutOfMessagesAndTraces() async throws {
    let harness = try harness(door: .token(username: "ann", password: Self.secret))
    _ = try await harness.snapshot()
    harness.registry.setFault { request in
      let echo = (request.header("Authorization") ?? "") + " \(Self.secret)"
      let body = #"{"errors":[{"code":"DENIED","message":"\#(echo)"}]}"#
      return ScriptedResponse(403, body: Array(body.utf8))
    }
    let failure = await harness.failure()
    #expect(failure?.code == .denied)
    harness.clock.advance(seconds: 1_000)
    let atToken = await harness.failure()
    #expect(atToken?.code == .badCredentials)
    let said = harness.trace + [failure?.message ?? "", atToken?.message ?? ""]
    #expect(!said.isEmpty)
    for line in said {
      #expect(!line.contains(Self.secret) && !line.contains("fake-token") && !line.contains("Basic "), "\(line)")
    }
  }

  @Test func aRegistryMayGoOverFromBasicToTokens() async throws {
    let harness = try harness(door: .basic(username: "ann", password: Self.secret))
    _ = try await harness.snapshot()
    harness.registry.setDoor(.token(username: "ann", password: Self.secret))
    #expect(try await harness.snapshot(mustWalk: true).images.count == 1)
  }

  @Test func aRefusalFromBehindARedirectIsNotTheCredentials() async throws {
    let other = try LoopbackServer { _ in ScriptedResponse(401, headers: [("WWW-Authenticate", "Basic realm=\"x\"")]) }
    defer { other.stop() }
    let harness = try harness(door: .basic(username: "ann", password: Self.secret))
    _ = try await harness.snapshot()
    let location = "\(other.origin)/x"
    harness.registry.setFault { _ in ScriptedResponse(307, headers: [("Location", location)]) }
    #expect(await harness.failure()?.code == .unauthorizedOrMissing)
    #expect(other.requests.allSatisfy { $0.header("Authorization") == nil })
    let told = try #require(harness.trace.last { $0.contains("-> 401") })
    #expect(told.hasSuffix(", redirected to \(other.origin) (without Authorization)"), "\(told)")
  }

  // MARK: Thieves

  /// Realms of a hostile registry; `@` stands for the thief's port.
  @Test(arguments: [
    "http://127.0.0.1:@/token", "http://localhost:@/token", "http://[::1]:@/token", "http://127.0.0.1.nip.io:@/token",
    "http://2130706433:@/token", "http://0x7f000001:@/token", "http://127.1:@/token", "https://127.0.0.1:@/token",
    "http://user@127.0.0.1:@/token", "http://127.0.0.1:@/token#x", "http://0.0.0.0:@/token",
    "http://[::ffff:127.0.0.1]:@/token",
  ])
  func aHostileRealmSeesNoCredentials(_ realm: String) async throws {
    let thief = try LoopbackServer { _ in ScriptedResponse(200, body: Array(#"{"token":"stolen"}"#.utf8)) }
    defer { thief.stop() }
    let harness = try harness(door: .open)
    let challenge = "Bearer realm=\"\(realm.replacing("@/", with: "\(thief.port)/"))\",service=\"s\""
    harness.registry.setFault { _ in ScriptedResponse(401, headers: [("WWW-Authenticate", challenge)]) }
    let failure = await harness.failure()
    #expect(failure?.code == .realmRefused)
    #expect(thief.requests.isEmpty)
    #expect(authorizations(harness.registry).isEmpty)
  }

  @Test func aRealmMayBeTrusted() async throws {
    let other = try FakeRegistry(door: .token(username: "ann", password: Self.secret))
    defer { other.stop() }
    let harness = try harness(door: .open, trusted: [other.authority])
    let challenge = "Bearer realm=\"\(other.origin)/token\",service=\"s\""
    harness.registry.setFault { request in
      request.header("Authorization") == nil ? ScriptedResponse(401, headers: [("WWW-Authenticate", challenge)]) : nil
    }
    #expect(try await harness.snapshot().images.count == 1)
    #expect(authorizations(other) == ["/token Basic"])
  }

  @Test func aTokenServerCannotSendCredentialsOn() async throws {
    let thief = try LoopbackServer { _ in ScriptedResponse(200, body: Array(#"{"token":"stolen"}"#.utf8)) }
    defer { thief.stop() }
    for status in [301, 302, 303, 307, 308] {
      let harness = try harness(door: .token(username: "ann", password: Self.secret))
      let location = "\(thief.origin)/token"
      harness.registry.setFault {
        $0.path == "/token" ? ScriptedResponse(status, headers: [("Location", location)]) : nil
      }
      #expect(await harness.failure()?.code == .realmRefused)
    }
    #expect(thief.requests.isEmpty)
  }

  @Test func aRedirectOfTheRegistryCarriesNothing() async throws {
    let thief = try LoopbackServer { _ in ScriptedResponse(200) }
    defer { thief.stop() }
    let harness = try harness(door: .basic(username: "ann", password: Self.secret))
    _ = try await harness.snapshot()
    let location = "\(thief.origin)/x"
    harness.registry.setFault { _ in ScriptedResponse(307, headers: [("Location", location)]) }
    _ = await harness.failure()
    #expect(!thief.requests.isEmpty)
    #expect(thief.requests.allSatisfy { $0.header("Authorization") == nil })
  }

  @Test func aChallengeFromBehindARedirectIsNotAnswered() async throws {
    let thief = try LoopbackServer { _ in ScriptedResponse(401, headers: [("WWW-Authenticate", "Basic realm=\"x\"")]) }
    defer { thief.stop() }
    let harness = try harness(door: .open)
    let location = "\(thief.origin)/x"
    harness.registry.setFault { _ in ScriptedResponse(307, headers: [("Location", location)]) }
    #expect(await harness.failure()?.code == .unauthorizedOrMissing)
    #expect(thief.requests.count == 1)
    #expect(authorizations(harness.registry).isEmpty)
  }

  @Test func plainHTTPIsForLoopbackOnly() throws {
    func host(_ base: String, allow: Bool) throws -> RegistryHost {
      try RegistryHost(
        domain: "r.corp", base: base, access: RegistryAccess(usesPlainHTTP: true, allowPlainCredentials: allow),
        logins: .none, userAgent: "t")
    }
    for (base, allow, expected) in [
      ("http://127.0.0.1:5000", false, true), ("http://[::1]:5000", false, true), ("http://localhost", false, true),
      ("http://r.corp", false, false), ("http://10.0.0.1", false, false), ("http://r.corp", true, true),
      ("https://r.corp", false, true),
    ] {
      let host = try host(base, allow: allow)
      #expect(host.maySendCredentials(to: host.base) == expected, "\(base)")
    }
  }

  @Test func aMissingFileFailsTheCheck() async throws {
    let missing = CredentialSource.basic(username: "u", passwordFile: "/nonexistent/secret")
    let harness = try harness(door: .basic(username: "u", password: "p"), missing)
    #expect(await harness.failure()?.code == .credentialsUnreadable)
  }
}

/// A file that goes when the test ends.
final class SecretFile: Sendable {
  let path: String

  init(_ text: String) {
    path = FileManager.default.temporaryDirectory.appending(path: "registry-secret-\(UUID().uuidString)").path
    try? write(text)
  }

  /// Replaces the file, so that it is another one whatever the clock's resolution.
  func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
