import TestSupport
import Testing
import Transport

@Suite("redirects")
struct RedirectTests {
  static let statuses = [301, 302, 303, 307, 308]
  static let secrets: [(name: String, value: String)] = [
    ("Accept", "a/b"), ("Cookie", "secret=1"), ("AUTHORIZATION", "secret"), ("X-Api-Key", "secret"),
  ]

  @Test(
    "to another port nothing secret goes along, and it does not come back either",
    arguments: statuses, [HTTPRequest.Method.get, .head])
  func otherOrigin(status: Int, method: HTTPRequest.Method) async throws {
    try await withServer { _ in
      ScriptedResponse(200)
    } _: { target, client in
      try await withServer { request in
        request.path == "/back"
          ? ScriptedResponse(200)
          : ScriptedResponse(status, headers: [("Location", target.origin + "/away")])
      } _: { first, _ in
        let response = try await client.send(
          request(first.origin + "/start", method, headers: Self.secrets, authorization: "Bearer secret"))
        #expect(response.status == 200 && response.wasRedirected)
        #expect(response.url == target.origin + "/away")
      }
      let seen = try #require(target.requests.first)
      #expect(seen.method == (method == .head ? "HEAD" : "GET"))
      #expect(seen.header("accept") == "a/b")
      #expect(!seen.headers.contains { $0.value.contains("secret") })
    }
  }

  @Test("a credential dropped once stays dropped when the chain returns")
  func thereAndBack() async throws {
    let first = Box<String>()
    try await withServer { _ in
      ScriptedResponse(302, headers: [("Location", (first.value ?? "") + "/back")])
    } _: { target, client in
      try await withServer { request in
        request.path == "/back"
          ? ScriptedResponse(200) : ScriptedResponse(302, headers: [("Location", target.origin)])
      } _: { server, _ in
        first.value = server.origin
        _ = try await client.send(request(server.origin, authorization: "Bearer secret"))
        #expect(server.requests.map { $0.header("authorization") } == ["Bearer secret", nil])
      }
    }
  }

  @Test(
    "within an origin the credential and the method are kept", arguments: statuses, [HTTPRequest.Method.get, .head])
  func sameOrigin(status: Int, method: HTTPRequest.Method) async throws {
    try await withServer { request in
      request.path == "/v2/a"
        ? ScriptedResponse(status, headers: [("Location", "../b?c=d#e")]) : ScriptedResponse(200)
    } _: { server, client in
      let response = try await client.send(
        request(server.origin + "/v2/a", method, headers: Self.secrets, authorization: "Bearer token"))
      #expect(response.status == 200)
      #expect(response.url == server.origin + "/b?c=d")
      let last = try #require(server.requests.last)
      #expect(last.target == "/b?c=d")
      #expect(last.header("x-api-key") == "secret")
      #expect(last.headers.contains { $0.value == "Bearer token" })
      #expect(Set(server.requests.map(\.method)) == [method == .head ? "HEAD" : "GET"])
    }
  }

  @Test("a POST is not sent elsewhere, and without redirects allowed the answer is the redirect")
  func notFollowed() async throws {
    try await withServer { _ in
      ScriptedResponse(307, headers: [("Location", "/other")])
    } _: { server, client in
      let answer = try await client.send(request(server.origin, .post, body: [1]))
      #expect(answer.status == 307)
      let unfollowed = try await client.send(request(server.origin, redirects: 0))
      #expect(unfollowed.status == 307)
      #expect(server.requests.count == 2)
    }
  }

  @Test("a redirect without Location is the answer")
  func noLocation() async throws {
    try await withServer { _ in
      ScriptedResponse(302)
    } _: { server, client in
      let answer = try await client.send(request(server.origin))
      #expect(answer.status == 302)
    }
  }

  @Test("a loop ends")
  func loop() async throws {
    try await withServer { _ in
      ScriptedResponse(302, headers: [("Location", "/again")])
    } _: { server, client in
      let error = await failure(of: request(server.origin), with: client)
      #expect(error?.code == .tooManyRedirects && error?.redirected == true)
      #expect(server.requests.count == 6)
    }
  }

  @Test("the whole time holds for the chain, not for each hop")
  func time() async throws {
    let hops = Box<Int>()
    try await withServer { _ in
      let count = (hops.value ?? 0) + 1
      hops.value = count
      return ScriptedResponse(
        302, headers: [("Location", "/again")], body: .init(repeating: 1, count: 6),
        behaviour: .slowBody(bytesPerSecond: 10))
    } _: { server, client in
      let began = ContinuousClock.now
      #expect(await failure(of: request(server.origin, redirects: 50, totalSeconds: 1), with: client)?.code == .timeout)
      #expect(ContinuousClock.now - began < .seconds(3))
      #expect((hops.value ?? 0) > 1)
    }
  }

  @Test(
    "targets that are refused",
    arguments: [
      ("http://user:secret@127.0.0.1:1/", TransportError.Code.redirectRefused),
      ("ftp://127.0.0.1/", .redirectRefused),
      ("file:///etc/passwd", .redirectRefused),
      ("http://", .redirectRefused),
      ("http://169.254.169.254/latest/meta-data", .addressRefused),
      ("http://[::ffff:169.254.169.254]/", .addressRefused),
      ("http://0xa9fea9fe/", .addressRefused),
      ("http://[fe80::1]/", .addressRefused),
    ])
  func refusedTargets(location: String, code: TransportError.Code) async throws {
    try await withServer { _ in
      ScriptedResponse(302, headers: [("Location", location)])
    } _: { server, client in
      let error = await failure(of: request(server.origin, addresses: .denyLinkLocal), with: client)
      #expect(error?.code == code)
      #expect(error?.message.contains("secret") == false && error?.url.contains("secret") == false)
    }
  }

  @Test("a redirect's own long body is not waited for")
  func longBody() async throws {
    try await withServer { request in
      request.path == "/end"
        ? ScriptedResponse(200)
        : ScriptedResponse(302, headers: [("Location", "/end")], behaviour: .endlessChunked)
    } _: { server, client in
      let answer = try await client.send(request(server.origin))
      #expect(answer.status == 200)
    }
  }
}
