import Config
import Endpoint
import Foundation
import InMemoryLogging
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Service

/// Who is let through to pages and API, and what browsers are told.
@Suite struct WebGateTests {
  private let directory: TemporaryDirectory
  private let lines = InMemoryLogHandler()
  private var pages = PageSettings()

  init() throws {
    directory = try TemporaryDirectory()
    try write("s3cret: wörd")
  }

  private var file: String { directory.path + "/password" }

  private func write(_ text: String) throws { try text.write(toFile: file, atomically: true, encoding: .utf8) }

  private func gate(_ pages: PageSettings) -> WebGate {
    WebGate(
      settings: { pages }, environment: [:], log: Logger(label: "test") { [lines] _ in lines },
      site: { request in
        var reply = EndpointReply(200, body: Array("the page".utf8))
        if request.path == "/static/x.css" { reply.headers = [("Cache-Control", "max-age=60")] }
        return request.path == "/none" || request.path == "/api/none" ? nil : reply
      })
  }

  private func request(_ path: String = "/", host: String? = "localhost:9470", _ authorization: String? = nil)
    -> EndpointRequest
  {
    let headers = [("Host", host), ("Authorization", authorization)].compactMap { name, value in
      value.map { (name: name, value: $0) }
    }
    return EndpointRequest(.get, path, headers: headers, from: "192.0.2.7")
  }

  private static func basic(_ pair: String) -> String { "Basic " + Data(pair.utf8).base64EncodedString() }

  private var locked: PageSettings {
    var pages = PageSettings()
    pages.passwordFile = .path(file)
    return pages
  }

  private func count(_ kind: WebRefusals.Kind, _ gate: WebGate) -> Double? {
    gate.counts.family.samples.first { $0.labels.map(\.value) == [kind.rawValue] }?.value
  }

