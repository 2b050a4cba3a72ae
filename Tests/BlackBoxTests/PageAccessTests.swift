import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// Who is let through to pages and API of a daemon that works.
@Suite(.timeLimit(.minutes(3))) struct PageAccessTests {
  private static let password = "a word of pages"

  private let registry: FakeRegistry
  private let scene: Scene
  private let port: Int

  init() throws {
    (registry, _, scene) = try Scene.ofOneTag(interval: "1h")
    port = try scene.listen()
    try Self.password.write(toFile: scene.directory + "/password", atomically: true, encoding: .utf8)
  }

  private func configure(_ http: [String: Any] = [:], host: String = "127.0.0.1") throws {
    try scene.set("http", http.merging(["listen": "\(host):\(port)"]) { $1 })
  }

  private func readyDaemon() throws -> Child {
    let daemon = try scene.daemon()
    #expect(eventually { (try? TCPClient.get("/-/ready", port: port))?.hasPrefix("HTTP/1.1 200 ") == true })
    return daemon
  }

  private func get(_ path: String, host: String = "localhost", _ authorization: String? = nil) throws -> String {
    let line = authorization.map { "Authorization: \($0)\r\n" } ?? ""
    return try #require(
      try TCPClient.exchange("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\(line)\r\n", port: port))
  }

  private func status(_ reply: String) -> String { String(reply.dropFirst("HTTP/1.1 ".count).prefix(3)) }

  private var log: String { WatcherBinary.text(scene.stderr) }

  private func refused(_ reason: String) throws -> Double? {
    let series = "watcher_http_refused_total{reason=\"\(reason)\"} "
    let page = try #require(try TCPClient.get("/metrics", port: port))
    return page.split(separator: "\n").first { $0.hasPrefix(series) }.flatMap { Double($0.dropFirst(series.count)) }
  }

  @Test func namesAndThePasswordAreAskedFor() throws {
    defer { registry.stop() }
    try configure([
      "password_file": scene.directory + "/password", "public_url": "https://w.example", "hosts": ["nas.lan"],
    ])
    let daemon = try readyDaemon()
    defer { daemon.terminate() }
    let right = "Basic " + Data("ann:\(Self.password)".utf8).base64EncodedString()
    for path in ["/no-such-page", "/api/no-such-path", "/tags/no/such/page"] {
      for host in ["localhost:\(port)", "127.0.0.1", "w.example", "nas.lan:80"] {
        #expect(status(try get(path, host: host, right)) == "404", "\(host)")
      }
      #expect(status(try get(path, host: "evil.example", right)) == "421")
      let reply = try get(path)
      #expect(status(reply) == "401" && reply.contains("\r\nWWW-Authenticate: Basic realm=\"watcher\""))
      for header in ["Content-Security-Policy: default-src 'none';", "X-Content-Type-Options: nosniff\r\n"] {
        #expect(reply.components(separatedBy: "\r\n\(header)").count == 2, "\(header)")
      }
    }
    #expect(status(try get("/no-such-page", "Bearer \(Self.password)")) == "404")
    #expect(status(try get("/no-such-page", "Bearer wrong")) == "401")
    #expect(try refused("host") == 3 && refused("no_password") == 3 && refused("wrong_password") == 1)
    #expect(try refused("too_many") == 0 && refused("unavailable") == 0)
    // Neither is asked of what is no page.
    for path in ["/metrics", "/-/healthy", "/-/ready"] {
      #expect(status(try get(path, host: "evil.example")) == "200", "\(path)")
    }
    let told = log.split(separator: "\n").filter { $0.contains("msg=http_refused") }
    #expect(told.count == 2 && told.allSatisfy { $0.contains(" from=127.0.0.1 ") }, "\(told)")
    #expect(!log.contains(Self.password))
  }

  /// From forty addresses at a time: few of them are looked at, and whoever has shown the password waits for nobody.
  @Test func guessingIsSlowAndHindersNobodyElse() throws {
    defer { registry.stop() }
    try configure(["password_file": scene.directory + "/password"])
    let daemon = try readyDaemon()
    defer { daemon.terminate() }
    #expect(status(try get("/no-such-page", "Bearer \(Self.password)")) == "404")
    let began = ContinuousClock.now
    let isOver = Mutex(false)
    let guessing = try (0..<40).map { index in
      try JoinableThread { [port] in
        var count = 0
        while !isOver.withLock({ $0 }) {
          let authorization = "Authorization: Bearer \(index).\(count)"
          _ = try? TCPClient.exchange(
            "GET / HTTP/1.1\r\nHost: localhost\r\n\(authorization)\r\n\r\n", port: port, from: "127.0.1.\(index + 1)")
          count += 1
        }
      }
    }
    #expect(try eventually { try refused("wrong_password") ?? 0 >= 8 && refused("too_many") ?? 0 > 0 })
    for _ in 0..<3 {
      let asked = ContinuousClock.now
      #expect(status(try get("/no-such-page", "Bearer \(Self.password)")) == "404")
      // Whatever else this machine does.
      #expect(ContinuousClock.now - asked < .seconds(4))
      #expect(status(try get("/-/ready")) == "200")
    }
    let guesses = try #require(try refused("wrong_password"))
    let seconds = Double((ContinuousClock.now - began).components.seconds + 1)
    #expect(guesses <= 4 * seconds, "\(guesses) in \(seconds) s")
    isOver.withLock { $0 = true }
    for thread in guessing { thread.join() }
  }

  /// A moment without a password on a port that others reach would be enough.
  @Test func aReloadThatOpensThePortNeverShowsItWithoutThePassword() throws {
    defer { registry.stop() }
    try configure()
    let daemon = try readyDaemon()
    defer { daemon.terminate() }
    #expect(status(try get("/no-such-page")) == "404")
    let isOver = Mutex(false)
    let seen = Mutex<Set<String>>([])
    let address = "127.0.0.2"
    let looking = try JoinableThread { [port] in
      while !isOver.withLock({ $0 }) {
        guard
          let reply = try? TCPClient.exchange(
            "GET /no-such-page HTTP/1.1\r\nHost: \(address)\r\n\r\n", port: port, at: address)
        else { continue }
        seen.withLock { _ = $0.insert(String(reply.dropFirst("HTTP/1.1 ".count).prefix(3))) }
      }
    }
    for (reloads, host) in ["0.0.0.0", "127.0.0.1", "0.0.0.0"].enumerated() {
      try configure(host == "0.0.0.0" ? ["password_file": scene.directory + "/password"] : [:], host: host)
      kill(daemon.pid, SIGHUP)
      #expect(eventually { log.components(separatedBy: "msg=reloaded").count == reloads + 2 }, "\(log)")
    }
    #expect(eventually { seen.withLock { $0.contains("401") } })
    isOver.withLock { $0 = true }
    looking.join()
    #expect(seen.withLock { $0 }.isSubset(of: ["401", "421", "503", ""]), "\(seen.withLock { $0 })")
  }

  @Test func aPasswordThatIsNoneLetsNobodyThrough() throws {
    defer { registry.stop() }
    try configure(["password_file": scene.directory + "/password"])
    for text in ["", "\n", "  ", "a\nb"] {
      try text.write(toFile: scene.directory + "/password", atomically: true, encoding: .utf8)
      let check = try scene.run(["config", "check", scene.config])
      #expect(
        check.status == 78 && check.stderr.contains("\"password_file\": \(scene.directory)/password cannot be used"))
    }
    let daemon = try readyDaemon()
    defer { daemon.terminate() }
    #expect(status(try get("/no-such-page", "Basic Og==")) == "503")
    #expect(log.contains("password cannot be used"))
    try Self.password.write(toFile: scene.directory + "/password", atomically: true, encoding: .utf8)
    #expect(status(try get("/no-such-page", "Bearer \(Self.password)")) == "404", "it is read again")
  }
}
