import Endpoint
import Glibc
import TestSupport
import Testing

@Suite(.serialized) struct HTTPEndpointTests {
  private static let page = String(repeating: "a line of a page\n", count: 1_000)

  private func listen(port: Int, limits: EndpointLimits = EndpointLimits()) async throws -> HTTPEndpoint {
    try await HTTPEndpoint.listen(host: "127.0.0.1", port: port, limits: limits) { request in
      switch request.path {
      case "/page": EndpointReply(200, body: Array(Self.page.utf8))
      case "/slow":
        await { () async -> EndpointReply in
          try? await Task.sleep(for: .seconds(3_600))
          return EndpointReply(200, body: [])
        }()
      default: EndpointReply(404, body: Array("not here\n".utf8))
      }
    }
  }

  @Test func aPageIsServedAndTheConnectionClosed() async throws {
    let port = try freePort()
    let endpoint = try await listen(port: port)
    let reply = try #require(try TCPClient.get("/page?query=1", port: port))
    #expect(reply.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(reply.contains("\r\nContent-Length: \(Self.page.utf8.count)\r\n"))
    #expect(reply.contains("\r\nConnection: close\r\n"))
    #expect(reply.hasSuffix("\r\n\r\n" + Self.page))
    #expect(try TCPClient.get("/else", port: port)?.hasPrefix("HTTP/1.1 404 ") == true)
    await endpoint.close()
    #expect(throws: TCPClient.Refused.self) { try TCPClient(port: port) }
  }