  @Test func everyAnswerIsConfined() async throws {
    let open = gate(pages)
    let requests = [request(), request("/none"), request("/api/none"), request(host: "evil.example")]
    var replies: [EndpointReply] = []
    for request in requests { replies.append(try #require(await open.answer(request, at: "127.0.0.1:9470"))) }
    replies.append(try #require(await gate(locked).answer(request(), at: "127.0.0.1:9470")))
    #expect(replies.map(\.status) == [200, 404, 404, 421, 401])
    for reply in replies {
      let headers = Dictionary(reply.headers.map { ($0.name, $0.value) }) { "\($0), \($1)" }
      #expect(
        headers["Content-Security-Policy"]
          == "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
          + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
      #expect(headers["Referrer-Policy"] == "no-referrer" && headers["Cache-Control"] == "no-store")
      #expect(headers["Cross-Origin-Resource-Policy"] == "same-origin" && headers["Set-Cookie"] == nil)
    }
    let kept = try #require(await open.answer(request("/static/x.css"), at: "127.0.0.1:9470"))
    #expect(kept.headers.filter { $0.name == "Cache-Control" }.map(\.value) == ["max-age=60"])
  }

  @Test func programsAreToldOfProblems() async throws {
    for (path, host, status) in [("/api/none", "localhost", 404), ("/api/v1/status", "evil.example", 421)] {
      let reply = try #require(await gate(pages).answer(request(path, host: host), at: "127.0.0.1:9470"))
      #expect(reply.status == status && reply.contentType == "application/problem+json")
      let problem = try JSONSerialization.jsonObject(with: Data(reply.body)) as? [String: Any]
      #expect(problem?["status"] as? Int == status && problem?["type"] as? String == "about:blank")
      #expect((problem?["title"] as? String)?.isEmpty == false)
      #expect((problem?["detail"] as? String)?.isEmpty == false)
    }
    let page = try #require(await gate(pages).answer(request("/none"), at: "127.0.0.1:9470"))
    #expect(page.contentType.hasPrefix("text/plain"))
  }

  /// The others of the endpoint are for health and metrics.
  @Test func soManyAreAnsweredAtATime() async throws {
    let asked = Mutex(0)
    let isOver = Mutex(false)
    let gate = WebGate(
      settings: { PageSettings() }, environment: [:], log: Logger(label: "test") { [lines] _ in lines },
      site: { _ in
        asked.withLock { $0 += 1 }
        _ = await eventually { isOver.withLock { $0 } }
        return EndpointReply(200, body: [])
      })
    let first = (0..<128).map { _ in Task { await gate.answer(request(), at: "127.0.0.1:9470")?.status } }
    #expect(await eventually { asked.withLock { $0 } == 128 })
    let refused = try #require(await gate.answer(request("/api/v1/status"), at: "127.0.0.1:9470"))
    #expect(refused.status == 503 && refused.contentType == "application/problem+json")
    #expect(refused.headers.contains { $0 == ("Retry-After", "5") })
    isOver.withLock { $0 = true }
    for task in first { #expect(await task.value == 200) }
    #expect(await gate.answer(request(), at: "127.0.0.1:9470")?.status == 200)
  }

  /// What goes on ends with the password that opened it.
  @Test func aStreamEndsWithItsPassword() async throws {
    let settings = Mutex(locked)
    let gate = WebGate(
      settings: { settings.withLock { $0 } }, environment: [:], log: Logger(label: "test") { [lines] _ in lines },
      site: { _ in
        var reply = EndpointReply(200, body: [])
        reply.stream = AsyncStream { nil }
        return reply
      })
    let reply = try #require(
      await gate.answer(request("/api/v1/events/stream", "Bearer s3cret: wörd"), at: "127.0.0.1:9470"))
    let mayGoOn = try #require(reply.mayGoOn)
    #expect(await mayGoOn())
    try write("another")
    #expect(await !mayGoOn())
    try write("s3cret: wörd")
    #expect(await mayGoOn())
    unlink(file)
    #expect(await !mayGoOn())
    settings.withLock { $0.passwordFile = nil }
    #expect(await mayGoOn(), "on loopback")
    settings.withLock { $0.areServed = false }
    #expect(await !mayGoOn())
  }

  @Test func severalNamesAreNone() async {
    let headers = [(name: "Host", value: "localhost"), (name: "host", value: "evil.example")]
    for headers in [headers, Array(headers.reversed()), [headers[0], headers[0]]] {
      let request = EndpointRequest(.get, "/", headers: headers, from: "192.0.2.7")
      #expect(await gate(pages).answer(request, at: "127.0.0.1:9470")?.status == 421)
    }
  }

  @Test func wherePagesAreOffThereIsNothing() async {
    var pages = PageSettings()
    pages.areServed = false
    #expect(await gate(pages).answer(request(), at: "127.0.0.1:9470") == nil)
    #expect(gate(pages).metrics == nil && gate(locked).metrics != nil)
  }

  @Test(arguments: [
    ("127.0.0.1:9470", ["localhost", "LOCALHOST:1", "127.0.0.1:9470", "127.0.0.1", "127.9.9.9", "[::1]:9470"]),
    ("localhost:9470", ["localhost", "127.0.0.1"]), ("[::1]:9470", ["[::1]", "[0:0::1]:9470", "localhost"]),
    ("192.0.2.1:9470", ["192.0.2.1", "192.0.2.1:80"]), ("Watcher.Example:9470", ["watcher.example:1"]),
    ("0.0.0.0:9470", ["192.0.2.1:9470", "[2001:db8::1]", "localhost", "127.0.0.1"]),
    ("[::]:9470", ["192.0.2.1", "[2001:db8::1]:9470", "localhost"]),
  ])
  func itsOwnNamesAreKnown(listening: String, names: [String]) {
    let hosts = KnownHosts(PageSettings(), listening: listening)
    for name in names { #expect(hosts.contains(name), "\(name)") }
    for name in [
      nil, "", "evil.example", "localhost.evil.example", "a.localhost", "127.0.0.1.evil.example", "evil.example:9470",
      "localhost:x", "127.0.0.1:0", "user@localhost", "localhost/", "localhost, evil.example", "0x7f.1",
      "198.51.100.1.x",
    ] { #expect(!hosts.contains(name), "\(name ?? "none")") }
    let isEverywhere = ["0.0.0.0:9470", "[::]:9470"].contains(listening)
    #expect(hosts.contains("198.51.100.1") == isEverywhere)
    #expect(hosts.contains("localhost") == (isEverywhere || ["127", "loc", "[::"].contains(listening.prefix(3))))
  }

  @Test func configuredNamesAreKnown() {
    var pages = PageSettings()
    (pages.publicURL, pages.hosts) = ("https://w.example:8443", ["nas.lan", "[2001:db8::7]"])
    let hosts = KnownHosts(pages, listening: "192.0.2.1:9470")
    for name in ["w.example", "W.example:8443", "nas.lan:9470", "[2001:DB8::7]", "192.0.2.1"] {
      #expect(hosts.contains(name), "\(name)")
    }
    for name in ["localhost", "x.w.example", "w.example.evil.example", "192.0.2.2", "https"] {
      #expect(!hosts.contains(name), "\(name)")
    }
  }

  @Test func anotherNameIsRefusedAndTold() async throws {
    let gate = gate(locked)
    for host in ["evil.example", nil] {
      let reply = try #require(
        await gate.answer(request(host: host, Self.basic("a:s3cret: wörd")), at: "127.0.0.1:9470"))
      #expect(reply.status == 421 && String(decoding: reply.body, as: UTF8.self).contains("http.hosts"))
    }
    #expect(count(.host, gate) == 2)
    #expect(lines.entries.map(\.message) == ["http_refused"], "at the 1st, 10th …")
    #expect(lines.entries[0].metadata["err"]?.description == "it asks for evil.example")
  }

  @Test func thePasswordIsShownInEitherWay() async throws {
    let password = "s3cret: wörd"
    for right in [
      Self.basic("ann:\(password)"), Self.basic(":\(password)"), "bAsIc " + Self.basic("x:\(password)").dropFirst(6),
      "Bearer \(password)", "bearer \(password)",
    ] { #expect(PagePassword.isShown(in: right, password), "\(right)") }
    for wrong in [
      "", password, "Basic", "Basic ", "Bearer ", "Bearer", "Basic \(password)", Self.basic(password),
      Self.basic("ann:"),
      Self.basic("ann:\(password) "), Self.basic("ann:s3cret"), Self.basic("ann\(password)"), "Bearer \(password)x",
      "Digest \(password)", "Token \(password)", "Basic ====", "Bearer  \(password)",
    ] { #expect(!PagePassword.isShown(in: wrong, password), "\(wrong)") }
  }

  @Test func withoutItNobodyIsLetThrough() async throws {
    let gate = gate(locked)
    func answer(_ authorization: String?) async throws -> EndpointReply {
      try #require(await gate.answer(request("/", authorization), at: "0.0.0.0:9470"))
    }
    for authorization in [nil, Self.basic("ann:wrong")] {
      let reply = try await answer(authorization)
      #expect(reply.status == 401 && reply.body.count < 100)
      let challenge = reply.headers.first { $0.name == "WWW-Authenticate" }?.value
      #expect(challenge == #"Basic realm="watcher", charset="UTF-8""#)
    }
    #expect(try await answer(Self.basic("ann:s3cret: wörd")).status == 200)
    #expect(count(.noPassword, gate) == 1 && count(.wrongPassword, gate) == 1 && count(.host, gate) == 0)
    #expect(lines.entries.map { $0.metadata["reason"]?.description } == ["wrong_password"])
    #expect(!"\(lines.entries)".contains("s3cret"))
  }

  /// It may change at any time, and is never none.
  @Test func theFileIsReadAgain() async throws {
    let gate = gate(locked)
    func status(_ word: String) async throws -> Int? {
      await gate.answer(request("/", "Bearer \(word)"), at: "127.0.0.1:9470")?.status
    }
    try write("another\n")
    #expect(try await status("another") == 200)
    for text in ["", "\n", "   \n", "two\nlines"] {
      try write(text)
      for word in ["", " ", "two", "another"] { #expect(try await status(word) == 503, "\(text.debugDescription)") }
      #expect(PagePassword.fault(text) != nil)
    }
    unlink(file)
    #expect(try await status("another") == 503)
    #expect(count(.unavailable, gate) == 17)
    #expect(lines.entries[0].metadata["err"]?.description.hasPrefix("http.password_file cannot be used: ") == true)
  }

  /// A reload may leave the network while the old port is still open.
  @Test func beyondLoopbackNothingIsServedWithoutAPassword() async throws {
    let gate = gate(pages)
    let reply = try #require(await gate.answer(request(host: "192.0.2.1"), at: "192.0.2.1:9470"))
    #expect(reply.status == 503 && count(.unavailable, gate) == 1)
    #expect(await gate.answer(request(), at: "localhost:9470")?.status == 200)
  }
}
