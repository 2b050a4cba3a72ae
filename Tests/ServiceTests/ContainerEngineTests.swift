import Containers
import Foundation
import ImageModel
import Synchronization
import TestSupport
import Testing

@testable import Service

/// An engine behind a socket: one that is well, and those that are not.
@Suite struct ContainerEngineTests {
  private let directory: TemporaryDirectory
  private var path: String { directory.path + "/engine.sock" }

  init() throws { directory = try TemporaryDirectory() }

  private static func body(_ name: String) -> [UInt8] {
    Array((try? ProjectFile.text("Tests/fixtures/containers/\(name).json").utf8) ?? "".utf8)
  }

  /// Docker's classic store, as `Tests/fixtures/containers` has it.
  private static func docker(_ request: ReceivedRequest) -> ScriptedResponse {
    let digits = ["a", "b", "c"].map { ("/images/sha256:" + String(repeating: $0, count: 64) + "/json", $0) }
    switch request.path {
    case "/version": return ScriptedResponse(200, body: body("docker-classic-version"))
    case "/containers/json": return ScriptedResponse(200, body: body("docker-classic-containers"))
    case "/containers/" + String(repeating: "2", count: 64) + "/json":
      return ScriptedResponse(200, body: body("docker-classic-container-moved"))
    default:
      let image = digits.first { $0.0 == request.path }?.1
      return image.map { ScriptedResponse(200, body: body("docker-classic-image-\($0)")) } ?? ScriptedResponse(404)
    }
  }

  private func containers(
    all: Bool = true, stallSeconds: Int = 1, seconds: Int = 60,
    _ handler: @escaping @Sendable (ReceivedRequest) -> ScriptedResponse
  ) async throws -> (containers: [RunningContainer], requests: [ReceivedRequest]) {
    let server = try LoopbackServer(socket: path, handler: handler)
    defer {
      server.stop()
      unlink(path)
    }
    let containers = try await ContainerEngine.containers(
      socket: path, all: all, stallSeconds: stallSeconds, seconds: seconds)
    return (containers, server.requests)
  }

  private func failure(
    stallSeconds: Int = 1, seconds: Int = 60,
    _ handler: @escaping @Sendable (ReceivedRequest) -> ScriptedResponse
  ) async -> String? {
    do {
      _ = try await containers(stallSeconds: stallSeconds, seconds: seconds, handler)
      return nil
    } catch let failure as ContainerFailure {
      return failure.message
    } catch {
      return "\(error)"
    }
  }

  /// It is asked for no more than is needed, and each image once.
  @Test func anEngineIsAskedForLittle() async throws {
    let (containers, requests) = try await containers(Self.docker)
    #expect(containers.map(\.name) == ["web", "moved", "built", "old"])
    #expect(containers[1].image == "amazonlinux:latest")
    #expect(containers.allSatisfy { $0.platform == Samples.amd64 && !$0.digests.isEmpty })
    #expect(requests.count == 6)
    #expect(requests.allSatisfy { $0.method == "GET" && $0.body.isEmpty && $0.header("authorization") == nil })
    #expect(requests.prefix(2).map(\.target) == ["/version", "/containers/json?all=1"])
    #expect(requests.filter { $0.path.hasPrefix("/images/") }.count == 3)
    #expect(requests.filter { $0.path.hasPrefix("/containers/2") }.count == 1)
    let running = try await self.containers(all: false, Self.docker)
    #expect(running.requests[1].target == "/containers/json")
  }

  /// What one image's answer lacks is said of its containers alone.
  @Test(arguments: [
    ScriptedResponse(404), ScriptedResponse(500, body: Array(repeating: 0x61, count: 1_000_000)),
    ScriptedResponse(200, body: Array("<html>".utf8)),
    ScriptedResponse(302, headers: [("Location", "http://127.0.0.1:1/")]),
  ]) func anImageThatIsNotThere(_ answer: ScriptedResponse) async throws {
    let (containers, _) = try await containers { request in
      request.path.hasPrefix("/images/") ? answer : Self.docker(request)
    }
    #expect(containers.count == 4)
    #expect(containers.allSatisfy { $0.digests.count == 1 && $0.gap != nil && !$0.tellsOrigin && $0.platform == nil })
  }

  @Test func anEngineThatIsNotWell() async throws {
    for (answer, words) in [
      (ScriptedResponse(500), "it answered 500 to GET /version"),
      (ScriptedResponse(301, headers: [("Location", "http://127.0.0.1:1/")]), "it answered 301"),
      (ScriptedResponse(200, body: Array("no JSON".utf8)), "its answer is not JSON"),
      (ScriptedResponse(200, body: Array("{}".utf8)), "does not say which version"),
      (ScriptedResponse(200, behaviour: .hang), "for 1 s"), (ScriptedResponse(200, behaviour: .drop), "the socket"),
      (ScriptedResponse(200, behaviour: .endlessChunked), "bytes allowed"),
      (ScriptedResponse(200, behaviour: .manyHeaders(10_000)), "bytes of headers"),
      (ScriptedResponse(200, behaviour: .rawBytes(Array("SSH-2.0-OpenSSH\r\n".utf8))), "the socket"),
    ] {
      let message = await failure { _ in answer }
      #expect(message?.contains(words) == true, "\(answer.behaviour): \(message ?? "well")")
    }
  }

  /// Of all that it tells, and not of each answer alone.
  @Test func anEngineThatTakesLong() async throws {
    let hung = await failure(stallSeconds: 20, seconds: 2) { _ in ScriptedResponse(200, behaviour: .hang) }
    #expect(hung?.contains("did not finish within 1 s") == true, "\(hung ?? "well")")
    let late = await failure(stallSeconds: 20, seconds: 0, Self.docker)
    #expect(late == "it took too long to tell")
  }

  /// One that begins well.
  @Test func anEngineThatStopsTelling() async throws {
    for (path, answer, words) in [
      ("/containers/json", ScriptedResponse(200, behaviour: .hang), "for 1 s"),
      ("/containers/json", ScriptedResponse(200, behaviour: .endlessChunked), "bytes allowed"),
      ("/containers/json", ScriptedResponse(200, body: Array("[7]".utf8)), "has no ID"),
      ("/images/", ScriptedResponse(200, behaviour: .hang), "for 1 s"),
      ("/images/", ScriptedResponse(200, behaviour: .endlessChunked), "bytes allowed"),
    ] {
      let message = await failure { $0.path.hasPrefix(path) ? answer : Self.docker($0) }
      #expect(message?.contains(words) == true, "\(path): \(message ?? "well")")
    }
  }
}
