import Credentials
import FoundationEssentials
import Glibc
import ImageModel
import TestSupport
import Testing
import Transport

@testable import Registry

/// Log-ins of users at registries and token servers that would like them to be sent elsewhere.
@Suite struct HostilePlaceTests {
  /// What a user has.
  enum Kind: String, CaseIterable, Sendable {
    case password, identityToken, identityTokenWithPassword, registryToken, helper, helperToken

    static let secret = "s3cr3t-canary"
    static let word = "p4ssw0rd-canary"

    /// A `config.json`, in which `@` stands for the registry.
    var file: String {
      let ann = #""username": "ann", "password": "\#(Self.word)""#
      return switch self {
      case .password: #"{"auths": {"@": {\#(ann)}}}"#
      case .identityToken: #"{"auths": {"@": {"identitytoken": "\#(Self.secret)"}}}"#
      case .identityTokenWithPassword: #"{"auths": {"@": {"identitytoken": "\#(Self.secret)", \#(ann)}}}"#
      case .registryToken: #"{"auths": {"@": {"registrytoken": "\#(Self.secret)"}}}"#
      case .helper, .helperToken: #"{"credsStore": "h"}"#
      }
    }

    var helper: String {
      let (user, secret) = self == .helperToken ? ("<token>", Self.secret) : ("ann", Self.word)
      return #"echo '{"Username":"\#(user)","Secret":"\#(secret)"}'"#
    }

    /// Of a registry that wants to see it, or a token for it.
    var door: FakeRegistry.Door {
      switch self {
      case .password, .helper: .token(username: "ann", password: Self.word)
      case .identityToken, .identityTokenWithPassword, .helperToken: .refreshToken(Self.secret)
      case .registryToken: .anonymousToken
      }
    }
  }

  private let directory: TemporaryDirectory
  /// Wants everything.
  private let thief: LoopbackServer
  /// The same over TLS.
  private let other: TLSRecorder
  private let certificates: Certificates

  init() throws {
    directory = try TemporaryDirectory()
    certificates = try Certificates()
    other = try TLSRecorder(certificates)
    thief = try LoopbackServer { request in
      let realm = "http://\(request.header("Host") ?? "")/token"
      return ScriptedResponse(
        401, headers: [("WWW-Authenticate", "Basic realm=\"x\", Bearer realm=\"\(realm)\",service=\"s\"")])
    }
  }

  private func harness(_ kind: Kind, door: FakeRegistry.Door) throws -> Harness {
    let config = directory.path + "/config.json"
    let helper = directory.path + "/docker-credential-h"
    let harness = try Harness(
      door: door,
      access: { [caFile = certificates.caFile] _ in
        RegistryAccess(usesPlainHTTP: true, tls: TLSSettings(caFile: caFile))
      },
      logins: { [directory] clock in
        Logins(
          [.file(config)], helpers: ["PATH": "\(directory.path):/usr/bin:/bin"], now: clock.clock.now, tell: { _ in })
      })
    harness.registry.put(FakeRegistryImage("one", platforms: ["linux/amd64"]), in: "app", tag: "latest")
    try Data(kind.file.replacing("@", with: harness.registry.authority).utf8).write(to: URL(filePath: config))
    try Data("#!/bin/sh\n\(kind.helper)\n".utf8).write(to: URL(filePath: helper))
    chmod(helper, 0o755)
    return harness
  }

  /// Whether anything of a log-in is in a request, in any spelling.
  private static func isTold(_ request: ReceivedRequest) -> Bool {
    isTold(
      request.headers.map { "\($0.name): \($0.value)" }.joined() + request.target
        + String(decoding: request.body, as: UTF8.self))
  }

  private static func isTold(_ text: String) -> Bool {
    let pair = Data("ann:\(Kind.word)".utf8).base64EncodedString()
    return [Kind.secret, Kind.word, pair].contains { text.contains($0) }
  }

