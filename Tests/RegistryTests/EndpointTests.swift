import Credentials
import Foundation
import ImageModel
import TestSupport
import Testing
import Transport

@testable import Registry

/// What is asked in a registry's place.
@Suite struct EndpointTests {
  private let image = FakeRegistryImage("one")

  private func client(_ access: RegistryAccess) -> RegistryClient {
    RegistryClient(http: HTTPClient(undoesCodings: true), userAgent: "watcher-test/1", access: { _ in access })
  }

  private func reference(_ text: String) throws -> ImageReference { try ImageReference(text) }

  @Test(arguments: [
    ("https://mirror.example", "https://mirror.example/v2/", "", "?ns=docker.io"),
    ("https://mirror.example:8443/cache/hub", "https://mirror.example:8443/cache/hub/v2/", "", "?ns=docker.io"),
    ("https://harbor.example/v2/hub", "https://harbor.example/v2/", "hub/", "?ns=docker.io"),
    ("https://harbor.example/a/v2/b/c", "https://harbor.example/a/v2/", "b/c/", "?ns=docker.io"),
    ("https://harbor.example/v2", "https://harbor.example/v2/", "", "?ns=docker.io"),
    ("https://registry-1.docker.io", "https://registry-1.docker.io/v2/", "", ""),
    (nil, "https://registry-1.docker.io/v2/", "", ""),
  ])
  func whereTheAPIIs(endpoint: String?, prefix: String, path: String, query: String) throws {
    let host = try RegistryHost(
      domain: "docker.io", base: nil, access: RegistryAccess(endpoint: endpoint), logins: .none, userAgent: "test")
    #expect(host.prefix == prefix && host.pathPrefix == path && host.query == query)
  }

  @Test func aHostInBracketsIsNamedInEscapes() throws {
    let access = RegistryAccess(endpoint: "https://mirror.example")
    let host = try RegistryHost(domain: "[::1]:5000", base: nil, access: access, logins: .none, userAgent: "test")
    #expect(host.query == "?ns=%5B::1%5D:5000")
  }

  @Test func itIsToldWhoseImageIsWanted() async throws {
    let registry = try FakeRegistry()
    defer { registry.stop() }
    registry.put(image, in: "library/app", tag: "latest")
    let client = client(RegistryAccess(endpoint: registry.origin))
    let found = try await client.resolve(reference("app"), selection: .all)
    #expect(found.snapshot.images.map(\.imageID) == image.platforms.map { image.imageID($0) })
    let targets = registry.requests.map(\.target)
    #expect(targets.first == "/v2/library/app/manifests/latest?ns=docker.io" && targets.count > 4)
    #expect(targets.allSatisfy { $0.hasSuffix("?ns=docker.io") }, "\(targets)")
    #expect(await client.isAnswering("docker.io"))
  }

  @Test func itsOwnPathGoesBeforeThatOfTheImage() async throws {
    let registry = try FakeRegistry(door: .token(username: "ann", password: "secret"))
    defer { registry.stop() }
    registry.put(image, in: "hub/library/app", tag: "latest")
    let file = try TemporaryDirectory()
    try "secret\n".write(toFile: file.path + "/password", atomically: true, encoding: .utf8)
    let client = client(
      RegistryAccess(
        endpoint: registry.origin + "/v2/hub",
        credentials: .basic(username: "ann", passwordFile: file.path + "/password")))
    _ = try await client.resolve(reference("app"), selection: .all)
    let token = try #require(registry.requests.first { $0.path == "/token" })
    #expect(token.target.contains("scope=repository:hub/library/app:pull"), "\(token.target)")
    #expect(await client.isAnswering("docker.io"))
    #expect(registry.log.last == "GET /v2/")
  }

  @Test func aLogInIsLookedUpAndToldOfUnderItsName() async throws {
    let registry = try FakeRegistry(door: .basic(username: "ann", password: "secret"))
    defer { registry.stop() }
    registry.put(image, in: "hub/library/app", tag: "latest")
    let directory = try TemporaryDirectory()
    let file = directory.path + "/config.json"
    try #"{"auths": {"\#(registry.authority)/hub": {"username": "ann", "password": "secret"}, "docker.io": {"#
      .appending(#""username": "ann", "password": "other"}}}"#).write(toFile: file, atomically: true, encoding: .utf8)
    let access = RegistryAccess(endpoint: registry.origin + "/v2/hub")
    let trace = LineBox()
    let client = RegistryClient(
      http: HTTPClient(undoesCodings: true), userAgent: "watcher-test/1", access: { _ in access },
      logins: Logins([.file(file)], helpers: nil, now: RegistryClock.system.now, tell: { _ in }),
      trace: { trace.add($0) })
    _ = try await client.resolve(reference("app"), selection: .all)
    #expect(trace.all.contains("log-in for \(registry.authority): from \(file)"), "\(trace.all)")
  }

  @Test(arguments: [
    FakeRegistry.Door.basic(username: "ann", password: "secret"), .token(username: "ann", password: "secret"),
  ])
  func aWrongPasswordIsSentOnceForAllThatItStandsFor(_ door: FakeRegistry.Door) async throws {
    let registry = try FakeRegistry(door: door)
    defer { registry.stop() }
    let directory = try TemporaryDirectory()
    try "wrong".write(toFile: directory.path + "/password", atomically: true, encoding: .utf8)
    let client = client(
      RegistryAccess(
        endpoint: registry.origin,
        credentials: .basic(username: "ann", passwordFile: directory.path + "/password")))
    for name in ["a.example/app", "b.example/app", "c.example/other"] {
      let failure = await #expect(throws: CheckFailure.self) {
        try await client.resolve(reference(name), selection: .all)
      }
      #expect(failure?.code == .badCredentials)
    }
    #expect(registry.requests.count { $0.header("Authorization") != nil } == 1)
  }

  /// Credentials are those for the endpoint: Docker Hub's token server, which Docker Hub alone may name, is not its.
  @Test func theRegistrysOwnTokenServerIsNotTheEndpoints() throws {
    let realm = try #require(WebURL("https://auth.docker.io/token"))
    func decision(_ endpoint: String?) throws -> RealmPolicy.Decision {
      try RegistryHost(
        domain: "docker.io", base: nil, access: RegistryAccess(endpoint: endpoint), logins: .none, userAgent: "test"
      )
      .realms.decide(realm)
    }
    #expect(try decision(nil) == .trusted)
    #expect(try decision("https://mirror.example") == .anonymousOnly)
  }

  @Test func whoDoesNotAnswerIsNamed() async throws {
    let gone = try FakeRegistry()
    gone.stop()
    let client = client(RegistryAccess(endpoint: gone.origin))
    let failure = await #expect(throws: CheckFailure.self) {
      try await client.resolve(reference("app"), selection: .all)
    }
    #expect(failure?.code == .connect && failure?.what.contains(gone.authority) == true)
    #expect(await client.isAnswering("docker.io") == false)
  }
}