  @Test func headHasNoBodyAndOtherMethodsAreRefused() async throws {
    let port = try freePort()
    let endpoint = try await listen(port: port)
    let head = try #require(try TCPClient.exchange("HEAD /page HTTP/1.1\r\nHost: x\r\n\r\n", port: port))
    #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.hasSuffix("\r\n\r\n"))
    #expect(head.contains("\r\nContent-Length: \(Self.page.utf8.count)\r\n"))
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
      let request = "\(method) /page HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
      let reply = try #require(try TCPClient.exchange(request, port: port))
      #expect(reply.hasPrefix("HTTP/1.1 405 ") && reply.contains("\r\nAllow: GET, HEAD\r\n"), "\(method)")
    }
    await endpoint.close()
  }

  private func takingPosts() async throws -> (port: Int, endpoint: HTTPEndpoint) {
    let port = try freePort()
    var limits = EndpointLimits()
    limits.posts = EndpointLimits.Posts(to: "/in/", bytes: 20_000)
    limits.stepSeconds = 2
    let endpoint = try await HTTPEndpoint.listen(host: "127.0.0.1", port: port, limits: limits) { request in
      guard let body = request.body else { return EndpointReply(413, body: []) }
      let text = "\(request.method) \(request.path) \(request.query) \(request.header("x-a") ?? "-") \(body.count)"
      return EndpointReply(200, body: Array(text.utf8))
    }
    return (port, endpoint)
  }

  @Test func whatIsSentToAPathThatTakesItIsRead() async throws {
    let (port, endpoint) = try await takingPosts()
    for length in [0, 1, 8_000, 9_000, 20_000] {
      let body = String(repeating: "a", count: length)
      let request = "POST /in/a?b=c HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: \(length)\r\n\r\n\(body)"
      #expect(try TCPClient.exchange(request, port: port)?.hasSuffix("\r\n\r\npost /in/a b=c 1 \(length)") == true)
      let pieces = body.isEmpty ? "" : "\(String(length, radix: 16))\r\n\(body)\r\n"
      let chunked = "POST /in/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(pieces)0\r\n\r\n"
      #expect(try TCPClient.exchange(chunked, port: port)?.hasSuffix("\r\n\r\npost /in/a  - \(length)") == true)
    }
    let other = "POST /out HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na"
    #expect(try TCPClient.exchange(other, port: port)?.hasPrefix("HTTP/1.1 405 ") == true)
    #expect(try TCPClient.get("/in/a", port: port)?.hasSuffix("\r\n\r\nget /in/a  - 0") == true)
    await endpoint.close()
  }

  /// Though all of it is sent before the answer is read.
  @Test(arguments: [20_001, 2_000_000]) func whatIsTooLongIsToldSo(length: Int) async throws {
    let (port, endpoint) = try await takingPosts()
    let body = String(repeating: "a", count: length)
    for request in [
      "POST /in/a HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\n\(body)",
      "POST /in/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(String(length, radix: 16))\r\n\(body)\r\n0\r\n\r\n",
    ] {
      #expect(try TCPClient.exchange(request, port: port)?.hasPrefix("HTTP/1.1 413 ") == true)
    }
    await endpoint.close()
  }

  /// It has as long as any request.
  @Test func aBodyThatDoesNotComeIsNotWaitedFor() async throws {
    let (port, endpoint) = try await takingPosts()
    let client = try TCPClient(port: port)
    client.send("POST /in/a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
    #expect(client.receiveToEnd() == "")
    await endpoint.close()
  }

  @Test(arguments: [
    ("nonsense\r\n\r\n", 400), ("GET\r\n\r\n", 400), ("FOO /page HTTP/1.1\r\n\r\n", 400), ("\u{0}\u{1}\r\n\r\n", 400),
    ("GET /" + String(repeating: "a", count: 9_000) + " HTTP/1.1\r\n\r\n", 431),
    ("GET /page HTTP/1.1\r\nX: " + String(repeating: "a", count: 900_000) + "\r\n\r\n", 431),
    ("POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + String(repeating: "a", count: 9_000), 431),
  ])
  func whatIsNoRequestOrTooLongIsToldSo(_ request: String, _ status: Int) async throws {
    let port = try freePort()
    var limits = EndpointLimits()
    limits.stepSeconds = 1
    let endpoint = try await listen(port: port, limits: limits)
    let client = try TCPClient(port: port)
    client.send(request)
    // The rest of it is dropped, whether it comes or not.
    for _ in 0..<20 { client.send(String(repeating: "a", count: 9_000)) }
    let reply = try #require(client.receiveToEnd())
    #expect(reply.hasPrefix("HTTP/1.1 \(status) ") && reply.split(separator: "HTTP/1.1 ").count == 1, "\(reply)")
    #expect(try TCPClient.get("/page", port: port)?.hasPrefix("HTTP/1.1 200") == true)
    await endpoint.close()
  }

  /// Each says a byte now and then; and whoever asks for what is never found is no better.
  @Test func slowClientsAreGoneAfterTheDeadline() async throws {
    let port = try freePort()
    var limits = EndpointLimits()
    limits.stepSeconds = 1
    let endpoint = try await listen(port: port, limits: limits)
    let slow = try (0..<4).map { _ in try TCPClient(port: port) }
    let stuck = try TCPClient(port: port)
    stuck.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    let deadline = ContinuousClock.now + .seconds(15)
    var isOpen = true
    while isOpen, ContinuousClock.now < deadline {
      isOpen = slow.filter { $0.send("G") }.count > 0
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(!isOpen)
    #expect(stuck.receiveToEnd() == "")
    await endpoint.close()
  }

  /// They would have an hour, and there is no room for one more: the oldest goes.
  @Test func clientsThatSayNothingKeepNobodyOut() async throws {
    let port = try freePort()
    var limits = EndpointLimits()
    limits.connections = 4
    limits.stepSeconds = 3_600
    let endpoint = try await listen(port: port, limits: limits)
    let idle = try (0..<4).map { _ in try TCPClient(port: port) }
    for _ in 0..<3 { #expect(try TCPClient.get("/page", port: port)?.hasPrefix("HTTP/1.1 200") == true) }
    #expect(idle[0].receiveToEnd() == "")
    idle[3].send("GET /page HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(idle[3].receiveToEnd()?.hasPrefix("HTTP/1.1 200") == true)
    await endpoint.close()
  }

  /// Closing a connection does not end what was begun for it, which holds the request.
  @Test func noMoreAnswersAreLookedForThanThereMayBe() async throws {
    let port = try freePort()
    var limits = EndpointLimits()
    limits.answers = 3
    let endpoint = try await listen(port: port, limits: limits)
    for _ in 0..<3 {
      let client = try TCPClient(port: port)
      client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
      // Read by now: the next one's place on the loop is behind it.
      _ = try withExtendedLifetime(client) {
        try TCPClient.exchange("PUT / HTTP/1.1\r\nHost: x\r\n\r\n", port: port)
      }
    }
    #expect(try TCPClient.get("/page", port: port)?.hasPrefix("HTTP/1.1 503 ") == true)
    await endpoint.close()
  }

  /// Nobody who waits for an answer is closed for another, nor by those that say nothing.
  @Test func manyWhoAskAtOnceAreAllAnswered() async throws {
    let (port, asked) = (try freePort(), Counter())
    let endpoint = try await HTTPEndpoint.listen(host: "127.0.0.1", port: port) { _ in
      asked.add()
      _ = await eventually { asked.value >= 140 }
      return EndpointReply(200, body: Array("here\n".utf8))
    }
    let clients = try (0..<140).map { index in
      let client = try TCPClient(port: port)
      client.send("GET /\(index) HTTP/1.1\r\nHost: x\r\n\r\n")
      return client
    }
    for client in clients {
      let reply = client.receiveToEnd()
      #expect(reply?.hasPrefix("HTTP/1.1 200") == true && reply?.hasSuffix("\r\nhere\n") == true, "\(reply ?? "-")")
    }
    await endpoint.close()
  }

  /// It may take longer than a step, as long as it is taken.
  @Test func aLongAnswerHasADeadlineForEachPiece() async throws {
    let (port, megabytes) = (try freePort(), 32)
    var limits = EndpointLimits()
    limits.stepSeconds = 1
    let endpoint = try await HTTPEndpoint.listen(host: "127.0.0.1", port: port, limits: limits) { _ in
      EndpointReply(200, body: [UInt8](repeating: 0x61, count: megabytes << 20))
    }
    let began = ContinuousClock.now
    let client = try TCPClient(port: port)
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    var count = 0
    while let bytes = client.receive(atMost: 1 << 20), bytes > 0 {
      count += bytes
      // A slow line.
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(count > megabytes << 20 && ContinuousClock.now - began > .seconds(1))
    let idle = try TCPClient(port: port)
    idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(await eventually { !idle.send("\r\n") }, "who takes nothing off is gone")
    await endpoint.close()
  }

  /// To every address, say, or to another name of the same: both listen for a moment, and never with somebody else.
  @Test func theAddressChangesAndThePortStays() async throws {
    let port = try freePort()
    let first = try await listen(port: port)
    let second = try await HTTPEndpoint.listen(host: "127.1", port: port, replacing: first) { _ in
      EndpointReply(200, body: Array("the second\n".utf8))
    }
    await first.close()
    #expect(try TCPClient.get("/page", port: port)?.hasSuffix("the second\n") == true)
    await #expect(throws: EndpointError.self) { try await listen(port: port) }
    let third = try await listen(port: try freePort())
    await #expect(throws: EndpointError.self) {
      try await HTTPEndpoint.listen(host: "127.0.0.1", port: port, replacing: third) { _ in EndpointReply(200, body: [])
      }
    }
    await second.close()
    await third.close()
  }

  @Test func aNameWithoutAnAddressIsNoPlace() async throws {
    do throws(EndpointError) {
      _ = try await HTTPEndpoint.listen(host: "no such name", port: 1) { _ in EndpointReply(200, body: []) }
      Issue.record("somebody listens nowhere")
    } catch {
      #expect(error.errno == EADDRNOTAVAIL && error.message == "The name has no address")
    }
  }

  @Test func whereSomebodyListensNobodyElseCan() async throws {
    let port = try freePort()
    let endpoint = try await listen(port: port)
    do throws(EndpointError) {
      _ = try await HTTPEndpoint.listen(host: "127.0.0.1", port: port) { _ in EndpointReply(200, body: []) }
      Issue.record("two listen on one port")
    } catch {
      #expect(error.errno == EADDRINUSE && error.message == "Address already in use")
    }
    await endpoint.close()
  }
}
