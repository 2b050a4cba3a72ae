import Credentials
import ImageModel
import TestSupport
import Testing

@testable import Registry

/// One token for several repositories, on a token server that counts.
@Suite struct SharedTokenTests {
  private let image = FakeRegistryImage("one", platforms: ["linux/amd64"])

  private func harness(
    door: FakeRegistry.Door = .anonymousToken, count: Int, credentials: CredentialSource? = nil
  ) throws -> (harness: Harness, paths: [String]) {
    let repositories = WatchedRepositories()
    let harness = try Harness(door: door) { _ in
      RegistryAccess(usesPlainHTTP: true, credentials: credentials, repositories: repositories)
    }
    let paths = (0..<count).map { "library/r\($0)" }
    repositories.watch(paths.map { (harness.registry.authority, $0) })
    for path in paths { harness.registry.put(image, in: path, tag: "latest") }
    return (harness, paths)
  }

  private func look(_ harness: Harness, _ path: String) async throws {
    _ = try await harness.observe(harness.registry.tag(path), known: image.index.digest)
  }

  /// Of 300 repositories that are polled every 15 minutes, with tokens of 300 s.
  @Test func manyRepositoriesNeedFewExchanges() async throws {
    let (harness, paths) = try harness(count: 300)
    for path in paths {
      try await look(harness, path)
      harness.clock.advance(seconds: 3)
    }
    // The order of the names is not that in which they come up: at most each group of 20 in each life of a token.
    #expect(harness.count("GET /token") <= 60)
    let refused = harness.registry.requests.count { $0.path.hasPrefix("/v2/") && $0.header("Authorization") == nil }
    #expect(refused == 1)
    let scopes = harness.registry.requests.filter { $0.path == "/token" }.map { $0.queries("scope").count }
    #expect(scopes.allSatisfy { $0 == 20 })
  }

  @Test func aRepositoryThatIsLeftOutIsAskedForAlone() async throws {
    let (harness, paths) = try harness(count: 3)
    harness.registry.setGrants(1)
    for _ in 0..<2 {
      for path in paths { try await look(harness, path) }
      harness.clock.advance(seconds: 1_000)
    }
    let scopes = harness.registry.requests.filter { $0.path == "/token" }.map { $0.queries("scope").count }
    // Both others are refused with the first token, and alone from then on.
    #expect(scopes == [3, 3, 1, 2, 1, 1, 1, 1])
  }

  @Test(arguments: [400, 403, 404, 414])
  func aTokenServerThatWantsOneGetsOne(_ status: Int) async throws {
    let (harness, paths) = try harness(count: 3)
    harness.registry.setFault { request in
      request.path == "/token" && request.queries("scope").count > 1 ? ScriptedResponse(status) : nil
    }
    for path in paths { try await look(harness, path) }
    // Once for several, then each alone, for a day.
    #expect(harness.count("GET /token") == 4)
  }

  @Test(arguments: [400, 413, 431])
  func aTokenThatIsTooLongIsGivenUp(_ status: Int) async throws {
    let (harness, paths) = try harness(count: 3)
    harness.registry.setFault { request in
      request.header("Authorization") == "Bearer fake-token-1" ? ScriptedResponse(status) : nil
    }
    for path in paths { try await look(harness, path) }
    #expect(harness.count("GET /token") == 4)
  }

  /// What the token server says of several must not look like a wrong password.
  @Test func aLogInIsTriedForOneFirst() async throws {
    let file = SecretFile("pw")
    let (harness, paths) = try harness(
      door: .token(username: "ann", password: "pw"), count: 3,
      credentials: .basic(username: "ann", passwordFile: file.path))
    for path in paths { try await look(harness, path) }
    let scopes = harness.registry.requests.filter { $0.path == "/token" }.map { $0.queries("scope").count }
    #expect(scopes == [1, 3])
  }

  /// A token server that is not the registry's own learns of no other repository.
  @Test func aNeighbourIsToldOfOne() async throws {
    let neighbour = try FakeRegistry(door: .anonymousToken)
    defer { neighbour.stop() }
    let (harness, paths) = try harness(door: .open, count: 3)
    let challenge = "Bearer realm=\"\(neighbour.origin)/token\",service=\"s\""
    harness.registry.setFault { request in
      request.header("Authorization") == nil ? ScriptedResponse(401, headers: [("WWW-Authenticate", challenge)]) : nil
    }
    for path in paths { try await look(harness, path) }
    #expect(neighbour.requests.map { $0.queries("scope").count } == [1, 1, 1])
  }

  /// A no to several is no word about the log-in, which goes on to be used for each.
  @Test(arguments: [400, 401, 403]) func aLogInIsNotBlamedForSeveral(_ status: Int) async throws {
    let file = SecretFile("pw")
    let (harness, paths) = try harness(
      door: .token(username: "ann", password: "pw"), count: 4,
      credentials: .basic(username: "ann", passwordFile: file.path))
    harness.registry.setFault { request in
      request.path == "/token" && request.queries("scope").count > 1 ? ScriptedResponse(status) : nil
    }
    for path in paths { try await look(harness, path) }
    #expect(harness.count("GET /token") == 5)
  }

  /// Those that wait for a token of several get one of their own where it came to one.
  @Test func whoJoinsAnExchangeGetsItsOwn() async throws {
    let (harness, paths) = try harness(count: 4)
    harness.registry.setFault { request in
      request.path == "/token" && request.queries("scope").count > 1 ? ScriptedResponse(403) : nil
    }
    // The realm is known from then on.
    try await look(harness, paths[0])
    harness.clock.advance(seconds: 86_401)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for path in paths { group.addTask { try await look(harness, path) } }
      try await group.waitForAll()
    }
  }

  /// A registry may say so of what a token is not good for, instead of 401.
  @Test(arguments: [403, 404]) func whatATokenIsNotGoodForIsAskedForAlone(_ status: Int) async throws {
    let (harness, paths) = try harness(count: 2)
    harness.registry.setGrants(1)
    harness.registry.setFault { request in
      let isOther = request.path.hasPrefix("/v2/\(paths[1])/")
      return isOther && request.header("Authorization") == "Bearer fake-token-1" ? ScriptedResponse(status) : nil
    }
    for path in paths { try await look(harness, path) }
  }
}
