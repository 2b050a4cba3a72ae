import Credentials
import ImageModel
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Registry

/// Challenges, tokens and Basic, against a registry that counts.
@Suite struct AuthFlowTests {
  private let image = FakeRegistryImage("one", platforms: ["linux/amd64"])

  private func harness(
    door: FakeRegistry.Door, credentials: CredentialSource? = nil, trusted: [String] = []
  ) throws -> Harness {
    let harness = try Harness(door: door) { _ in
      RegistryAccess(usesPlainHTTP: true, credentials: credentials, trustedRealms: trusted)
    }
    for path in ["app", "other"] { harness.registry.put(image, in: path, tag: "latest") }
    return harness
  }

  private func known(_ harness: Harness, _ path: String = "app") async throws -> Observation {
    try await harness.observe(harness.registry.tag(path), known: image.index.digest)
  }

  /// The next look is refused, and goes well with another token.
  private func expectANewToken(_ harness: Harness) async throws {
    let before = harness.registry.requests.count
    _ = try await known(harness)
    #expect(
      harness.registry.log.dropFirst(before) == [
        "HEAD /v2/app/manifests/latest", "GET /token", "HEAD /v2/app/manifests/latest",
      ])
  }

  // MARK: Tokens

  @Test func aTokenIsUsedUntilItExpires() async throws {
    let harness = try harness(door: .anonymousToken)
    for _ in 0..<3 { _ = try await known(harness) }
    #expect(harness.count("GET /token") == 1)
    #expect(harness.count("HEAD /v2/app/manifests/latest") == 4)
    harness.clock.advance(seconds: 269)
    _ = try await known(harness)
    #expect(harness.count("GET /token") == 1)
    // Once the realm is known, an expired token is renewed before it is refused.
    harness.clock.advance(seconds: 1)
    _ = try await known(harness)
    #expect(harness.count("GET /token") == 2)
    #expect(harness.count("HEAD /v2/app/manifests/latest") == 6)
  }

  @Test func eachRepositoryHasItsToken() async throws {
    let harness = try harness(door: .anonymousToken)
    _ = try await known(harness)
    _ = try await known(harness, "other")
    let scopes = harness.registry.requests.filter { $0.path == "/token" }.compactMap { $0.query("scope") }
    #expect(scopes == ["repository:app:pull", "repository:other:pull"])
    // The second repository is asked for ahead, without a refusal.
    #expect(harness.count("HEAD /v2/other/manifests/latest") == 1)
  }

  @Test func concurrentRequestsShareOneExchange() async throws {
    let harness = try harness(door: .anonymousToken)
    let digest = image.index.digest
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask { _ = try? await harness.observe(harness.registry.tag("app"), known: digest) }
      }
    }
    #expect(harness.count("GET /token") == 1)
  }

  @Test func tokensNeverGoToAnotherRegistry() async throws {
    let first = try harness(door: .anonymousToken)
    let second = try harness(door: .open)
    let client = first.client
    for registry in [first.registry, second.registry] {
      _ = try await client.observe(
        registry.tag("app"), known: KnownTag(headDigest: image.index.digest), selection: .all, stored: { _ in nil })
    }
    #expect(second.registry.requests.allSatisfy { $0.header("Authorization") == nil })
  }

  @Test func aRevokedTokenIsReplacedOnce() async throws {
    let harness = try harness(door: .anonymousToken)
    _ = try await known(harness)
    harness.registry.revokeTokens()
    try await expectANewToken(harness)
  }

  /// ECR Public answers 400 without a challenge to an expired token.
  @Test func a400ToAnOldTokenIsTriedWithANewOne() async throws {
    let harness = try harness(door: .anonymousToken)
    _ = try await known(harness)
    harness.registry.setFault { request in
      request.header("Authorization") == "Bearer fake-token-1" ? ScriptedResponse(400) : nil
    }
    try await expectANewToken(harness)
  }

  @Test func a400ToANewTokenIsFinal() async throws {
    let harness = try harness(door: .anonymousToken)
    harness.registry.setFault { $0.header("Authorization") == nil ? nil : ScriptedResponse(400) }
    #expect(await harness.failure()?.code == .badRequest)
    // HEAD with the first token, GET with that and then with a second.
    #expect(harness.count("GET /token") == 2)
    #expect(harness.registry.requests.count == 6)
  }

  @Test func refusalsAreBounded() async throws {
    let harness = try harness(door: .anonymousToken)
    harness.registry.setFault { request in
      guard request.path != "/token" else { return nil }
      let challenge =
        "Bearer realm=\"http://127.0.0.1:\(request.header("Host")?.split(separator: ":").last ?? "")/token\""
      return ScriptedResponse(401, headers: [("WWW-Authenticate", challenge + ",error=\"insufficient_scope\"")])
    }
    for round in 1...3 {
      let before = harness.registry.requests.count
      let failure = await harness.failure()
      #expect(failure?.code == .unauthorizedOrMissing)
      // First the refusal, the token, the refusal; then the token and the refusal.
      #expect(harness.registry.requests.count - before == (round == 1 ? 3 : 2))
    }
    #expect(harness.clock.sleeps.isEmpty)
  }

  /// Docker Hub's front ends may have clocks behind a new token's `nbf`.
  @Test func aNewTokenMaySettle() async throws {
    let harness = try harness(door: .anonymousToken)
    let refusals = Atomic<Int>(0)
    harness.registry.setFault { request in
      guard request.header("Authorization") != nil, refusals.add(1, ordering: .relaxed).newValue == 1 else {
        return nil
      }
      let challenge =
        "Bearer realm=\"http://\(request.header("Host") ?? "")/token\",service=\"fake\",error=\"invalid_token\""
      return ScriptedResponse(401, headers: [("WWW-Authenticate", challenge)])
    }
    _ = try await known(harness)
    #expect(harness.clock.sleeps == [2_000])
    #expect(harness.count("GET /token") == 1)
  }

  @Test(
    arguments: [
      ("{}", .badResponse), (#"{"token":""}"#, .badResponse), (#"{"token":"a\nX-Evil: 1"}"#, .badResponse),
      ("<html>", .badResponse),
    ] as [(String, CheckFailure.Code)])
  func aTokenReplyWithoutATokenIsAnError(_ body: String, _ code: CheckFailure.Code) async throws {
    let harness = try harness(door: .anonymousToken)
    harness.registry.setFault { $0.path == "/token" ? ScriptedResponse(200, body: Array(body.utf8)) : nil }
    #expect(await harness.failure()?.code == code)
  }

  @Test(
    arguments: [
      (401, .unauthorizedOrMissing), (403, .unauthorizedOrMissing), (429, .rateLimited), (500, .server), (503, .server),
      (404, .badResponse), (400, .badResponse),
    ] as [(Int, CheckFailure.Code)])
  func aTokenServerThatRefusesSaysWhy(_ status: Int, _ code: CheckFailure.Code) async throws {
    let harness = try harness(door: .anonymousToken)
    harness.registry.setFault { request in
      request.path == "/token" ? ScriptedResponse(status, headers: [("Retry-After", "77")]) : nil
    }
    let failure = await harness.failure()
    #expect(failure?.code == code)
    #expect(failure?.retryAfterSeconds == (status == 429 || status >= 500 ? 77 : nil))
    #expect(harness.count("GET /token") == 1)
  }

  @Test func aTokenReplyHasALimit() async throws {
    let harness = try harness(door: .anonymousToken)
    harness.registry.setFault { $0.path == "/token" ? ScriptedResponse(200, behaviour: .endlessChunked) : nil }
    #expect(await harness.failure()?.code == .tooLarge)
  }

  @Test func aTokenServerMayRedirectWithinItself() async throws {
    let harness = try harness(door: .anonymousToken)
    harness.registry.setFault { request in
      request.path == "/token" && request.query("hop") == nil
        ? ScriptedResponse(307, headers: [("Location", "/token?hop=1&scope=repository:app:pull")]) : nil
    }
    _ = try await known(harness)
    harness.registry.setFault { $0.path == "/token" ? ScriptedResponse(302, headers: [("Location", "/token")]) : nil }
    harness.clock.advance(seconds: 1_000)
    #expect(await harness.failure()?.code == .realmRefused)
    #expect(harness.count("GET /token") == 2 + 6)
  }

  @Test func anAnonymousTokenMayComeFromANeighbour() async throws {
    let neighbour = try FakeRegistry(door: .anonymousToken)
    defer { neighbour.stop() }
    let harness = try harness(door: .open)
    let challenge = "Bearer realm=\"\(neighbour.origin)/token\",service=\"s\""
    harness.registry.setFault { request in
      request.header("Authorization") == nil ? ScriptedResponse(401, headers: [("WWW-Authenticate", challenge)]) : nil
    }
    _ = try await known(harness)
    #expect(neighbour.log == ["GET /token"])
    #expect(neighbour.requests.allSatisfy { $0.header("Authorization") == nil })
  }

  // MARK: Challenges that cannot be answered

  @Test(
    arguments: [
      ("Negotiate", .authUnsupported), ("Digest realm=\"x\",nonce=\"y\"", .authUnsupported),
      ("Bearer service=\"x\"", .authUnsupported),
      ("Bearer realm=\"ftp://x/\"", .realmRefused), ("Bearer realm=\"https://u:p@x/\"", .realmRefused),
      ("Basic realm=\"x\"", .unauthorizedOrMissing), ("", .unauthorizedOrMissing),
      ("Bearer realm=\"https://169.254.169.254/token\"", .realmRefused),
    ] as [(String, CheckFailure.Code)])
  func saysWhatItCannotAnswer(_ challenge: String, _ code: CheckFailure.Code) async throws {
    let harness = try harness(door: .open)
    harness.registry.setFault { _ in ScriptedResponse(401, headers: [("WWW-Authenticate", challenge)]) }
    #expect(await harness.failure()?.code == code)
    #expect(harness.registry.requests.count == 1)
  }
}
