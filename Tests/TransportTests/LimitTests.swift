import TestSupport
import Testing

@testable import Transport

@Suite("limits")
struct LimitTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let response: ScriptedResponse
    let code: TransportError.Code?
    var testDescription: String { name }
  }

  @Test(
    "a body limit of 1,000 bytes",
    arguments: [
      Case(name: "just fits", response: ScriptedResponse(200, body: .init(repeating: 1, count: 1_000)), code: nil),
      Case(
        name: "one too many", response: ScriptedResponse(200, body: .init(repeating: 1, count: 1_001)),
        code: .bodyTooLarge),
      Case(
        name: "announced only", response: ScriptedResponse(200, behaviour: .announceLength(10_000_000_000)),
        code: .bodyTooLarge),
      Case(name: "endless chunks", response: ScriptedResponse(200, behaviour: .endlessChunked), code: .bodyTooLarge),
    ])
  func bodyLimit(example: Case) async throws {
    try await withServer { _ in
      example.response
    } _: { server, client in
      let code = await failure(of: request(server.origin, bodyLimit: 1_000), with: client)?.code
      #expect(code == example.code)
      #expect(await eventually { example.code == nil || server.openConnectionCount == 0 })
    }
  }

  @Test("a long announcement is given up at once, not after the body has dripped in")
  func announcedAtOnce() async throws {
    try await withServer { _ in
      ScriptedResponse(200, body: .init(repeating: 1, count: 5_000), behaviour: .slowBody(bytesPerSecond: 100))
    } _: { server, client in
      let began = ContinuousClock.now
      #expect(await failure(of: request(server.origin, bodyLimit: 1_000), with: client)?.code == .bodyTooLarge)
      #expect(ContinuousClock.now - began < .seconds(2))
    }
  }

  @Test("a HEAD may announce what a GET may not fetch")
  func headAnnouncement() async throws {
    try await withServer { _ in
      ScriptedResponse(200, body: .init(repeating: 1, count: 5_000))
    } _: { server, client in
      let response = try await client.send(request(server.origin, .head, bodyLimit: 1_000))
      #expect(response.contentLength == 5_000)
    }
  }

  @Test("an error's body is cut off and the status is kept")
  func errorBody() async throws {
    try await withServer { _ in
      ScriptedResponse(503, behaviour: .endlessChunked)
    } _: { server, client in
      let response = try await client.send(request(server.origin))
      #expect(response.status == 503 && response.bodyIsCut)
      #expect(response.body.count == 65_536)
    }
  }

  @Test("a reply of which only the start matters is cut off")
  func cutBody() async throws {
    try await withServer { _ in
      ScriptedResponse(200, behaviour: .endlessChunked)
    } _: { server, client in
      var post = request(server.origin, .post, body: bytes("x"), bodyLimit: 10)
      post.cutsBody = true
      let response = try await client.send(post)
      #expect(response.status == 200 && response.body.count == 10 && response.bodyIsCut)
    }
  }

  @Test(
    "a header limit of 64 KiB",
    arguments: [
      Case(name: "500 headers", response: ScriptedResponse(200, behaviour: .manyHeaders(500)), code: nil),
      Case(
        name: "100,000 headers", response: ScriptedResponse(200, behaviour: .manyHeaders(100_000)),
        code: .headersTooLarge),
      Case(name: "one of 66 kB", response: Self.longHeader(66_000), code: .headersTooLarge),
      Case(name: "one of 300 kB", response: Self.longHeader(300_000), code: .headersTooLarge),
      Case(
        name: "10,000 interim responses",
        response: ScriptedResponse(
          200, behaviour: .rawBytes(bytes(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 10_000)))),
        code: .headersTooLarge),
    ])
  func headerLimit(example: Case) async throws {
    try await withServer { _ in
      example.response
    } _: { server, client in
      for method in [HTTPRequest.Method.get, .head] {
        #expect(await failure(of: request(server.origin, method), with: client)?.code == example.code)
      }
    }
  }

  private static func longHeader(_ length: Int) -> ScriptedResponse {
    ScriptedResponse(200, headers: [("X", String(repeating: "x", count: length))])
  }

  @Test("a server that never answers runs into the whole time")
  func hang() async throws {
    try await withServer { _ in
      ScriptedResponse(200, behaviour: .hang)
    } _: { server, client in
      let error = await failure(of: request(server.origin, totalSeconds: 1), with: client)
      #expect(error?.code == .timeout)
      #expect(error?.message.contains("within 1 s") == true)
      #expect(await eventually { server.openConnectionCount == 0 })
    }
  }

  @Test("a server that drips is given up as stalled")
  func stall() async throws {
    try await withServer { _ in
      ScriptedResponse(200, body: .init(repeating: 1, count: 1_000), behaviour: .slowBody(bytesPerSecond: 10))
    } _: { server, client in
      var slow = request(server.origin)
      slow.stallSeconds = 1
      #expect(await failure(of: slow, with: client)?.code == .stalled)
    }
  }

  @Test("the time of requests that wait for a connection begins when they get it")
  func waitingRequests() async throws {
    let client = HTTPClient(maxConnectionsPerHost: 1)
    try await withServer(client: client) { _ in
      ScriptedResponse(200, behaviour: .hang)
    } _: { server, client in
      await withTaskGroup(of: TransportError.Code?.self) { group in
        for _ in 0..<2 {
          group.addTask { await failure(of: request(server.origin, totalSeconds: 1), with: client)?.code }
        }
        for await code in group { #expect(code == .timeout) }
      }
    }
  }

  @Test(
    "answers that are none",
    arguments: [
      (ScriptedResponse.Behaviour.drop, TransportError.Code.network),
      (.dropMidBody(after: 3), .network),
      (.rawBytes(bytes("SSH-2.0-OpenSSH_9.2\r\n")), .protocolError),
      (.rawBytes([]), .network),
      (.rawBytes(bytes("HTTP/1.1 200 OK\r\nContent-Le")), .network),
    ])
  func brokenAnswers(behaviour: ScriptedResponse.Behaviour, code: TransportError.Code) async throws {
    try await withServer { _ in
      ScriptedResponse(200, body: bytes("0123456789"), behaviour: behaviour)
    } _: { server, client in
      let error = await failure(of: request(server.origin), with: client)
      #expect(error?.code == code)
      #expect(error?.message.contains("127.0.0.1:\(server.port)") == true)
    }
  }

  @Test("nobody listens")
  func refused() async throws {
    let server = try LoopbackServer { _ in ScriptedResponse(200) }
    server.stop()
    let client = HTTPClient()
    defer { client.shutdown() }
    #expect(await failure(of: request(server.origin), with: client)?.code == .connect)
  }

  @Test("a name that does not exist")
  func unknownHost() async throws {
    var settings = ClientSettings()
    settings.proxies = .none
    let client = HTTPClient(settings: settings)
    defer { client.shutdown() }
    let error = await failure(of: request("http://nowhere.invalid/"), with: client)
    #expect(error?.code == .dns)
    #expect(error?.message.contains("nowhere.invalid:80") == true)
  }
}
