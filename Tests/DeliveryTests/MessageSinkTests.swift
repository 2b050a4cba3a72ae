import Foundation
import ImageModel
import Messages
import TestSupport
import Testing
import Transport

@testable import Delivery

/// Messages of services over HTTP: where they go, and what the services' own answers mean.
@Suite(.timeLimit(.minutes(1))) struct MessageSinkTests {
  private static let event = Array(
    """
    {"specversion":"1.0","id":"e1","type":"watcher.test","time":"2026-09-17T21:30:05Z",\
    "data":{"summary":"a test: no image has changed"}}
    """.utf8)

  private func outcome(
    _ format: String, answer: ScriptedResponse, _ adjust: (inout WebhookTarget, String) throws -> Void = { _, _ in }
  ) async throws -> (result: DeliveryResult, requests: [ReceivedRequest]) {
    let server = try LoopbackServer { _ in answer }
    let client = HTTPClient()
    defer {
      client.shutdown()
      server.stop()
    }
    let scratch = try Scratch()
    try scratch.put("token", "t0ken-of-nobody\n")
    var target = WebhookTarget(url: server.origin + "/secret-path")
    target.allowHTTP = true
    target.tokenFile = scratch.file("token")
    target.content = .format(
      try #require(MessageFormat.named(format)),
      ["topic": "t", "chat_id": "1", "room_id": "!r:h", "user": "u", "repository": "o/r", "project": "p", "ref": "m"])
    try adjust(&target, server.origin)
    let sink = WebhookSink(name: "ops", target: target) { request throws(TransportError) in
      try await client.send(request)
    }
    let item = OutboxItem(sequence: 1, eventID: "e1", tag: TagID(rawValue: 1), body: Self.event, attempts: 0)
    let results = await sink.write([item])
    return (try #require(results.first), server.requests)
  }

  @Test(arguments: MessageFormat.all.map(\.name)) func isTaken(name: String) async throws {
    let (result, requests) = try await outcome(name, answer: ScriptedResponse(200, body: Array("ok".utf8)))
    #expect(result == .delivered(sequence: 1) && requests.count == 1)
    #expect(requests[0].header("webhook-id") == "e1")
  }

  /// Each in its own words; the longest counts.
  @Test(
    arguments: [
      ("slack", [("Retry-After", "30")], "", 30.0),
      ("discord", [], #"{"message": "You are being rate limited.", "retry_after": 1.336, "global": false}"#, 2),
      ("discord", [("Retry-After", "65")], #"{"retry_after": 64.57}"#, 65),
      ("telegram", [], #"{"ok":false,"error_code":429,"parameters":{"retry_after":35}}"#, 35),
      ("matrix", [], #"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2500}"#, 3),
      ("matrix", [], #"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":"soon"}"#, nil),
      ("discord", [], #"{"retry_after": -1}"#, nil), ("discord", [], #"{"retry_after": 1e999}"#, nil),
      ("discord", [], #"{"retry_after": 1e300}"#, 86_400),
    ] as [(String, [(String, String)], String, Double?)])
  func whoAsksForTimeHasIt(
    format: String, headers: [(String, String)], body: String, seconds: Double?
  ) async throws {
    let (result, _) = try await outcome(
      format, answer: ScriptedResponse(429, headers: headers, body: Array(body.utf8)))
    guard case .refused(_, let refusal, _, _) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(refusal.isTooMany && refusal.asked == seconds.map { .seconds($0) })
  }

  /// What others send 429 for.
  @Test(
    arguments: [
      ("gitlab", 400, #"{"message":{"base":["Too many pipelines created in the last minute. Try again later."]}}"#),
      ("github", 403, #"{"message":"You have exceeded a secondary rate limit. Please wait a few minutes."}"#),
    ])
  func tooManyIsSaidOtherwise(format: String, status: Int, body: String) async throws {
    let (result, _) = try await outcome(format, answer: ScriptedResponse(status, body: Array(body.utf8)))
    guard case .refused(_, let refusal, let error, _) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(refusal.isTooMany && refusal.asked == .seconds(60))
    // Words of the service's own path are no secrets.
    #expect(error.contains(body.prefix(40)), "\(error)")
    let (asking, _) = try await outcome(format, answer: ScriptedResponse(429, headers: [("Retry-After", "12")]))
    guard case .refused(_, let asked, _, _) = asking else {
      Issue.record("\(asking)")
      return
    }
    #expect(asked.asked == .seconds(12))
    let (other, _) = try await outcome(format, answer: ScriptedResponse(status, body: Array("no".utf8)))
    #expect(other.failure != nil && (other.failure?.next == .byHand) == (status == 400), "\(other)")
  }

  @Test(arguments: [("pushover", 4, 2), ("pushover", 1, 1), ("slack", 4, 4)])
  func noMoreAtOnceThanTheServiceWants(format: String, allowed: Int, sent: Int) throws {
    var target = WebhookTarget(url: "https://service.example/")
    target.content = .format(try #require(MessageFormat.named(format)), [:])
    target.maxInFlight = allowed
    let sink = WebhookSink(name: "ops", target: target) { request throws(TransportError) in
      HTTPResponse(status: 200, headers: HTTPHeaders([]), body: [], url: request.url)
    }
    #expect(sink.maxInFlight == sent)
  }

  @Test(arguments: [400, 413, 422]) func whatIsNeverTakenIsGivenUp(status: Int) async throws {
    let answer = ScriptedResponse(status, body: Array("invalid_payload".utf8))
    let (result, _) = try await outcome("slack", answer: answer)
    let failure = try #require(result.failure)
    #expect(failure.next == .byHand && failure.error.hasSuffix("invalid_payload: it will never take this"))
    let (document, _) = try await outcome("slack", answer: answer) { target, _ in target.content = .document }
    guard case .after = document.failure?.next else {
      Issue.record("a document is tried again: \(document)")
      return
    }
  }

  /// What is said of a failure has neither the URL of a file nor a token.
  @Test(arguments: ["slack", "telegram", "matrix"]) func noSecretIsRepeated(name: String) async throws {
    let echo = Array("no such hook: /secret-path t0ken-of-nobody".utf8)
    let (result, requests) = try await outcome(name, answer: ScriptedResponse(404, body: echo))
    let error = try #require(result.failure?.error)
    #expect(requests.count == 1 && !error.contains("secret-path") && !error.contains("t0ken"), "\(error)")
    #expect(error.contains("; see whether its URL") && error.hasSuffix(" has it"), "\(error)")
  }

  @Test func theURLOfAFileIsReadEachTime() async throws {
    let scratch = try Scratch()
    let path = scratch.file("url")
    let (taken, requests) = try await outcome("slack", answer: ScriptedResponse(200)) { target, origin in
      try scratch.put("url", origin + "/from-a-file\n")
      target.address = .file(path) { $0.hasPrefix("http") ? nil : "it is none" }
    }
    #expect(taken == .delivered(sequence: 1) && requests[0].target == "/from-a-file")
    let (broken, none) = try await outcome("slack", answer: ScriptedResponse(200)) { target, _ in
      try scratch.put("url", "nonsense\n")
      target.address = .file(path) { $0.hasPrefix("http") ? nil : "it is none" }
    }
    #expect(none.isEmpty && broken.failure?.next == .withSink)
    #expect(broken.failure?.error.contains("it is none") == true && broken.failure?.error.contains("nonsense") == false)
  }

  @Test func theIDStandsInTheURLAndTheMethodIsAsked() async throws {
    let (_, requests) = try await outcome("slack", answer: ScriptedResponse(200)) { target, origin in
      (target.content, target.method) = (.document, .put)
      target.address = .url(origin + "/events/{{id}}")
    }
    #expect(requests[0].method == "PUT" && requests[0].target == "/events/e1" && requests[0].body == Self.event)
  }
}
