import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

/// SIGHUP takes over all of a new configuration, or nothing.
@Suite struct ConfigReloadTests {
  private let registry: FakeRegistry
  private let scene: Scene

  init() throws {
    registry = try FakeRegistry()
    for name in ["app", "more"] { registry.put(FakeRegistryImage("first"), in: name, tag: "stable") }
    scene = try Scene(watch: ["\(registry.authority)/app:stable"])
  }

  private func image(_ name: String) -> String { "\(registry.authority)/\(name):stable" }

  @Test func tagsComeAndGoAndThoseThatStayKeepTheirPhase() throws {
    defer { registry.stop() }
    try scene.configure(watch: [image("app")], interval: "1h")
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })

    try scene.configure(watch: [image("app"), image("more")], interval: "1h")
    hangUp(daemon)
    #expect(eventually { (try? scene.history(image("more")))?.count == 1 }, "a new tag is polled at once")
    #expect(polls("app") == 1, "one that stays is not polled because of a reload")

    try scene.configure(watch: [image("more")], interval: "10s")
    hangUp(daemon)
    #expect(eventually { polls("more") >= 2 }, "the new interval holds")
    #expect(polls("app") == 1)
    #expect(try scene.history(image("app")).count == 1, "history is kept")
    #expect(try scene.sql("SELECT count(*) FROM tag WHERE watched = 1") == ["1"])
  }

  @Test func aBrokenConfigurationChangesNothingAndIsTold() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    try "{\n  \"watch\": [\"A:b\"],\n  \"intervall\": 3\n}\n".write(
      toFile: scene.config, atomically: true, encoding: .utf8)
    hangUp(daemon)
    #expect(eventually { log().contains("msg=reload_failed") })
    #expect(log().contains("msg=configuration_problem"))
    #expect(log().contains("\(scene.config):2:13: error: "))
    #expect(log().contains("\(scene.config):3:3: error: "))
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(eventually { scene.eventLines().count == 2 }, "polling goes on as before")
    #expect(daemon.isRunning)
  }

  @Test func aSinkThatCannotBeUsedKeepsAllOfTheOld() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    try scene.configure(
      watch: [image("more")],
      sinks: ["hook": ["type": "webhook", "url": "https://192.0.2.1/", "secret_file": "/nonexistent/secret"]])
    hangUp(daemon)
    #expect(eventually { log().contains("msg=reload_failed") })
    let place = try #require(log().firstMatch(of: /config\.json:(\d+):(\d+): .*secret_file/))
    let line = WatcherBinary.text(scene.config).split(separator: "\n", omittingEmptySubsequences: false)[
      try #require(Int(place.1)) - 1]
    #expect(line.dropFirst(try #require(Int(place.2)) - 1).hasPrefix(#""\/nonexistent\/secret""#))
    #expect(try scene.sql("SELECT repository FROM tag WHERE watched = 1") == ["app"])
    #expect(try scene.sql("SELECT name FROM sink WHERE state = 'ok' ORDER BY name") == ["all", "out"])
  }

  @Test func aRegistryWithoutItsPasswordIsTakenOverAndToldWithItsPlace() throws {
    defer { registry.stop() }
    try edit {
      $0["watch"] = [image("app"), "127.0.0.1:1/app"]
      $0["registries"] = ["127.0.0.1:1": ["username": "u", "password_file": "/nonexistent/password"]]
    }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    let told = /config\.json:\d+:\d+: error: \\"password_file\\": \/nonexistent\/password cannot be used: No such file/
    func lines() -> [Substring] {
      log().split(separator: "\n").filter { $0.contains("level=error msg=configuration_problem") && $0.contains(told) }
    }
    #expect(lines().count == 1)
    hangUp(daemon)
    #expect(eventually { log().contains("msg=reloaded") })
    #expect(eventually { lines().count == 2 })
  }

  @Test func sinksAreExchanged() throws {
    defer { registry.stop() }
    let other = scene.directory + "/other.jsonl"
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.eventLines().count == 1 })
    try edit { document in
      var sinks = document["sinks"] as? [String: Any] ?? [:]
      sinks["all"] = ["type": "file", "path": other, "events": ["*"]]
      document["sinks"] = sinks
    }
    hangUp(daemon)
    #expect(eventually { log().contains("msg=reloaded") })
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(eventually { WatcherBinary.text(other).hasSuffix("\n") })
    #expect(scene.eventLines().count == 1, "the old file gets nothing any more")
    #expect(eventually { WatcherBinary.text(scene.stdout).hasSuffix("\n") }, "a sink that stays goes on")
  }

  @Test func theLevelOfTheLogChanges() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.eventLines().count == 1 })
    #expect(!log().contains("level=debug"))
    try edit { document in
      document["log"] = ["level": "debug", "format": "json"]
      document["watch"] = [image("app"), image("more")]
    }
    hangUp(daemon)
    #expect(eventually { log().contains(#""level":"debug","msg":"event_recorded""#) })
  }

  /// A thousand reloads in a minute, while the tag moves: nothing leaks, no poll is lost, and the last one wins.
  @Test func aStormOfReloadsLeaksNothingAndLosesNothing() throws {
    defer { registry.stop() }
    let count = Int(ProcessInfo.processInfo.environment["WATCHER_RELOADS"] ?? "") ?? 1_000
    let hook = try LoopbackServer { _ in ScriptedResponse(200) }
    defer { hook.stop() }
    func configure(_ round: Int) throws {
      try scene.configure(
        watch: [image("app")] + (round % 2 == 0 ? [image("more")] : []),
        sinks: [
          "hook": Scene.webhook(to: "\(hook.origin)/\(round % 3)"),
          "side": ["type": "file", "path": "\(scene.directory)/side\(round % 4).jsonl"],
        ])
    }
    try configure(0)
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.sql("SELECT count(*) FROM snapshot")) == ["2"] })
    var before: (files: Int, threads: Int, megabytes: Int) = (0, 0, 0)
    for round in 1...count {
      try configure(round)
      hangUp(daemon)
      if round % 50 == 0 { registry.put(FakeRegistryImage("image \(round)"), in: "app", tag: "stable") }
      #expect(eventually { reloads() >= round / 4 }, "reloads keep up, some of them for several signals")
      if round == count / 4 { before = resources(daemon) }
    }
    let last = registry.put(FakeRegistryImage("the last"), in: "app", tag: "stable")
    try configure(1)
    hangUp(daemon)
    #expect(
      eventually { (try? scene.sql("SELECT repository FROM tag WHERE watched = 1")) == ["app"] }, "the last one wins")
    let current =
      "SELECT s.digest FROM snapshot s JOIN tag t ON t.id = s.tag_id WHERE t.repository = 'app' ORDER BY s.id"
    #expect(eventually { (try? scene.sql(current))?.last == last.description })
    #expect(
      eventually { (try? scene.sql("SELECT count(*) FROM delivery WHERE state <> 'delivered'")) == ["0"] },
      "everything recorded reaches its sinks")
    #expect(eventually { resources(daemon).files <= before.files + 4 }, "\(resources(daemon)) after \(before)")
    #expect(resources(daemon).threads <= before.threads + 4, "\(resources(daemon)) after \(before)")
    #expect(resources(daemon).megabytes <= before.megabytes + 24, "\(resources(daemon)) after \(before)")
    daemon.terminate()
    let status = try daemon.finish()
    #expect(status == 0)
  }

  private func edit(_ change: (inout [String: Any]) -> Void) throws {
    var document = try object(WatcherBinary.text(scene.config))
    change(&document)
    try JSONSerialization.data(withJSONObject: document).write(to: URL(fileURLWithPath: scene.config))
  }

  private func hangUp(_ daemon: Child) { daemon.signal(SIGHUP) }

  private func log() -> String { WatcherBinary.text(scene.stderr) }

  private func reloads() -> Int { log().components(separatedBy: "msg=reloaded").count - 1 }

  private func polls(_ name: String) -> Int {
    registry.requests.filter { $0.method == "HEAD" && $0.path == "/v2/\(name)/manifests/stable" }.count
  }

  private func resources(_ daemon: Child) -> (files: Int, threads: Int, megabytes: Int) {
    let folder = "/proc/\(daemon.pid)"
    func count(_ name: String) -> Int {
      (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)").count) ?? 0
    }
    let resident = WatcherBinary.text("\(folder)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    let kilobytes = resident?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return (count("fd"), count("task"), kilobytes / 1024)
  }
}