  /// - Returns: whether the registry itself was told, by its own name.
  private func expectNobodyElseIsTold(_ harness: Harness) -> Bool {
    #expect(!thief.requests.contains { Self.isTold($0) } && !Self.isTold(other.said), "\(harness.trace)")
    #expect(!harness.trace.contains { $0.contains(Kind.secret) || $0.contains(Kind.word) })
    let (own, others) = harness.registry.requests.reduce(into: ([ReceivedRequest](), [ReceivedRequest]())) {
      if $1.header("Host") == harness.registry.authority { $0.0.append($1) } else { $0.1.append($1) }
    }
    #expect(!others.contains { Self.isTold($0) }, "\(harness.trace)")
    return own.contains { Self.isTold($0) }
  }

  /// Other origins than the registry's: by port, by host, by scheme.
  private func targets(_ registry: FakeRegistry) -> [String] {
    [thief.origin, "http://localhost:\(registry.port)", "https://127.0.0.1:\(other.port)"]
  }

  @Test(arguments: Kind.allCases) func aRedirectOfTheRegistryTakesNothingAlong(_ kind: Kind) async throws {
    defer { thief.stop() }
    for status in [301, 302, 303, 307, 308] {
      let basic = FakeRegistry.Door.basic(username: "ann", password: Kind.word)
      for door in [kind.door] + (kind == .password || kind == .helper ? [basic] : []) {
        let harness = try harness(kind, door: door)
        let authority = harness.registry.authority
        for target in targets(harness.registry) {
          harness.registry.setFault { request in
            guard request.path.hasPrefix("/v2/"), request.header("Authorization") != nil,
              request.header("Host") == authority
            else { return nil }
            return ScriptedResponse(status, headers: [("Location", target + request.path)])
          }
          #expect(await harness.failure() != nil)
        }
        #expect(expectNobodyElseIsTold(harness), "\(status) at \(door): the registry is told nothing")
      }
    }
    #expect(!thief.requests.isEmpty && other.said.contains("/v2/app/manifests/"))
  }

  @Test(arguments: Kind.allCases.filter { $0 != .registryToken })
  func aRedirectOfTheTokenServerIsNotFollowed(_ kind: Kind) async throws {
    defer { thief.stop() }
    for status in [301, 302, 303, 307, 308] {
      let harness = try harness(kind, door: kind.door)
      for target in targets(harness.registry) {
        harness.registry.setFault { request in
          request.path == "/token" ? ScriptedResponse(status, headers: [("Location", "\(target)/token")]) : nil
        }
        #expect(await harness.failure()?.code == .realmRefused, "\(status) to \(target)")
      }
      #expect(expectNobodyElseIsTold(harness))
    }
    #expect(thief.requests.isEmpty && !other.said.contains("HTTP/"))
  }

  @Test(arguments: Kind.allCases) func aTokenServerOfSomebodyElseIsToldNothing(_ kind: Kind) async throws {
    defer { thief.stop() }
    let port = thief.port
    for realm in [
      "http://127.0.0.1:\(port)/token", "http://localhost:\(port)/token", "http://[::1]:\(port)/token",
      "https://127.0.0.1:\(other.port)/token", "http://127.0.0.1.nip.io:\(port)/token",
      "http://2130706433:\(port)/token", "http://127.1:\(port)/token", "http://user@127.0.0.1:\(port)/token",
      "http://127.0.0.1:\(port)/token#x", "http://0.0.0.0:\(port)/token", "http://[::ffff:127.0.0.1]:\(port)/token",
      "http://169.254.169.254/token",
    ] {
      let harness = try harness(kind, door: .open)
      let challenge = "Bearer realm=\"\(realm)\",service=\"s\""
      harness.registry.setFault { _ in ScriptedResponse(401, headers: [("WWW-Authenticate", challenge)]) }
      #expect(await harness.failure() != nil)
      let isToldItself = expectNobodyElseIsTold(harness)
      #expect(!isToldItself || kind == .registryToken, "\(realm)")
    }
  }
}
