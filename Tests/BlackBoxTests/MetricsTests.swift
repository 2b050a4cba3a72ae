import Foundation
import Glibc
import TestSupport
import Testing

/// `http.listen` of a daemon that works.
@Suite struct MetricsTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag(interval: "1h") }

  private func page(_ path: String = "/metrics", _ port: Int) throws -> String {
    try #require(try TCPClient.get(path, port: port))
  }

  private func isReady(_ port: Int) -> Bool { (try? page("/-/ready", port))?.hasPrefix("HTTP/1.1 200 ") == true }

  private func readyDaemon(_ port: Int) throws -> Child {
    let daemon = try scene.daemon()
    #expect(eventually { isReady(port) })
    return daemon
  }

  private func value(_ series: String, _ port: Int) throws -> Double? {
    try page("/metrics", port).split(separator: "\n").first { $0.hasPrefix(series + " ") }
      .flatMap { Double($0.dropFirst(series.count + 1)) }
  }

  @Test func whatTheDaemonDoesIsCounted() throws {
    defer { registry.stop() }
    let port = try scene.listen()
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() && (try? scene.run(["health"]).status) == 0 })
    let label = "registry=\"\(registry.authority)\""
    #expect(try value("watcher_tags_watched{\(label)}", port) == 1)
    #expect(try value("watcher_polls_total{\(label)}", port) == 1)
    let firstSight = "watcher_changes_total{\(label),type=\"tag.first_seen\",rollback=\"false\"}"
    #expect(try value(firstSight, port) == 1)
    let changed = "watcher_changes_total{\(label),type=\"image.changed\",rollback=\"false\"}"
    let rollback = "watcher_changes_total{\(label),type=\"image.changed\",rollback=\"true\"}"
    #expect(try value(changed, port) == 0 && value(rollback, port) == 0)
    for name in ["second", "first"] {
      registry.put(FakeRegistryImage(name), in: "app", tag: "stable")
      #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    }
    #expect(try value(changed, port) == 1 && value(rollback, port) == 1)
    #expect(try eventually { try value("watcher_events_delivered_total{sink=\"all\"}", port) == 3 })
    #expect(try value("watcher_delivery_failures_total{sink=\"all\"}", port) == 0)
    let before = try #require(try value("watcher_last_successful_poll_timestamp_seconds{\(label)}", port))
    #expect(abs(before - Date().timeIntervalSince1970) < 60)
    registry.setOutage(503)
    #expect(try scene.run(["check", "--config", scene.config]).status == 2)
    #expect(try value("watcher_poll_failures_total{\(label),reason=\"server\"}", port) == 1)
    #expect(try value("watcher_poll_duration_seconds_count{\(label)}", port) == 4)
    #expect(try value("watcher_log_messages_total{level=\"warning\"}", port) ?? 0 >= 1)
  }

  @Test func deliveriesThatFailAreCounted() throws {
    defer { registry.stop() }
    let hook = try LoopbackServer { _ in ScriptedResponse(500) }
    defer { hook.stop() }
    try scene.configure(
      watch: [image], interval: "1h",
      sinks: ["hook": Scene.webhook(to: hook.origin, ["events": ["*"]])])
    let port = try scene.listen()
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? value("watcher_delivery_failures_total{sink=\"hook\"}", port)) ?? 0 >= 1 })
    #expect(try value("watcher_events_delivered_total{sink=\"hook\"}", port) == 0)
  }

  @Test func pagesAreThereAndNothingElse() throws {
    defer { registry.stop() }
    let port = try scene.listen()
    try scene.set("http", ["listen": "127.0.0.1:\(port)", "pages": false])
    let daemon = try readyDaemon(port)
    defer { daemon.terminate() }
    // The first event may be on its way to the file still.
    let ready = "ready: watching 1 tag, 0 failing, 0 deliveries waiting\n"
    #expect(try eventually { try page("/-/ready", port).hasSuffix(ready) })
    #expect(try page("/-/healthy", port).hasSuffix("\r\n\r\nhealthy\n"))
    #expect(try page("/metrics", port).contains("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
    for path in ["/", "/metrics/", "/-/", "/../etc/passwd"] {
      #expect(try page(path, port).hasPrefix("HTTP/1.1 404 "), "\(path)")
    }
  }

  @Test func aReloadMovesTheEndpointOrLeavesItWhereItIs() throws {
    defer { registry.stop() }
    let first = try scene.listen()
    let daemon = try readyDaemon(first)
    defer { daemon.terminate() }
    let taken = try LoopbackServer { _ in ScriptedResponse(200) }
    defer { taken.stop() }
    let sound = WatcherBinary.text(scene.config)
    try sound.replacingOccurrences(of: ":\(first)\"", with: ":\(taken.port)\"")
      .write(toFile: scene.config, atomically: true, encoding: .utf8)
    kill(daemon.pid, SIGHUP)
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("msg=reload_failed") })
    #expect(WatcherBinary.text(scene.stderr).contains("Address already in use"))
    #expect(try value("watcher_config_last_reload_successful", first) == 0)
    let second = try scene.listen()
    kill(daemon.pid, SIGHUP)
    #expect(eventually { (try? value("watcher_config_last_reload_successful", second)) == 1 })
    #expect(eventually { (try? TCPClient(port: first)) == nil })
    try scene.configure(watch: [image], interval: "1h")
    kill(daemon.pid, SIGHUP)
    #expect(eventually { (try? TCPClient(port: second)) == nil })
    #expect(daemon.isRunning)
  }

  @Test func aReloadOpensThePortToOthersAndClosesItAgain() throws {
    defer { registry.stop() }
    let port = try scene.listen()
    let daemon = try readyDaemon(port)
    defer { daemon.terminate() }
    for (reloads, host) in ["0.0.0.0", "127.0.0.1"].enumerated() {
      _ = try scene.listen(host: host, port: port)
      kill(daemon.pid, SIGHUP)
      let log = { WatcherBinary.text(scene.stderr) }
      #expect(eventually { log().components(separatedBy: "msg=reloaded").count == reloads + 2 }, "\(log())")
      #expect(log().contains("msg=http_listening address=\(host):\(port)"))
      #expect(try value("watcher_config_last_reload_successful", port) == 1)
    }
    #expect(WatcherBinary.text(scene.stderr).components(separatedBy: "msg=http_open").count == 2)
  }

  @Test func aPortThatIsTakenIsToldAtTheStart() throws {
    defer { registry.stop() }
    let port = try scene.listen()
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { isReady(port) })
    let other = try scene.binary.run(["run", "--config", scene.config, "--database", scene.directory + "/other.db"])
    #expect(other.status == 73)
    #expect(
      other.stderr.contains(
        "cannot listen (http.listen 127.0.0.1:\(port): Address already in use): name a port that is free\n"))
    #expect(other.stderr.components(separatedBy: "cannot listen").count == 2, "once")
  }

  /// More than there is room for, of which none says what it wants: they are gone after five seconds, and until then
  /// neither descriptors nor memory grow with them.
  @Test func slowClientsAreBoundedAndDropped() throws {
    defer { registry.stop() }
    let port = try scene.listen()
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { isReady(port) && scene.isBaselineRecorded() })
    let before = try descriptors(daemon)
    let memory = try residentKilobytes(daemon)
    var clients: [TCPClient] = []
    for _ in 0..<200 {
      let client = try TCPClient(port: port)
      client.send("GET /metrics HTTP/1.1\r\nX-")
      clients.append(client)
    }
    #expect(try descriptors(daemon) <= before + 20)
    // Sixteen times a request and a page are less than a megabyte; allocators take more at a time.
    #expect(try residentKilobytes(daemon) <= memory + 8_000)
    #expect(
      eventually(within: 20) {
        for client in clients { client.send("a") }
        return isReady(port)
      })
    #expect(try scene.run(["health"]).status == 0)
    clients = []
    #expect(try eventually { try descriptors(daemon) <= before + 2 })
  }

  @Test(
    .enabled(if: access("/usr/bin/promtool", X_OK) == 0, "there is no promtool (Debian's package prometheus has it)"))
  func promtoolHasNothingToSay() throws {
    defer { registry.stop() }
    let port = try scene.listen()
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() && isReady(port) })
    let text = try #require(try page("/metrics", port).components(separatedBy: "\r\n\r\n").last)
    let file = scene.directory + "/page"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    let words = scene.directory + "/words"
    let status = try Child("promtool", ["check", "metrics"], stdin: file, stdout: words, stderr: words).finish()
    #expect(status == 0 && WatcherBinary.text(words).isEmpty, "\(WatcherBinary.text(words))")
  }

  private func residentKilobytes(_ daemon: Child) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(daemon.pid)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
  }

  private func descriptors(_ daemon: Child) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.pid)/fd").count
  }
}
