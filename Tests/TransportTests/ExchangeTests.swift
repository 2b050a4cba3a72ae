import TestSupport
import Testing
import Transport

@Suite("requests and responses")
struct ExchangeTests {
  @Test("GET, HEAD and POST over one connection, in any order")
  func methods() async throws {
    try await withServer { request in
      ScriptedResponse(200, headers: [("X-Method", request.method)], body: bytes("<\(text(request.body))>"))
    } _: { server, client in
      let url = server.origin + "/a?b=c%20d"
      for _ in 0..<2 {
        let get = try await client.send(request(url, .get))
        #expect(get.status == 200)
        #expect(text(get.body) == "<>")
        #expect(get.headers.first("x-method") == "GET")
        #expect(get.contentLength == 2)
        #expect(get.url == url && !get.wasRedirected)

        let post = try await client.send(request(url, .post, body: bytes("p\u{0}q")))
        #expect(text(post.body) == "<p\u{0}q>")

        let empty = try await client.send(request(url, .post))
        #expect(text(empty.body) == "<>")

        let head = try await client.send(request(url, .head))
        #expect(head.body.isEmpty && head.contentLength == 2)
        #expect(head.headers.first("X-METHOD") == "HEAD")
      }
      #expect(server.connectionCount == 1)
      #expect(server.requests.map(\.method) == ["GET", "POST", "POST", "HEAD", "GET", "POST", "POST", "HEAD"])
      #expect(server.requests.allSatisfy { $0.target == "/a?b=c%20d" })
    }
  }

  @Test("each request goes where its URL says, whatever URL the handle had before")
  func urlAfterURL() async throws {
    let targets = [
      "/v2/a/manifests/1.0", "/v2/a/manifests/2.0-rc_1", "/v2/token?scope=a%3Ab&x=1", "/v2/b/manifests/latest",
      "/%7Eencoded", "/v2/c:d", "/", "/v2/a.b/c..d", "?only=query/a", "?only=query/b", "/v2/e", "/v2/./f/../g",
      "/v2/.h", "/v2/i#fragment",
      "/v2/j",
    ]
    let expected = [
      "/v2/a/manifests/1.0", "/v2/a/manifests/2.0-rc_1", "/v2/token?scope=a%3Ab&x=1", "/v2/b/manifests/latest",
      "/%7Eencoded", "/v2/c:d", "/", "/v2/a.b/c..d", "/?only=query/a", "/?only=query/b", "/v2/e", "/v2/g", "/v2/.h",
      "/v2/i", "/v2/j",
    ]
    try await withServer { _ in
      ScriptedResponse(200)
    } _: { server, client in
      let other = try LoopbackServer { _ in ScriptedResponse(200) }
      defer { other.stop() }
      for target in targets {
        _ = try await client.send(request(server.origin + target))
        _ = try await client.send(request(server.origin + target, .head))
      }
      for target in targets {
        _ = try await client.send(request(server.origin + target))
        _ = try await client.send(request(other.origin + target))
      }
      #expect(server.requests.map(\.target) == expected.flatMap { [$0, $0] } + expected)
      #expect(other.requests.map(\.target) == expected)
      #expect(server.requests.allSatisfy { $0.header("host").map { "http://" + $0 } == server.origin })
    }
  }

  @Test("headers are sent as given and not left over for the next request")
  func sentHeaders() async throws {
    try await withServer(client: HTTPClient(userAgent: "watcher/1")) { _ in
      ScriptedResponse(200)
    } _: { server, client in
      _ = try await client.send(
        request(server.origin, headers: [("Accept", "a/b, c/d"), ("X-Empty", "")], authorization: "Basic eDp5"))
      _ = try await client.send(request(server.origin))
      _ = try await client.send(request(server.origin, .post, headers: [("content-type", "x/y")], body: [1]))
      _ = try await client.send(request(server.origin, .post, body: [1]))
      let received = server.requests
      #expect(received[0].header("accept") == "a/b, c/d")
      #expect(received[0].header("x-empty") == "")
      #expect(received[0].header("authorization") == "Basic eDp5")
      #expect(received.allSatisfy { $0.header("user-agent") == "watcher/1" })
      #expect(received.allSatisfy { $0.header("accept-encoding") == nil && $0.header("cookie") == nil })
      #expect(received[1].header("authorization") == nil && received[1].header("x-empty") == nil)
      #expect(received[2].header("content-type") == "x/y")
      #expect(received[3].header("content-type") == nil)
    }
  }

