import Config
import Endpoint
import Foundation
import Host
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Service

/// The OpenAPI document beside the server, by the judgement of PyPI's `schemathesis`, which makes requests of it: such as
/// fit it, and such as do not.
@Suite(.timeLimit(.minutes(10))) struct APIConformanceTests {
  private static let python = ProcessInfo.processInfo.environment["WATCHER_RECEIVER_PYTHON"]

  /// What a schema cannot say of values, such as references, is refused though it fits: that is no fault.
  private static let checks = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "unsupported_method",
  ]

  @Test(.enabled(if: python != nil, "scripts/test makes a Python with the library and sets WATCHER_RECEIVER_PYTHON"))
  func theServerIsAsItIsDescribed() async throws {
    let scene = try APIScene(tags: 12)
    let port = try freePort()
    let answered = Answered()
    let gate = WebGate(
      settings: { PageSettings() }, environment: [:], log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      site: { await scene.routes.answer($0) })
    let endpoint = try await HTTPEndpoint.listen(host: "127.0.0.1", port: port) { request in
      guard var reply = await gate.answer(request, at: "127.0.0.1:\(port)") else { return EndpointReply(404, body: []) }
      answered.count(request.path, reply.status)
      // Here nothing may be answered that is not described.
      let object = #""type":"object","required""#
      if request.path.hasSuffix("/openapi.json") {
        reply.body = Array(reply.text.replacing(object, with: #""additionalProperties":false,"# + object).utf8)
      }
      return reply
    }
    let python = try #require(Self.python)
    let output = scene.directory.path + "/output"
    let program = python.prefix(through: python.lastIndex(of: "/") ?? python.startIndex) + "schemathesis"
    let arguments =
      [
        "run", "http://127.0.0.1:\(port)/api/v1/openapi.json", "--checks", Self.checks.joined(separator: ","),
        // A stream never ends; EventFeedTests has it.
        "--exclude-path", "/api/v1/events/stream", "--phases", "examples,coverage,fuzzing", "--max-examples", "60",
        "--seed", "1", "--no-color", "--continue-on-failure",
      ]
    let status = try await blocking {
      try Child(String(program), arguments, directory: scene.directory.path, stdout: output, stderr: output)
        .finish(within: 540)
    }
    let said = try String(contentsOfFile: output, encoding: .utf8)
    #expect(status == 0, "\(said.suffix(6_000))")
    for name in ["status", "history", "events", "which", "diff"] {
      #expect(answered.statuses("/api/v1/\(name)").isSuperset(of: [200, 400]), "\(name) \(said.suffix(2_000))")
    }
    await endpoint.close()
  }

  /// Which answers there were.
  private final class Answered: Sendable {
    private let statuses = Mutex<[String: Set<Int>]>([:])

    func count(_ path: String, _ status: Int) { _ = statuses.withLock { $0[path, default: []].insert(status) } }

    func statuses(_ path: String) -> Set<Int> { statuses.withLock { $0[path] ?? [] } }
  }
}
