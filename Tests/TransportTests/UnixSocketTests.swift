import TestSupport
import Testing

@testable import Transport

/// Requests that go to a Unix socket, whatever their URL says.
@Suite struct UnixSocketTests {
  private let directory: TemporaryDirectory
  private var path: String { directory.path + "/engine.sock" }

  init() throws { directory = try TemporaryDirectory() }

  private func asked(_ url: String = "http://localhost/version", of socket: String) -> HTTPRequest {
    var asked = request(url)
    asked.unixSocket = socket
    return asked
  }

  @Test func theSocketAnswersAndNobodyElse() async throws {
    let socket = try LoopbackServer(socket: path) { _ in ScriptedResponse(200, body: Array("socket".utf8)) }
    let client = HTTPClient(
      proxy: ProxySettings(url: "http://127.0.0.1:1", username: nil, passwordFile: nil, exceptions: []))
    let server = try LoopbackServer { _ in ScriptedResponse(200, body: Array("network".utf8)) }
    defer {
      client.shutdown()
      socket.stop()
      server.stop()
    }
    func text(_ request: HTTPRequest) async throws -> String {
      String(decoding: try await client.send(request).body, as: UTF8.self)
    }
    // One after the other over the same handles, to the same host: no connection of one serves the other.
    let url = server.origin + "/version"
    for _ in 0..<2 {
      #expect(try await text(asked(url, of: path)) == "socket")
      #expect(try await text(request(url)) == "network")
    }
    #expect(socket.requests.map(\.target) == ["/version", "/version"] && socket.connectionCount == 1)
    #expect(socket.requests[0].header("authorization") == nil)
  }

  @Test func whatFailsNamesTheSocket() async throws {
    let client = HTTPClient()
    defer { client.shutdown() }
    let error = await failure(of: asked(of: path), with: client)
    #expect(error?.code == .connect && error?.what == "no connection to the socket \(path)")
    let long = await failure(of: asked(of: "/" + String(repeating: "x", count: 200)), with: client)
    #expect(long != nil)
  }
}
