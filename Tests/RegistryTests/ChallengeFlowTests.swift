import Credentials
import FoundationEssentials
import Glibc
import ImageModel
import TestSupport
import Testing

@testable import Registry

/// What registries ask for in their own ways.
@Suite struct ChallengeFlowTests {
  private static let password = "s3cr3t-canary"
  private let image = FakeRegistryImage("one", platforms: ["linux/amd64"])
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// - Parameters:
  ///   - config: Docker's file, in which `@` stands for the registry.
  ///   - challenge: its challenge, in which `@` stands for its origin, in place of its own.
  private func harness(door: FakeRegistry.Door, config: String = "{}", challenge: String? = nil) throws -> Harness {
    let path = directory.path + "/config.json"
    let harness = try Harness(
      door: door,
      logins: { [directory] clock in
        Logins(
          [.file(path)], helpers: ["PATH": "\(directory.path):/usr/bin:/bin"], now: clock.clock.now, tell: { _ in })
      })
    harness.registry.put(image, in: "app", tag: "latest")
    try Data(config.replacing("@", with: harness.registry.authority).utf8).write(to: URL(filePath: path))
    let line = challenge?.replacing("@", with: harness.registry.origin)
    harness.registry.setFault { request in
      guard let line, request.path != "/token", request.header("Authorization")?.hasPrefix("Bearer ") != true
      else { return nil }
      return ScriptedResponse(401, headers: [("WWW-Authenticate", line)])
    }
    return harness
  }

  private static let ann = #"{"auths": {"@": {"username": "ann", "password": "\#(password)"}}}"#

  /// In whatever order they stand: the password is for the token server then.
  @Test(arguments: [
    #"Basic realm="x", Bearer realm="@/token",service="s""#, #"Bearer realm="@/token",service="s", Basic realm="x""#,
    #"Negotiate, Digest realm="x",nonce="y", Basic realm="x", Bearer realm="@/token""#,
  ])
  func ofSeveralSchemesATokenIsTaken(_ challenge: String) async throws {
    let harness = try harness(
      door: .token(username: "ann", password: Self.password), config: Self.ann, challenge: challenge)
    #expect(try await harness.snapshot().images.count == 1)
    let sent = harness.registry.requests.filter { $0.header("Authorization")?.hasPrefix("Basic ") == true }
    #expect(sent.map(\.path) == ["/token"])
  }

  /// A hostile registry could ask for more, or for another's; ECR Public asks for what no grammar has (`aws`).
  @Test(arguments: [
    #","scope="aws""#, #",scope="aws""#, #",scope="repository:private/x:pull,push""#, #",scope="registry:catalog:*""#,
    #",scope="repository:app:pull,push,delete repository:other:pull""#, #",scope="""#, "",
  ])
  func theScopeIsOnesOwn(_ scope: String) async throws {
    let harness = try harness(door: .anonymousToken, challenge: #"Bearer realm="@/token""# + scope)
    #expect(try await harness.snapshot().images.count == 1)
    let token = try #require(harness.registry.requests.first { $0.path == "/token" })
    #expect(token.target == "/token?scope=repository:app:pull")
  }

  /// A registry may move to another one, or be taken over.
  @Test func anotherTokenServerIsJudgedByItself() async throws {
    let thief = try LoopbackServer { _ in ScriptedResponse(200, body: Array(#"{"token":"stolen"}"#.utf8)) }
    defer { thief.stop() }
    let harness = try harness(door: .token(username: "ann", password: Self.password), config: Self.ann)
    #expect(try await harness.snapshot().images.count == 1)
    let challenge = "Bearer realm=\"\(thief.origin)/token\",service=\"fake\""
    harness.registry.setFault { request in
      request.path == "/token" ? nil : ScriptedResponse(401, headers: [("WWW-Authenticate", challenge)])
    }
    #expect(await harness.failure()?.code == .unauthorizedOrMissing)
    #expect(thief.requests.count == 1 && thief.requests.allSatisfy { $0.header("Authorization") == nil })
  }

  /// ECR says so of a password that is older than twelve hours (elastic/elastic-ci-stack-for-aws#178).
  @Test func aHelperIsAskedAnewOnceItsLogInHasExpired() async throws {
    let harness = try harness(door: .open, config: #"{"credsStore": "h"}"#)
    let good = "Basic " + Data("AWS:new".utf8).base64EncodedString()
    harness.registry.setFault { request in
      switch request.header("Authorization") {
      case nil:
        ScriptedResponse(401, headers: [("WWW-Authenticate", "Basic realm=\"x\",service=\"ecr.amazonaws.com\"")])
      case good: nil
      default:
        ScriptedResponse(
          403, body: Array(#"{"errors":[{"code":"DENIED","message":"Your authorization token has expired."}]}"#.utf8))
      }
    }
    try helper("old")
    #expect(await harness.failure()?.code == .denied)
    try helper("new")
    harness.clock.advance(seconds: 61)
    #expect(try await harness.snapshot().images.count == 1)
  }

  private func helper(_ secret: String) throws {
    let path = directory.path + "/docker-credential-h"
    try Data("#!/bin/sh\necho '{\"Username\":\"AWS\",\"Secret\":\"\(secret)\"}'\n".utf8).write(to: URL(filePath: path))
    chmod(path, 0o755)
  }

  /// What `config.json` says to Docker alone: headers for its daemon, and proxies for containers.
  @Test func whatIsForDockerAloneIsLetLie() async throws {
    let config =
      #"{"HttpHeaders": {"X-Meta": "canary"}, "proxies": {"default": {"httpProxy": "http://127.0.0.1:1"}}, "#
      + Self.ann.dropFirst()
    let harness = try harness(door: .basic(username: "ann", password: Self.password), config: config)
    #expect(try await harness.snapshot().images.count == 1)
    #expect(harness.registry.requests.allSatisfy { $0.header("X-Meta") == nil })
  }

  /// registry.k8s.io sends to regional registries, and most send to stores with signed URLs, which refuse a second
  /// authorisation (renovate#3877).
  @Test func documentsMayLieElsewhere() async throws {
    let store = try FakeRegistry()
    defer { store.stop() }
    store.put(image, in: "app", tag: "latest")
    store.setFault { request in
      request.header("Authorization") == nil ? nil : ScriptedResponse(400, body: Array("Only one auth mechanism".utf8))
    }
    for kind in ["/manifests/", "/blobs/"] {
      let harness = try harness(door: .anonymousToken)
      let place = store.origin
      harness.registry.setFault { request in
        guard request.path.contains(kind), request.header("Authorization") != nil else { return nil }
        return ScriptedResponse(307, headers: [("Location", "\(place)\(request.path)?X-Amz-Signature=1")])
      }
      let snapshot = try await harness.snapshot()
      #expect(snapshot.digest == image.index.digest && snapshot.images.allSatisfy { $0.config != nil })
    }
    #expect(store.log.contains("HEAD /v2/app/manifests/latest"))
    #expect(store.log.contains("GET /v2/app/blobs/\(image.imageID("linux/amd64"))"))
  }
}
