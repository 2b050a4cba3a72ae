import Credentials
import FoundationEssentials
import Glibc
import ImageModel
import TestSupport
import Testing

@testable import Registry

/// Log-ins that a user has already, on their way to a registry and its token server.
@Suite struct LoginFlowTests {
  private static let password = "s3cr3t-p4ssw0rd-canary"
  private let image = FakeRegistryImage("one", platforms: ["linux/amd64"])
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private var config: String { directory.path + "/config.json" }

  /// - Parameter file: a `config.json`, in which `@` stands for the registry.
  private func harness(door: FakeRegistry.Door, _ file: String) throws -> Harness {
    let harness = try Harness(
      door: door,
      logins: { [config, directory] clock in
        Logins(
          [.file(config)], helpers: ["PATH": "\(directory.path):/usr/bin:/bin"], now: clock.clock.now, tell: { _ in })
      })
    for path in ["app", "team/app"] { harness.registry.put(image, in: path, tag: "latest") }
    try write(file.replacing("@", with: harness.registry.authority))
    return harness
  }

  private func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: config), options: .atomic) }

  private func helper(_ script: String) throws {
    let path = directory.path + "/docker-credential-h"
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
    chmod(path, 0o755)
  }

  private static func entry(_ user: String, _ password: String = password) -> String {
    #"{"username": "\#(user)", "password": "\#(password)"}"#
  }

  private func authorizations(_ harness: Harness) -> [String] {
    harness.registry.requests.compactMap { $0.header("Authorization") }
  }

  // MARK: Files

  @Test(arguments: [
    FakeRegistry.Door.basic(username: "ann", password: password), .token(username: "ann", password: password),
  ])
  func aFileServes(_ door: FakeRegistry.Door) async throws {
    let harness = try harness(door: door, #"{"auths": {"@": \#(Self.entry("ann"))}}"#)
    #expect(try await harness.snapshot().images.count == 1)
    #expect(harness.trace.contains("log-in for \(harness.registry.authority): from \(config)"))
    #expect(!harness.trace.contains { $0.contains(Self.password) })
  }

  @Test func nothingIsSentWhereNothingIsAskedFor() async throws {
    let harness = try harness(door: .open, #"{"auths": {"@": \#(Self.entry("ann"))}}"#)
    _ = try await harness.snapshot()
    #expect(authorizations(harness).isEmpty)
    #expect(!harness.trace.contains { $0.contains("log-in") })
  }

  @Test func eachRepositoryHasTheLogInOfTheLongestKey() async throws {
    let file = #"{"auths": {"@": \#(Self.entry("bob")), "@/team": \#(Self.entry("ann"))}}"#
    let harness = try harness(door: .token(username: "ann", password: Self.password), file)
    _ = try await harness.observe(harness.registry.tag("team/app"))
    let failure = await harness.failure()
    #expect(failure?.code == .badCredentials)
    #expect(failure?.message.hasSuffix("it refuses the log-in from \(config); log in again") == true)
  }

  @Test func whatIsWrongWithTheLogInOfOneRepositoryIsNotToldOfAnother() async throws {
    let harness = try harness(
      door: .basic(username: "ann", password: Self.password), #"{"auths": {"@/team": {}}}"#)
    harness.registry.setFault { $0.path.hasPrefix("/v2/app/") ? ScriptedResponse(403) : nil }
    let tag = harness.registry.tag("team/app")
    let failure = await #expect(throws: CheckFailure.self) { try await harness.observe(tag) }
    #expect(failure?.message.hasSuffix("/team, and names none") == true, "\(failure?.message ?? "")")
    #expect(await harness.failure()?.remedy == "access is denied; check the name or set credentials for the registry")
  }

  @Test func aLogInIsLookedUpOnceForAChallenge() async throws {
    let harness = try harness(
      door: .token(username: "ann", password: Self.password), #"{"auths": {"@": \#(Self.entry("ann"))}}"#)
    _ = try await harness.snapshot()
    #expect(harness.trace.count { $0.hasPrefix("log-in for ") } == 1)
  }

  @Test func aNewLogInIsUsedAtOnce() async throws {
    let harness = try harness(
      door: .basic(username: "ann", password: Self.password), #"{"auths": {"@": \#(Self.entry("ann", "old"))}}"#)
    #expect(await harness.failure()?.code == .badCredentials)
    try write(#"{"auths": {"\#(harness.registry.authority)": \#(Self.entry("ann"))}}"#)
    #expect(try await harness.snapshot().images.count == 1)
  }

  @Test func aTokenForTheRegistryItselfNeedsNoExchange() async throws {
    let harness = try harness(door: .anonymousToken, #"{"auths": {"@": {"registrytoken": "direct"}}}"#)
    harness.registry.setFault { request in
      guard request.header("Authorization") != "Bearer direct" else { return nil }
      let challenge = "Bearer realm=\"http://\(request.header("Host") ?? "")/token\",service=\"fake\""
      return ScriptedResponse(401, headers: [("WWW-Authenticate", challenge)])
    }
    // The fake does not know it either.
    #expect(await harness.failure()?.code == .badCredentials)
    #expect(harness.count("GET /token") == 0)
    #expect(Set(authorizations(harness)) == ["Bearer direct"])
  }

  /// What is public stays to be seen, whoever gives out the tokens for it.
  @Test func whereALogInMayNotGoATokenIsAskedForWithout() async throws {
    let neighbour = try FakeRegistry(door: .anonymousToken)
    defer { neighbour.stop() }
    let harness = try harness(door: .open, #"{"auths": {"@": \#(Self.entry("ann"))}}"#)
    let challenge = "Bearer realm=\"\(neighbour.origin)/token\",service=\"s\""
    harness.registry.setFault { request in
      request.header("Authorization") == nil ? ScriptedResponse(401, headers: [("WWW-Authenticate", challenge)]) : nil
    }
    #expect(try await harness.snapshot().images.count == 1)
    harness.clock.advance(seconds: 1_000)
    neighbour.setDoor(.token(username: "ann", password: Self.password))
    let failure = await harness.failure()
    #expect(failure?.code == .unauthorizedOrMissing)
    let why =
      "the log-in from \(config) is kept from the token server \(neighbour.origin) "
      + "(credentials may not go there); add it to trusted_realms if it is right"
    #expect(failure?.message.hasSuffix(why) == true, "\(failure?.message ?? "")")
    #expect(neighbour.requests.count > 1 && neighbour.requests.allSatisfy { $0.header("Authorization") == nil })
  }

  // MARK: Refresh tokens

  @Test func anIdentityTokenIsPosted() async throws {
    let harness = try harness(
      door: .refreshToken("refresh-canary"), #"{"auths": {"@": {"identitytoken": "refresh-canary"}}}"#)
    _ = try await harness.snapshot()
    #expect(harness.count("POST /token") == 1)
    #expect(harness.count("GET /token") == 0)
    let post = try #require(harness.registry.requests.first { $0.method == "POST" })
    #expect(post.form("service") == "fake" && post.form("scope") == "repository:app:pull")
    #expect(post.form("client_id") == "watcher" && post.header("Authorization") == nil && post.query.isEmpty)
    #expect(!harness.trace.contains { $0.contains("refresh-canary") })
  }

  /// Google's token server answers 404, Artifactory's 401, Azure's 400.
  @Test(arguments: [400, 401, 404, 405])
  func whereItIsNotTakenThePasswordIs(_ status: Int) async throws {
    let entry = #"{"identitytoken": "t", "username": "ann", "password": "\#(Self.password)"}"#
    let harness = try harness(door: .token(username: "ann", password: Self.password), #"{"auths": {"@": \#(entry)}}"#)
    harness.registry.setFault { $0.method == "POST" ? ScriptedResponse(status) : nil }
    #expect(try await harness.snapshot().images.count == 1)
    #expect(harness.count("POST /token") == 1 && harness.count("GET /token") == 1)
  }

  @Test(
    arguments: [
      (401, .badCredentials), (400, .badCredentials), (404, .authUnsupported), (405, .authUnsupported),
      (503, .server),
    ] as [(Int, CheckFailure.Code)])
  func withoutAPasswordItSaysWhy(_ status: Int, _ code: CheckFailure.Code) async throws {
    let harness = try harness(door: .anonymousToken, #"{"auths": {"@": {"identitytoken": "t"}}}"#)
    harness.registry.setFault { $0.method == "POST" ? ScriptedResponse(status) : nil }
    #expect(await harness.failure()?.code == code)
    #expect(harness.count("GET /token") == 0)
  }

  @Test func itIsOfNoUseToARegistryThatAsksForAPassword() async throws {
    let harness = try harness(
      door: .basic(username: "ann", password: Self.password), #"{"auths": {"@": {"identitytoken": "t"}}}"#)
    let failure = await harness.failure()
    #expect(failure?.code == .authUnsupported)
    #expect(
      failure?.message == "\(harness.registry.authority) asks for a user name and a password, and there is only a "
        + "refresh token in the log-in from \(config): log in with a user name and a password or access token")
    #expect(authorizations(harness).isEmpty)
  }

  @Test func aNewRefreshTokenTakesThePlaceOfTheOld() async throws {
    let harness = try harness(door: .anonymousToken, #"{"auths": {"@": {"identitytoken": "first"}}}"#)
    harness.registry.setFault { request in
      request.path == "/token"
        ? ScriptedResponse(200, body: Array(#"{"access_token": "x", "refresh_token": "second"}"#.utf8)) : nil
    }
    for _ in 0..<2 {
      _ = await harness.failure()
      harness.clock.advance(seconds: 1_000)
    }
    let sent = harness.registry.requests.compactMap { $0.form("refresh_token") }
    #expect(sent.first == "first" && sent.dropFirst().allSatisfy { $0 == "second" } && sent.count > 1)
    #expect(try String(contentsOf: URL(filePath: config), encoding: .utf8).contains("first"))
  }

  @Test func aNewRefreshTokenThatIsRefusedGivesWayToTheFirstAndIsNotQuoted() async throws {
    let harness = try harness(door: .refreshToken("first"), #"{"auths": {"@": {"identitytoken": "first"}}}"#)
    harness.registry.setFault { request in
      guard request.path == "/token", harness.clock.clock.now().milliseconds == 1_000_000 else { return nil }
      return ScriptedResponse(200, body: Array(#"{"access_token": "x", "refresh_token": "second-canary"}"#.utf8))
    }
    _ = await harness.failure()
    harness.clock.advance(seconds: 1_000)
    _ = try await harness.snapshot()
    #expect(harness.registry.requests.compactMap { $0.form("refresh_token") } == ["first", "second-canary", "first"])
    harness.registry.setFault { request in
      request.path == "/token"
        ? ScriptedResponse(403, body: Array(#"{"message": "no: \#(request.form("refresh_token") ?? "")"}"#.utf8)) : nil
    }
    harness.clock.advance(seconds: 1_000)
    #expect(await harness.failure()?.message.contains("first") == false)
  }

  // MARK: Wrong ones

  @Test(arguments: [
    FakeRegistry.Door.basic(username: "ann", password: "other"), .token(username: "ann", password: "other"),
  ])
  func aWrongPasswordIsSentOnceAMinute(_ door: FakeRegistry.Door) async throws {
    let harness = try harness(door: door, #"{"auths": {"@": \#(Self.entry("ann"))}}"#)
    for round in 1...3 {
      await withTaskGroup(of: Void.self) { group in
        for path in ["app", "team/app"] {
          for _ in 0..<10 {
            group.addTask {
              let tag = harness.registry.tag(path)
              await #expect(throws: CheckFailure.self) { try await harness.observe(tag) }
            }
          }
        }
      }
      #expect(authorizations(harness).count == round)
      harness.clock.advance(seconds: 59)
      #expect(await harness.failure()?.code == .badCredentials)
      #expect(authorizations(harness).count == round)
      harness.clock.advance(seconds: 1)
    }
  }

  /// A token server says 403 of a repository that a right password may not read.
  @Test func aRepositoryThatMayNotBeReadStopsNoOther() async throws {
    let harness = try harness(
      door: .token(username: "ann", password: Self.password), #"{"auths": {"@": \#(Self.entry("ann"))}}"#)
    harness.registry.setFault { request in
      request.path == "/token" && request.query("scope")?.contains("team") == true ? ScriptedResponse(403) : nil
    }
    let tag = harness.registry.tag("team/app")
    let failure = await #expect(throws: CheckFailure.self) { try await harness.observe(tag) }
    #expect(failure?.code == .badCredentials)
    #expect(try await harness.snapshot().images.count == 1)
  }

  @Test(arguments: [
    FakeRegistry.Door.basic(username: "ann", password: "new"), .token(username: "ann", password: "new"),
  ])
  func aHelperIsAskedAnewOnceItsLogInIsRefused(_ door: FakeRegistry.Door) async throws {
    let harness = try harness(door: door, #"{"credsStore": "h"}"#)
    try helper(#"echo '{"Username":"ann","Secret":"old"}'"#)
    #expect(await harness.failure()?.code == .badCredentials)
    try helper(#"echo '{"Username":"ann","Secret":"new"}'"#)
    harness.clock.advance(seconds: 61)
    #expect(try await harness.snapshot().images.count == 1)
    #expect(harness.trace.contains { $0.hasSuffix("from docker-credential-h (\(config))") })
  }

  @Test func aHelperThatFailsIsTheReasonWhereItMatters() async throws {
    let open = try harness(door: .anonymousToken, #"{"credHelpers": {"@": "none"}}"#)
    #expect(try await open.snapshot().images.count == 1)
    let closed = try harness(door: .basic(username: "ann", password: Self.password), #"{"credHelpers": {"@": "none"}}"#)
    let failure = await closed.failure()
    #expect(failure?.code == .unauthorizedOrMissing)
    #expect(failure?.message.hasSuffix("names: there is no such program in PATH") == true, "\(failure?.message ?? "")")
  }
}
