import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Transport

/// Many requests whose answers are judged on the client's thread.
@Suite(.timeLimit(.minutes(1))) struct GlanceTests {
  @Test func eachIsReportedOnceWhetherAsExpectedOrNot() async throws {
    try await withServer { request in
      switch request.path {
      case "/v2/gone": ScriptedResponse(404, headers: [("X-Is", "a")])
      case "/v2/moved": ScriptedResponse(200, headers: [("X-Is", "b")])
      case "/v2/mute": ScriptedResponse(200)
      case "/v2/away": ScriptedResponse(307, headers: [("Location", "/v2/0")])
      case "/v2/drop": ScriptedResponse(200, behaviour: .drop)
      default: ScriptedResponse(200, headers: [("X-Is", " a ")])
      }
    } _: { server, client in
      let odd = ["gone", "moved", "mute", "away", "drop"]
      let names = (0..<300).map { "\($0)" } + odd
      let news = News()
      try #require(try client.glance(batch(server, names, value: "a"), for: news.desk))
      #expect(await eventually(within: 20) { news.count == names.count })
      #expect(news.asExpected.sorted() == Array(0..<300))
      #expect(news.others.keys.sorted() == Array(300..<305))
      for (name, status) in [(300, 404), (301, 200), (302, 200)] {
        let response = try #require(try news.others[name]?.get())
        #expect(response.status == status)
        #expect(response.url == "\(server.origin)/v2/\(names[name])")
        #expect(!response.wasRedirected)
      }
      #expect(try news.others[301]?.get().headers.first("X-Is") == "b")
      // What a redirect leads to may say the same, and is not the answer that was expected.
      let led = try #require(try news.others[303]?.get())
      #expect(led.wasRedirected && led.status == 200 && led.url == "\(server.origin)/v2/0")
      #expect(throws: TransportError.self) { _ = try news.others[304]?.get() }
      #expect(server.requests.allSatisfy { $0.method == "HEAD" })
      #expect(server.requests.allSatisfy { $0.header("Authorization") == "Bearer t" })
    }
  }

  @Test func anErrorNamesTheURLOfItsOwnRequest() async throws {
    try await withServer { _ in
      ScriptedResponse(200, behaviour: .hang)
    } _: { server, client in
      let news = News()
      var limited = request(server.origin + "/v2/")
      limited.totalSeconds = 1
      let kind = try GlanceKind(limited) { _, _, _ in true }
      var batch = GlanceBatch(kind)
      try #require(added(&batch, 7, path: ["app", "/manifests/", "latest"], value: ""))
      #expect(client.glance(batch, for: news.desk))
      #expect(await eventually { news.count == 1 })
      let error = #expect(throws: TransportError.self) { _ = try news.others[7]?.get() }
      #expect(error?.code == .timeout)
      #expect(error?.url == "\(server.origin)/v2/app/manifests/latest")
    }
  }

  @Test func newsOfManyComesTogether() async throws {
    let arrived = Atomic(0)
    try await withServer { _ in
      // All are answered at once.
      arrived.add(1, ordering: .relaxed)
      while arrived.load(ordering: .relaxed) < 64 { continue }
      return ScriptedResponse(200, headers: [("X-Is", "a")])
    } _: { server, client in
      let news = News()
      try #require(try client.glance(batch(server, (0..<64).map { "\($0)" }, value: "a"), for: news.desk))
      #expect(await eventually(within: 20) { news.count == 64 })
      #expect(news.reports <= 32, "\(news.reports) reports of 64 glances")
    }
  }

  @Test func cancellingReportsAllThatAreUnderWayOrWait() async throws {
    let client = HTTPClient(maxConnectionsPerHost: 2)
    try await withServer(client: client) { request in
      ScriptedResponse(200, behaviour: request.path == "/next" ? .normal : .hang)
    } _: { server, client in
      let news = News()
      let other = News()
      try #require(try client.glance(batch(server, ["a", "b", "c", "d"], value: "a"), for: news.desk))
      try #require(try client.glance(batch(server, ["other"], value: "a"), for: other.desk))
      #expect(await eventually { server.requests.count == 2 })
      news.desk.cancel()
      #expect(await eventually { news.count == 4 })
      for name in 0..<4 {
        let error = #expect(throws: TransportError.self) { _ = try news.others[name]?.get() }
        #expect(error?.code == .cancelled)
      }
      // The other desk's has its turn now.
      #expect(await eventually { server.requests.contains { $0.path == "/v2/other" } })
      #expect(other.count == 0)
      other.desk.cancel()
      #expect(await eventually { other.count == 1 })
      let next = try await client.send(request(server.origin + "/next"))
      #expect(next.status == 200)
    }
  }

  @Test func shuttingDownReportsThemAndSoDoesAClientThatIs() async throws {
    try await withServer { _ in
      ScriptedResponse(200, behaviour: .hang)
    } _: { server, client in
      let news = News()
      try #require(try client.glance(batch(server, ["a", "b"], value: "a"), for: news.desk))
      #expect(await eventually { server.requests.count == 2 })
      client.shutdown()
      #expect(news.count == 2)
      try #require(try client.glance(batch(server, ["c"], from: 2, value: "a"), for: news.desk))
      #expect(news.count == 3)
    }
  }

  @Test func aHandleIsSetToEachRequestAnew() async throws {
    // One connection and one handle for everything.
    let client = HTTPClient(maxConnectionsPerHost: 1)
    try await withServer(client: client) { request in
      ScriptedResponse(200, headers: [("X-Is", request.header("Authorization") ?? "none")], body: bytes("body"))
    } _: { server, client in
      let news = News()
      for (name, value) in ["one", "two"].enumerated() {
        let kind = try GlanceKind(request(server.origin + "/v2/", authorization: value)) { _, headers, expected in
          headers.isFirst("X-Is", expected)
        }
        var batch = GlanceBatch(kind)
        try #require(added(&batch, name, path: ["a"], value: value))
        #expect(client.glance(batch, for: news.desk))
        #expect(await eventually { news.count == name + 1 })
        // In between one with a body and without authorisation.
        let answer = try await client.send(request(server.origin + "/get"))
        #expect(text(answer.body) == "body" && answer.headers.first("X-Is") == "none")
      }
      #expect(news.asExpected == [0, 1])
    }
  }

  @Test(arguments: ["a b", "a\r\nHost: other", "a\u{7f}", "a\u{0}"])
  func whatIsNoPathIsNotSent(_ path: String) throws {
    let kind = try GlanceKind(request("http://127.0.0.1:1/v2/")) { _, _, _ in true }
    var batch = GlanceBatch(kind)
    try #require(!added(&batch, 0, path: [path], value: "a"))
    #expect(batch.count == 0)
    try #require(added(&batch, 1, path: ["fine"], value: "a"))
    #expect(batch.url(0) == "http://127.0.0.1:1/v2/fine")
  }

  @Test func aKindThatMayNotBeSentIsNone() {
    var plain = request("http://registry.example/v2/")
    plain.allowPlainHTTP = false
    #expect(throws: TransportError.self) { _ = try GlanceKind(plain) { _, _, _ in true } }
    #expect(throws: TransportError.self) {
      _ = try GlanceKind(request("http://169.254.169.254/v2/")) { _, _, _ in true }
    }
  }

  @Test func filesForTLSMustHaveBeenLookedAt() async throws {
    let directory = try TemporaryDirectory()
    try Data("none".utf8).write(to: URL(fileURLWithPath: directory.path + "/ca.pem"))
    let client = HTTPClient()
    defer { client.shutdown() }
    var secure = HTTPRequest(url: "https://127.0.0.1:1/v2/", bodyLimit: 0)
    secure.tls.caFile = directory.path + "/ca.pem"
    let kind = try GlanceKind(secure) { _, _, _ in true }
    var batch = GlanceBatch(kind)
    try #require(added(&batch, 0, path: ["a"], value: ""))
    let news = News()
    #expect(!client.glance(batch, for: news.desk))
    _ = await failure(of: secure, with: client)
    #expect(client.glance(batch, for: news.desk))
    #expect(await eventually { news.count == 1 })
    #expect(throws: TransportError.self) { _ = try news.others[0]?.get() }
  }

  private func added(_ batch: inout GlanceBatch, _ name: Int, path: [String], value: String) -> Bool {
    batch.add(name, path: path, value: value)
  }

  private func batch(
    _ server: LoopbackServer, _ names: [String], from first: Int = 0, value: String
  ) throws -> GlanceBatch {
    let kind = try GlanceKind(request(server.origin + "/v2/", authorization: "Bearer t")) { status, headers, expected in
      status == 200 && headers.isFirst("X-Is", expected)
    }
    var batch = GlanceBatch(kind)
    for (number, name) in names.enumerated() {
      let isAdded = batch.add(first + number, path: [name], value: value)
      #expect(isAdded)
    }
    return batch
  }
}

/// What a desk has heard; each name once.
private struct News {
  private final class Heard: Sendable {
    let state = Mutex(State())
  }

  private struct State {
    var asExpected: [Int] = []
    var others: [Int: TransferResult] = [:]
    var reports = 0
  }

  private let heard: Heard
  let desk: GlanceDesk

  init() {
    let heard = Heard()
    self.heard = heard
    desk = GlanceDesk { report in
      heard.state.withLock { state in
        state.reports += 1
        state.asExpected += report.asExpected
        for (name, _, result) in report.others {
          if state.others.updateValue(result, forKey: name) != nil { Issue.record("\(name) is reported twice") }
        }
      }
    }
  }

  var asExpected: [Int] { heard.state.withLock { $0.asExpected } }
  var others: [Int: TransferResult] { heard.state.withLock { $0.others } }
  var count: Int { heard.state.withLock { $0.asExpected.count + $0.others.count } }
  var reports: Int { heard.state.withLock { $0.reports } }
}
