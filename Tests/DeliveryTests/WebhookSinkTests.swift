import ImageModel
import TestSupport
import Testing
import Transport

@testable import Delivery

@Suite(.timeLimit(.minutes(1))) struct WebhookSinkTests {
  private static let now = Timestamp(milliseconds: 1_614_265_330_500)

  /// A sink that posts to a real server.
  private func withSink<Result>(
    _ adjust: (inout WebhookTarget) throws -> Void,
    _ handler: @escaping @Sendable (ReceivedRequest) -> ScriptedResponse,
    _ body: (WebhookSink, LoopbackServer) async throws -> Result
  ) async throws -> Result {
    let server = try LoopbackServer(handler: handler)
    let client = HTTPClient()
    defer {
      client.shutdown()
      server.stop()
    }
    var target = WebhookTarget(url: server.origin + "/secret-path/hook?token=secret-query")
    target.allowHTTP = true
    try adjust(&target)
    let sink = WebhookSink(name: "ops", target: target, now: { Self.now }) { request throws(TransportError) in
      try await client.send(request)
    }
    return try await body(sink, server)
  }

  private func withSink<Result>(
    _ handler: @escaping @Sendable (ReceivedRequest) -> ScriptedResponse,
    _ body: (WebhookSink, LoopbackServer) async throws -> Result
  ) async throws -> Result {
    try await withSink({ _ in }, handler, body)
  }

  private func failure(_ results: [DeliveryResult]) throws -> (error: String, next: NextAttempt) {
    #expect(results.count == 1)
    guard let (_, error, next) = try #require(results.first).failure else { throw Unexpected(what: "\(results)") }
    return (error, next)
  }

  /// What becomes of items that a worker carries to the sink.
  private func results(_ items: [OutboxItem], _ sink: WebhookSink) async -> [DeliveryResult] {
    let outbox = FakeOutbox(items, isPatient: true)
    let worker = DeliveryWorker(sink: sink, outbox: outbox, retryDelay: { _ in .seconds(3_600) })
    await worker.stop(drainingFor: .seconds(30))
    return await outbox.settled.flatMap { $0 }
  }

  private struct Unexpected: Error { let what: String }

  @Test("the frozen bytes, with the headers of Standard Webhooks")
  func request() async throws {
    let scratch = try Scratch()
    try scratch.put("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
    try scratch.put("old", "whsec_" + String(repeating: "AAAA", count: 8))
    try scratch.put("token", "Bearer top-secret")
    let adjust: (inout WebhookTarget) throws -> Void = { target in
      target.secretFiles = [scratch.file("secret"), scratch.file("old")]
      target.headers = ["X-Team": "ops"]
      target.headerFiles = ["Authorization": scratch.file("token")]
    }
    try await withSink(adjust) { _ in
      ScriptedResponse(204)
    } _: { sink, server in
      let body = "{\"test\": 2432232314}"
      let item = OutboxItem(
        sequence: 7, eventID: "msg_p5jXN8AQM9LWM0D4loKWxJek", tag: 1, body: Array(body.utf8), attempts: 3)
      #expect(await sink.write([item]) == [.delivered(sequence: 7)])
      let request = try #require(server.requests.first)
      #expect(request.method == "POST" && request.target == "/secret-path/hook?token=secret-query")
      #expect(String(decoding: request.body, as: UTF8.self) == body)
      #expect(request.header("content-type") == "application/cloudevents+json; charset=utf-8")
      #expect(request.header("webhook-id") == "msg_p5jXN8AQM9LWM0D4loKWxJek")
      #expect(request.header("webhook-timestamp") == "1614265330")
      let signatures = try #require(request.header("webhook-signature")).split(separator: " ")
      #expect(signatures.first == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
      #expect(signatures.count == 2 && signatures[1].hasPrefix("v1,"), "the secret before it signs too")
      #expect(request.header("x-team") == "ops" && request.header("authorization") == "Bearer top-secret")
      #expect(request.header("expect") == nil)

      // A rotation needs no restart.
      try scratch.put("secret", "whsec_" + String(repeating: "BBBB", count: 8))
      _ = await sink.write([item])
      let again = try #require(server.requests.last?.header("webhook-signature")).split(separator: " ")
      #expect(again[0] != signatures[0] && again[1] == signatures[1])
    }
  }

  @Test("without a secret nothing is signed")
  func unsigned() async throws {
    try await withSink { _ in
      ScriptedResponse(200, body: Array("ok".utf8))
    } _: { sink, server in
      #expect(await sink.write([FakeOutbox.item(1, "{}")]) == [.delivered(sequence: 1)])
      #expect(server.requests.first?.header("webhook-signature") == nil)
      #expect(server.requests.first?.header("webhook-id") == "e1")
    }
  }

  @Test(
    "what an answer means",
    arguments: [
      (200, nil, nil), (201, nil, nil), (299, nil, nil), (301, nil, 0...5), (302, nil, 0...5), (307, nil, 0...5),
      (400, nil, 0...5), (401, nil, 0...5), (404, nil, 0...5), (408, nil, 0...5), (413, nil, 0...5), (418, nil, 0...5),
      (425, nil, 0...5), (429, nil, 5...6), (500, nil, 0...5), (502, "7", 7...7), (502, "0", 1...5), (503, "-1", 0...5),
      (503, "soon", 0...5), (503, "1e12", 0...5), (503, "", 0...5), (504, "soon", 0...5), (599, nil, 0...5),
    ] as [(Int, String?, ClosedRange<Int64>?)])
  func answers(status: Int, retryAfter: String?, seconds: ClosedRange<Int64>?) async throws {
    let location = (300..<400).contains(status) ? [("Location", "/elsewhere")] : []
    let headers = retryAfter.map { [("Retry-After", $0), ("Date", "Thu, 25 Feb 2021 15:02:10 GMT")] } ?? []
    try await withSink { _ in
      ScriptedResponse(status, headers: location + headers, body: Array("because\n  of this".utf8))
    } _: { sink, server in
      let results = await sink.write([FakeOutbox.item(1, "{}")])
      #expect(server.requests.count == 1, "redirects are not followed")
      guard let seconds else {
        #expect(results == [.delivered(sequence: 1)])
        return
      }
      let (error, next) = try failure(results)
      #expect(error.hasPrefix("\(server.origin) answered \(status): because of this"), "\(error)")
      #expect(!error.contains("secret"))
      guard case .after(let delay) = next else { throw Unexpected(what: "\(next)") }
      #expect((.seconds(seconds.lowerBound)...(.seconds(seconds.upperBound))).contains(delay), "\(delay)")
    }
  }

  @Test(
    "for how long a receiver without room is left alone, which is no attempt",
    arguments: [
      ("120", 120), ("1", 1), ("0", 1), ("86401", 86_400), ("99999999999999999999", 86_400),
      ("1000000000000", 86_400), ("Thu, 25 Feb 2021 15:03:10 GMT", 60), ("Thursday, 25-Feb-21 15:03:10 GMT", 60),
      ("Thu Feb 25 15:03:10 2021", 60), ("Wed, 24 Feb 2021 15:02:10 GMT", 1), ("Thu, 25 Feb 2041 15:02:10 GMT", 86_400),
      ("1614265390", 60), ("1514265390", 1),
    ], [429, 503])
  func refusals(retryAfter: (String, Int), status: Int) async throws {
    try await withSink { _ in
      ScriptedResponse(
        status, headers: [("Retry-After", retryAfter.0), ("Date", "Thu, 25 Feb 2021 15:02:10 GMT")])
    } _: { sink, server in
      let item = FakeOutbox.item(1, "{}", attempts: 9)
      let refusal = Refusal(isTooMany: status == 429, asked: .seconds(retryAfter.1))
      let error = "\(server.origin) answered \(status)"
      #expect(await sink.write([item]) == [.refused(item, refusal, error: error, next: .withSink)])
    }
  }

  @Test("429 that does not say how long is an attempt, and about the pace")
  func tooMany() async throws {
    try await withSink { _ in
      ScriptedResponse(429)
    } _: { sink, _ in
      let results = await sink.write([FakeOutbox.item(1, "{}")])
      guard
        case .refused(_, Refusal(isTooMany: true, asked: nil), _, .after(.seconds(5) ... .seconds(6))) = try #require(
          results.first)
      else { throw Unexpected(what: "\(results)") }
    }
  }

  @Test("after a day an event that is refused again and again uses up its attempts")
  func refusedForADay() async throws {
    try await withSink { _ in
      ScriptedResponse(429, headers: [("Retry-After", "60")])
    } _: { sink, _ in
      func next(_ since: Int64, _ attempts: Int) async throws -> NextAttempt {
        let item = OutboxItem(
          sequence: 1, eventID: "e", tag: 1, body: [], attempts: attempts,
          refusedSince: Self.now.advanced(byMilliseconds: -since))
        return try failure(await sink.write([item])).next
      }
      let nexts = try await [
        next(86_399_000, 0), next(-1_000, 0), next(86_400_000, 0), next(86_400_000, 9),
      ]
      #expect(nexts == [.withSink, .withSink, .after(.milliseconds(60_000)), .byHand], "-1 s: under another clock")
    }
  }

  @Test func theTenthFailureIsTheLast() async throws {
    try await withSink { _ in
      ScriptedResponse(500)
    } _: { sink, _ in
      let last = try await failure(sink.write([FakeOutbox.item(1, "{}", attempts: 9)]))
      #expect(last.next == .byHand)
      guard case .after = try await failure(sink.write([FakeOutbox.item(1, "{}", attempts: 8)])).next else {
        throw Unexpected(what: "no further attempt")
      }
    }
  }

  @Test func goneDisablesTheSinkAndIsNotTriedFurther() async throws {
    try await withSink({ $0.maxInFlight = 1 }) { _ in
      ScriptedResponse(410)
    } _: { sink, server in
      let items = (1...5).map { FakeOutbox.item($0, "{}", tag: TagID(rawValue: Int64($0))) }
      let gone = try await failure(results(items, sink))
      #expect(gone.next == .sinkDisabled)
      #expect(server.requests.count == 1)
    }
  }

  @Test("an answer is read to 64 KiB, and counts by its status")
  func longAnswer() async throws {
    let body = [UInt8](repeating: UInt8(ascii: "x"), count: 3_000_000)
    for (status, isDelivered) in [(200, true), (500, false)] {
      try await withSink { _ in
        ScriptedResponse(status, body: body)
      } _: { sink, _ in
        let results = await sink.write([FakeOutbox.item(1, "{}")])
        guard !isDelivered else { return #expect(results == [.delivered(sequence: 1)]) }
        let error = try failure(results).error
        #expect(error.utf8.count < 700)
      }
    }
    try await withSink { _ in
      ScriptedResponse(200, behaviour: .endlessChunked)
    } _: { sink, _ in
      #expect(await sink.write([FakeOutbox.item(1, "{}")]) == [.delivered(sequence: 1)])
    }
  }

  @Test(
    "a receiver that does not answer",
    arguments: [ScriptedResponse.Behaviour.hang, .drop, .rawBytes(Array("SMTP?\r\n".utf8)), .manyHeaders(2_000)])
  func noAnswer(behaviour: ScriptedResponse.Behaviour) async throws {
    try await withSink({ $0.timeoutSeconds = 1 }) { _ in
      ScriptedResponse(200, behaviour: behaviour)
    } _: { sink, server in
      let began = ContinuousClock.now
      let (error, next) = try await failure(sink.write([FakeOutbox.item(1, "{}")]))
      #expect(error.hasPrefix(server.origin + ": ") && !error.contains("secret"), "\(error)")
      guard case .after = next else { throw Unexpected(what: "\(next)") }
      #expect(ContinuousClock.now - began < .seconds(5))
    }
  }

  @Test("a request that is cut off says nothing about the event")
  func cancelled() async throws {
    try await withSink { _ in
      ScriptedResponse(200, behaviour: .hang)
    } _: { sink, server in
      let task = Task { await sink.write([FakeOutbox.item(1, "{}")]) }
      await eventually("it is under way") { !server.requests.isEmpty }
      task.cancel()
      #expect(await task.value.isEmpty)
    }
  }

  @Test func nobodyListens() async throws {
    let server = try LoopbackServer { _ in ScriptedResponse(200) }
    server.stop()
    let client = HTTPClient()
    defer { client.shutdown() }
    var target = WebhookTarget(url: server.origin + "/secret-path?secret-query")
    target.allowHTTP = true
    let sink = WebhookSink(name: "ops", target: target) { request throws(TransportError) in
      try await client.send(request)
    }
    let error = try await failure(sink.write([FakeOutbox.item(1, "{}")])).error
    #expect(error.hasPrefix(server.origin + ": ") && !error.contains("secret"), "\(error)")
  }

  @Test(
    "a reply that repeats a secret is not quoted",
    arguments: [
      "invalid token top-secret-token-of-ours!", "Cannot POST /secret-path/hook", "no such hook: secret-query",
      String(repeating: "x", count: 500) + " top-secret-token-of-ours", "top-secret-t",
    ])
  func echo(reply: String) async throws {
    let scratch = try Scratch()
    try scratch.put("token", "Bearer top-secret-token-of-ours")
    try await withSink({ $0.headerFiles = ["Authorization": scratch.file("token")] }) { _ in
      ScriptedResponse(400, body: Array(reply.utf8))
    } _: { sink, server in
      let error = try await failure(sink.write([FakeOutbox.item(1, "{}")])).error
      #expect(error == "\(server.origin) answered 400 (its reply repeats a secret)")
    }
  }

  @Test("a header that cannot be sent is told before anything is", arguments: ["Bearer x\n\n", "a\nb", "a\u{7}b"])
  func badHeader(text: String) async throws {
    let scratch = try Scratch()
    try scratch.put("token", text)
    try await withSink({ $0.headerFiles = ["Authorization": scratch.file("token")] }) { _ in
      ScriptedResponse(200)
    } _: { sink, server in
      #expect(sink.faults.first?.reason.contains(scratch.file("token")) == true)
      let result = try await failure(sink.write([FakeOutbox.item(1, "{}")]))
      #expect(result.next == .withSink)
      #expect(server.requests.isEmpty)
    }
  }

  @Test("a secret that cannot be used sends nothing", arguments: [nil, "whsec_short", "plain", ""])
  func badSecret(text: String?) async throws {
    let scratch = try Scratch()
    if let text { try scratch.put("secret", text) }
    try await withSink({ $0.secretFiles = [scratch.file("secret")] }) { _ in
      ScriptedResponse(200)
    } _: { sink, server in
      let (error, next) = try await failure(sink.write([FakeOutbox.item(1, "{}")]))
      #expect(next == .withSink && sink.faults.first?.reason == error, "nothing was sent, so it is no attempt")
      #expect(
        error.contains(scratch.file("secret")) && !error.contains("short") && !error.contains("plain"), "\(error)")
      #expect(server.requests.isEmpty)
    }
  }

  @Test func oneAfterAnotherUpToTheFirstThatFails() async throws {
    try await withSink { request in
      ScriptedResponse(String(decoding: request.body, as: UTF8.self) == "2" ? 500 : 200)
    } _: { sink, server in
      let results = await sink.write((1...3).map { FakeOutbox.item($0, "\($0)") })
      #expect(results.count == 2 && results[0] == .delivered(sequence: 1))
      #expect(server.requests.map { String(decoding: $0.body, as: UTF8.self) } == ["1", "2"])
    }
  }

  @Test("events of a tag one after another, of different tags side by side")
  func order() async throws {
    try await withSink({ $0.maxInFlight = 3 }) { _ in
      ScriptedResponse(200)
    } _: { sink, server in
      let items = (1...30).map { FakeOutbox.item($0, "\($0)", tag: TagID(rawValue: Int64($0 % 5))) }
      let results = await results(items, sink)
      #expect(results.count == 30)
      let received = server.requests.compactMap { Int(String(decoding: $0.body, as: UTF8.self)) }
      #expect(received.sorted() == Array(1...30))
      for tag in 0..<5 {
        let ofTag = received.filter { $0 % 5 == tag }
        #expect(ofTag == ofTag.sorted())
      }
      #expect(server.connectionCount <= 3)
    }
  }

  @Test("a failure holds back the later events of its tag, and no others")
  func failureInATag() async throws {
    try await withSink { request in
      ScriptedResponse(String(decoding: request.body, as: UTF8.self) == "2" ? 500 : 200)
    } _: { sink, server in
      let items = [1: 1, 2: 1, 3: 1, 4: 2, 5: 2].sorted { $0.key < $1.key }
        .map { FakeOutbox.item($0.key, "\($0.key)", tag: TagID(rawValue: Int64($0.value))) }
      let results = await results(items, sink)
      #expect(results.count == 4)
      #expect(server.requests.map { String(decoding: $0.body, as: UTF8.self) }.sorted() == ["1", "2", "4", "5"])
    }
  }

  @Test("a receiver that takes nothing is not tried with everything")
  func breaker() async throws {
    try await withSink { _ in
      ScriptedResponse(500)
    } _: { sink, server in
      let results = await results((1...60).map { FakeOutbox.item($0, "{}", tag: TagID(rawValue: Int64($0))) }, sink)
      #expect(results.count == server.requests.count)
      #expect((10..<14).contains(results.count))
    }
  }

  @Test(
    "where it may not go",
    arguments: [
      ("http://169.254.169.254/latest", AddressPolicy.denyLinkLocal, true),
      ("http://[fe80::1]/", .denyLinkLocal, true), ("http://127.0.0.1:9/", .publicOnly, true),
      ("http://10.1.2.3/", .publicOnly, true), ("http://localhost:9/", .publicOnly, true),
      ("http://127.0.0.1:9/", .denyLinkLocal, false),
    ])
  func addresses(url: String, policy: AddressPolicy, allowsHTTP: Bool) async throws {
    let client = HTTPClient()
    defer { client.shutdown() }
    var target = WebhookTarget(url: url)
    target.allowHTTP = allowsHTTP
    target.addresses = policy
    target.timeoutSeconds = 2
    let sink = WebhookSink(name: "ops", target: target) { request throws(TransportError) in
      try await client.send(request)
    }
    let error = try await failure(sink.write([FakeOutbox.item(1, "{}")])).error
    #expect(error.contains("refused") || error.contains("may not reach"), "\(error)")
  }
}
