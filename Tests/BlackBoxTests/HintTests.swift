import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// Hints as services send them, to a daemon that would not look for an hour.
@Suite(.timeLimit(.minutes(5))) struct HintTests {
  private static let secret = "canary-of-hints-5e1f"

  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String
  private let port: Int

  init() throws {
    (registry, image, scene) = try Scene.ofOneTag(interval: "1h")
    port = try scene.listen()
    try Self.secret.write(toFile: scene.directory + "/secret", atomically: true, encoding: .utf8)
    try takeHints(true)
  }

  private func takeHints(_ areTaken: Bool) throws {
    var http: [String: Any] = ["listen": "127.0.0.1:\(port)"]
    if areTaken { http["hints"] = ["secret_file": scene.directory + "/secret"] }
    try scene.set("http", http)
  }

  private func readyDaemon() throws -> Child {
    let daemon = try scene.daemon()
    try #require(eventually { scene.isBaselineRecorded() && (try? scene.run(["health"]).status) == 0 })
    return daemon
  }

  private func push(_ name: String) { registry.put(FakeRegistryImage(name), in: "app", tag: "stable") }

  private var genericBody: String { #"{"image": "\#(image)"}"# }

  private func post(
    _ path: String, _ body: String, _ headers: [String: String] = [:], method: String = "POST"
  ) throws -> String {
    let lines = headers.map { "\($0): \($1)\r\n" }.joined()
    return try #require(
      try TCPClient.exchange(
        "\(method) \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\(lines)\r\n\(body)", port: port
      ))
  }

  private func metric(_ source: String, _ result: String) throws -> Double? {
    let series = "watcher_hints_total{source=\"\(source)\",result=\"\(result)\"} "
    let page = try #require(try TCPClient.get("/metrics", port: port))
    return page.split(separator: "\n").first { $0.hasPrefix(series) }.flatMap { Double($0.dropFirst(series.count)) }
  }

  private var log: String { WatcherBinary.text(scene.stderr) }
  private var polls: Int { registry.log.count { $0 == "HEAD /v2/app/manifests/stable" } }

  @Test func whatIsPushedIsToldInSeconds() throws {
    defer { registry.stop() }
    let daemon = try readyDaemon()
    defer { daemon.terminate() }
    push("second")
    let reply = try post("/hints/generic/\(Self.secret)", genericBody)
    #expect(reply.hasPrefix("HTTP/1.1 202 ") && reply.hasSuffix(#"{"watched":1}"#), "\(reply)")
    #expect(eventually(within: 20) { scene.eventLines().count == 2 })
    // Within ten seconds of that look, another waits for what is left of them.
    push("third")
    let event =
      #"{"events":[{"action":"push","target":{"repository":"app","tag":"stable"},"request":{"host":"inside"}}]}"#
    let other = try post(
      "/hints/distribution?registry=\(registry.authority)", event, ["Authorization": "Bearer \(Self.secret)"])
    #expect(other.hasSuffix(#"{"watched":1}"#), "\(other)")
    #expect(eventually(within: 20) { scene.eventLines().count == 3 })
    let unwatched = try post("/hints/generic/\(Self.secret)", #"{"image": "app"}"#)
    #expect(unwatched.hasPrefix("HTTP/1.1 202 ") && unwatched.hasSuffix(#"{"watched":0}"#), "\(unwatched)")
    #expect(try metric("generic", "watched") == 1 && metric("generic", "unwatched") == 1)
    #expect(try metric("distribution", "watched") == 1 && metric("quay", "watched") == 0)
    #expect(!log.contains("hint_refused"))
  }

  @Test func whatIsNoHintChangesNothing() throws {
    defer { registry.stop() }
    let daemon = try readyDaemon()
    defer { daemon.terminate() }
    let before = polls
    for (path, headers) in [
      ("/hints/generic", [:]), ("/hints/generic/wrong", [:]), ("/hints/generic/", [:]),
      ("/hints/generic", ["X-Watcher-Token": "wrong"]), ("/hints/generic", ["X-Gitlab-Token": Self.secret]),
      ("/hints/github", ["X-Hub-Signature-256": "sha256=\(String(repeating: "0", count: 64))"]),
    ] as [(String, [String: String])] {
      let reply = try post(path, genericBody, headers)
      #expect(reply.hasPrefix("HTTP/1.1 401 ") && reply.contains("\r\nWWW-Authenticate: Bearer\r\n"), "\(path)")
    }
    let path = "/hints/generic/\(Self.secret)"
    for body in ["", "{", #"{"image": 7}"#, #"{"image": "a b"}"#, #"{"events": []}"#] {
      #expect(try post(path, body).hasPrefix("HTTP/1.1 400 "), "\(body)")
    }
    let large = #"{"image": "\#(String(repeating: "a", count: 2 << 20))"}"#
    #expect(try post(path, large).hasPrefix("HTTP/1.1 413 "))
    let piece = String(repeating: "a", count: 64 << 10)
    let pieces = String(repeating: "10000\r\n\(piece)\r\n", count: 32) + "0\r\n\r\n"
    let chunked = try TCPClient.exchange(
      "POST \(path) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(pieces)", port: port)
    #expect(chunked?.hasPrefix("HTTP/1.1 413 ") == true)
    let none = try post("/hints/none/\(Self.secret)", genericBody)
    #expect(none.hasPrefix("HTTP/1.1 404 ") && none.contains("there is docker-hub, github, quay"), "\(none)")
    for path in ["/metrics", "/", "/hint/generic/\(Self.secret)"] {
      #expect(try post(path, genericBody).hasPrefix("HTTP/1.1 405 "), "\(path)")
    }
    for method in ["GET", "PUT", "OPTIONS"] {
      let reply = try post(path, "", method: method)
      #expect(reply.hasPrefix("HTTP/1.1 405 ") && reply.contains("\r\nAllow: POST\r\n"), "\(reply)")
    }
    #expect(try TCPClient.get("/-/healthy", port: port)?.hasSuffix("\r\n\r\nhealthy\n") == true)
    #expect(polls == before)
    #expect(try metric("generic", "unauthorized") == 5 && metric("generic", "invalid") == 5)
    #expect(try metric("github", "unauthorized") == 1 && metric("generic", "too_large") == 2)
    let refused = log.split(separator: "\n").filter { $0.contains("msg=hint_refused") }
    #expect(refused.count == 4, "the first of each kind: \(refused)")
    #expect(refused.allSatisfy { $0.contains(" from=127.0.0.1 ") }, "\(refused)")
    #expect(!log.contains(Self.secret))
    // As large as may be.
    let longest = #"{"image": "\#(image)", "x": ""# + String(repeating: "a", count: (1 << 20) - 100) + #""}"#
    #expect(try post(path, longest).hasPrefix("HTTP/1.1 202 "))
  }

  /// None of it makes the daemon ask anybody, and without the secret nothing is said back.
  @Test func aServiceThatShakesHandsIsAnswered() throws {
    defer { registry.stop() }
    let daemon = try readyDaemon()
    defer { daemon.terminate() }
    let before = registry.requests.count
    let validation =
      #"[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"a\"\u0001b"}}]"#
    let reply = try post("/hints/acr/\(Self.secret)", validation)
    #expect(reply.hasPrefix("HTTP/1.1 200 ") && reply.contains("\r\nContent-Type: application/json\r\n"), "\(reply)")
    #expect(reply.hasSuffix(#"{"validationResponse":"a\"\u0001b"}"#), "\(reply)")
    #expect(try post("/hints/acr/wrong", validation).hasPrefix("HTTP/1.1 401 "))

    let url = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37"
    let confirmation = #"{"Type":"SubscriptionConfirmation","SubscribeURL":"\#(url)"}"#
    #expect(try post("/hints/ecr/wrong", confirmation).hasPrefix("HTTP/1.1 401 "))
    #expect(!log.contains("hint_unconfirmed"))
    let unconfirmed = try post("/hints/ecr/\(Self.secret)", confirmation)
    #expect(unconfirmed.hasPrefix("HTTP/1.1 202 ") && unconfirmed.hasSuffix(#"{"watched":0}"#), "\(unconfirmed)")
    let told = log.split(separator: "\n").filter { $0.contains("msg=hint_unconfirmed") }
    #expect(told.count == 1 && told[0].contains("source=ecr") && told[0].contains(url), "\(told)")
    let elsewhere = #"{"Type":"SubscriptionConfirmation","SubscribeURL":"\#(registry.origin)/"}"#
    #expect(try post("/hints/ecr/\(Self.secret)", elsewhere).hasPrefix("HTTP/1.1 400 "))
    #expect(!log.contains("\(registry.origin)/") && registry.requests.count == before)
    #expect(try metric("acr", "unwatched") == 1 && metric("ecr", "unwatched") == 1 && metric("ecr", "invalid") == 1)
  }

  @Test func aReloadTurnsThemOnAndOffAndTheSecretIsReadAgain() throws {
    defer { registry.stop() }
    try takeHints(false)
    let daemon = try readyDaemon()
    defer { daemon.terminate() }
    let path = "/hints/generic"
    func answer(_ secret: String) throws -> String {
      String(try post(path, genericBody, ["X-Watcher-Token": secret]).dropFirst("HTTP/1.1 ".count).prefix(3))
    }
    #expect(try answer(Self.secret) == "404" && metric("generic", "watched") == nil)
    // And nothing that is sent is read: what would be too large is not known to be.
    #expect(try post(path, String(repeating: "a", count: 2 << 20)).hasPrefix("HTTP/1.1 404 "))
    try takeHints(true)
    kill(daemon.pid, SIGHUP)
    #expect(try eventually { try answer(Self.secret) == "202" })
    let another = "another-word-of-hints"
    func write(_ secret: String) throws {
      try secret.write(toFile: scene.directory + "/secret", atomically: true, encoding: .utf8)
    }
    try write(another + "\n")
    #expect(try answer(another) == "202" && answer(Self.secret) == "401")
    for (secret, fault) in [
      ("short", "it can be guessed: it has fewer than 16 bytes"), (another + "\n2\n", "it holds more than one line"),
    ] {
      try write(secret)
      #expect(try answer("whatever") == "503")
      let check = try scene.run(["config", "check", scene.config])
      #expect(check.status == 78 && check.stderr.contains("/secret cannot be used: \(fault)"), "\(check.stderr)")
    }
    unlink(scene.directory + "/secret")
    #expect(try answer(another) == "503" && metric("generic", "unavailable") == 3)
    #expect(log.contains("http.hints.secret_file cannot be used: it can be guessed"))
    let check = try scene.run(["config", "check", scene.config])
    #expect(check.status == 78 && check.stderr.contains("\"secret_file\": \(scene.directory)/secret cannot be used"))
    try takeHints(false)
    kill(daemon.pid, SIGHUP)
    #expect(try eventually { try answer(another) == "404" })
  }

  /// Whoever sent it was told that it is looked at soon, and the next interval is an hour away.
  @Test func whatIsToBeLookedAtSoonIsSoAfterAStop() throws {
    defer { registry.stop() }
    let first = try readyDaemon()
    defer { first.terminate() }
    push("second")
    #expect(try post("/hints/generic/\(Self.secret)", genericBody).hasSuffix(#"{"watched":1}"#))
    #expect(eventually(within: 20) { scene.eventLines().count == 2 })
    // This one waits for the rest of ten seconds since.
    push("third")
    #expect(try post("/hints/generic/\(Self.secret)", genericBody).hasSuffix(#"{"watched":1}"#))
    first.signal(SIGTERM)
    #expect(try first.finish(within: 20) == 0 && scene.eventLines().count == 2)
    let second = try scene.daemon()
    defer { second.terminate() }
    #expect(eventually(within: 20) { scene.eventLines().count == 3 })
  }

  /// Whatever becomes of the hint.
  @Test func whatNobodyHintedAtIsFoundByTheInterval() throws {
    defer { registry.stop() }
    try scene.configure(watch: [image], interval: "10s")
    try takeHints(true)
    let daemon = try readyDaemon()
    defer { daemon.terminate() }
    push("second")
    #expect(eventually(within: 25) { scene.eventLines().count == 2 })
  }

  @Test func aNewTagOfARepositoryIsListed() throws {
    defer { registry.stop() }
    try scene.configure(
      watch: [["repository": "\(registry.authority)/app", "exclude_tags": ["rc"]]], interval: "1h")
    try takeHints(true)
    let daemon = try readyDaemon()
    defer { daemon.terminate() }
    registry.put(FakeRegistryImage("next"), in: "app", tag: "next")
    let path = "/hints/generic/\(Self.secret)"
    #expect(try post(path, #"{"image": "\#(registry.authority)/app:rc1"}"#).hasSuffix(#"{"watched":0}"#))
    #expect(try post(path, #"{"image": "\#(registry.authority)/app:next"}"#).hasSuffix(#"{"watched":1}"#))
    #expect(eventually(within: 20) { scene.eventLines().count == 2 })
    #expect(scene.eventLines().last?.contains("watcher.tag.first_seen") == true)
  }

  @Test func theCommandIsAHint() throws {
    defer { registry.stop() }
    let none = try scene.run(["hint", image])
    #expect(none.status == 69 && none.stderr.contains("no daemon runs that could poll"), "\(none.stderr)")
    let daemon = try readyDaemon()
    defer { daemon.terminate() }
    push("second")
    let outcome = try scene.run(["hint", image, "other"])
    #expect(
      outcome.status == 0 && outcome.stdout == "1 of 2 tags polled soon\nnot watched: other:latest\n", "\(outcome)")
    #expect(eventually(within: 20) { scene.eventLines().count == 2 })
    #expect(try scene.run(["hint", image, "--json"]).stdout == "{\"watched\":1,\"unwatched\":[]}\n")
    let unknown = try scene.run(["hint", "app"])
    #expect(unknown.status == 66 && unknown.stderr.contains("the tag is not watched (app:latest)"), "\(unknown.stderr)")
    #expect(try scene.run(["hint"]).status == 64)
  }

  /// From one client, as fast as it can: for ten seconds with WATCHER_LONG_TESTS=1. What it costs is counted before and
  /// after.
  @Test func aFloodOfForgedHintsChangesNothing() throws {
    defer { registry.stop() }
    let daemon = try readyDaemon()
    defer { daemon.terminate() }
    let isLong = ProcessInfo.processInfo.environment["WATCHER_LONG_TESTS"] != nil
    let forged =
      "POST /hints/generic/wrong HTTP/1.1\r\nHost: x\r\nContent-Length: \(genericBody.utf8.count)\r\n\r\n\(genericBody)"
    _ = try Self.flood(forged, at: port, seconds: 0.5)
    let (memory, before) = (try residentKilobytes(daemon), polls)
    let (sent, answered) = try Self.flood(forged, at: port, seconds: isLong ? 10 : 3)
    let after = try residentKilobytes(daemon)
    print("\(sent) forged hints sent in \(isLong ? 10 : 3) s, \(answered) answered; \(memory) kB, then \(after) kB")
    #expect(answered > 100 && polls == before)
    #expect(after <= memory + 8_000)
    #expect(log.split(separator: "\n").count { $0.contains("msg=hint_refused") } <= 7)
    // Meanwhile the genuine one works. Whoever floods takes connections, so it may have to be sent again.
    push("second")
    let flooding = try JoinableThread { [port] in _ = try? Self.flood(forged, at: port, seconds: 3) }
    var tries = 0
    #expect(
      eventually {
        tries += 1
        return (try? post("/hints/generic/\(Self.secret)", genericBody))?.hasPrefix("HTTP/1.1 202 ") == true
      })
    #expect(eventually(within: 20) { scene.eventLines().count == 2 })
    flooding.join()
    print("the genuine one was taken at try \(tries)")
    // And a thousand genuine ones are a poll in ten seconds.
    let began = Date()
    let earlier = polls
    for _ in 0..<1_000 { _ = try post("/hints/generic/\(Self.secret)", genericBody) }
    #expect(polls - earlier <= 1 + Int(Date().timeIntervalSince(began) / 10))
  }

  /// - Returns: how many were sent, and how many answered with 401.
  private static func flood(_ request: String, at port: Int, seconds: Double) throws -> (sent: Int, answered: Int) {
    let end = Date().addingTimeInterval(seconds)
    let counts = Counts()
    let threads = try (0..<8).map { _ in
      try JoinableThread {
        while Date() < end {
          let reply = try? TCPClient.exchange(request, port: port)
          counts.add(reply?.hasPrefix("HTTP/1.1 401 ") == true)
        }
      }
    }
    for thread in threads { thread.join() }
    return counts.value
  }

  private func residentKilobytes(_ daemon: Child) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(daemon.pid)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
  }
}

private final class Counts: Sendable {
  private let counts = Mutex((sent: 0, answered: 0))

  var value: (sent: Int, answered: Int) { counts.withLock { $0 } }

  func add(_ isAnswered: Bool) {
    counts.withLock {
      $0.sent += 1
      if isAnswered { $0.answered += 1 }
    }
  }
}