  @Test("a token with a line break does not become a header", arguments: ["Bearer a\r\nX-Evil: 1", "a\u{0}b", "a\nb"])
  func headerInjection(value: String) async throws {
    try await withServer { _ in
      ScriptedResponse(200)
    } _: { server, client in
      let byToken = await failure(of: request(server.origin, authorization: value), with: client)
      #expect(byToken?.code == .badHeader)
      #expect(byToken?.message.contains("Evil") == false)
      let byValue = await failure(of: request(server.origin, headers: [("X-A", value)]), with: client)
      #expect(byValue?.code == .badHeader)
      let byName = await failure(of: request(server.origin, headers: [("X A\(value)", "1")]), with: client)
      #expect(byName?.code == .badHeader)
      #expect(server.requests.isEmpty)
      let answer = try await client.send(request(server.origin))
      #expect(answer.status == 200)
    }
  }

  @Test("cookies are not kept")
  func cookies() async throws {
    try await withServer { _ in
      ScriptedResponse(200, headers: [("Set-Cookie", "a=b")])
    } _: { server, client in
      for _ in 0..<2 { _ = try await client.send(request(server.origin)) }
      #expect(server.requests.last?.header("cookie") == nil)
    }
  }

  @Test("a coded body is handed on as sent")
  func contentCoding() async throws {
    let packed: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 4, 0, 0x43, 0xbe, 0xb7, 0xe8, 1, 0, 0, 0]
    try await withServer { _ in
      ScriptedResponse(200, headers: [("Content-Encoding", "gzip")], body: packed)
    } _: { server, client in
      let answer = try await client.send(request(server.origin))
      #expect(answer.body == packed)
    }
  }

  @Test("an interim response and trailers do not mix with the headers")
  func interimAndTrailers() async throws {
    let raw =
      "HTTP/1.1 103 Early Hints\r\nX-A: early\r\n\r\n"
      + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n2\r\nhi\r\n0\r\nX-A: late\r\n\r\n"
    try await withServer { _ in
      ScriptedResponse(200, behaviour: .rawBytes(bytes(raw)))
    } _: { server, client in
      let response = try await client.send(request(server.origin))
      #expect(text(response.body) == "hi")
      #expect(response.headers.first("x-a") == nil)
      #expect(response.contentLength == nil)
    }
  }

  @Test("500 requests at once share the connections there may be")
  func many() async throws {
    let client = HTTPClient(maxConnectionsPerHost: 20)
    try await withServer(client: client) {
      ScriptedResponse(200, body: bytes($0.path))
    } _: { server, client in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<500 {
          let url = "\(server.origin)/\(number)"
          group.addTask {
            let response = try await client.send(request(url, number.isMultiple(of: 2) ? .get : .head))
            #expect(response.status == 200)
            if number.isMultiple(of: 2) { #expect(text(response.body) == "/\(number)") }
          }
        }
        try await group.waitForAll()
      }
      #expect(server.requests.count == 500)
      #expect(server.connectionCount <= 20)
    }
  }

  @Test("a connection that the server has closed is replaced without an error")
  func staleConnection() async throws {
    try await withServer { _ in
      ScriptedResponse(200, body: bytes("x"), behaviour: .announceLength(1))  // Closes after the answer.
    } _: { server, client in
      for _ in 0..<5 {
        let answer = try await client.send(request(server.origin))
        #expect(answer.status == 200)
      }
      #expect(server.connectionCount == 5)
    }
  }
}
