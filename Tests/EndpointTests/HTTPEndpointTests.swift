import Endpoint
import Glibc
import TestSupport
import Testing

@Suite(.serialized) struct HTTPEndpointTests {
  private static let page = String(repeating: "a line of a page\n", count: 1_000)

  private func listen(port: Int, limits: EndpointLimits = EndpointLimits()) async throws -> HTTPEndpoint {
    try await HTTPEndpoint.listen(host: "127.0.0.1", port: port, limits: limits) { path in
      switch path {
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

  @Test(arguments: [
    "nonsense\r\n\r\n", "GET\r\n\r\n", "GET /page HTTP/9.9\r\n\r\n", "\u{0}\u{1}\r\n\r\n",
    "GET /" + String(repeating: "a", count: 9_000) + " HTTP/1.1\r\n\r\n",
    "GET /page HTTP/1.1\r\nX: " + String(repeating: "a", count: 9_000) + "\r\n\r\n",
    "POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + String(repeating: "a", count: 9_000),
  ])
  func whatIsNoRequestOrTooLongIsClosed(_ request: String) async throws {
    let port = try freePort()
    let endpoint = try await listen(port: port)
    let reply = try #require(try TCPClient.exchange(request, port: port))
    #expect(!reply.contains("200 OK"))
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
