import Foundation
import Glibc
import TestSupport
import Testing

/// What the log says of a start, a reload and a stop: what it is that has started, on what, and what came and went.
@Suite struct StartWordsTests {
  private let registry: FakeRegistry
  private let scene: Scene

  init() throws {
    registry = try FakeRegistry()
    for name in ["app", "more"] { registry.put(FakeRegistryImage("first"), in: name, tag: "stable") }
    scene = try Scene(watch: ["\(registry.authority)/app:stable", "\(registry.authority)/none:stable"])
  }

  private func lines(_ message: String) -> [String] {
    WatcherBinary.text(scene.stderr).split(separator: "\n").map(String.init).filter { $0.contains("msg=\(message)") }
  }

  private func hangUp(_ daemon: Child) {
    let before = lines("reloaded").count
    kill(daemon.pid, SIGHUP)
    #expect(eventually { lines("reloaded").count > before })
  }

  @Test func aStartNamesWhatItIs() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    #expect(eventually { lines("first_pass").count == 1 })
    let started = try #require(lines("started").first)
    for field in ["config=\(scene.config)", "database=\(scene.database)", "sinks=2", "tags=2"] {
      #expect(started.contains(" \(field)"), "\(started)")
    }
    #expect(started.contains(/version=\d+\.\d+\.\d+/) && !started.contains("note="))
    #expect(lines("database_created").first?.contains("level=warning") == true)
    #expect(lines("first_pass").first?.contains("failed=1") == true)
    #expect(lines("first_pass").first?.contains("1 tag recorded for the first time; 1 failed") == true)
    daemon.terminate()
    #expect(try daemon.finish() == 0)
    #expect(lines("stopped").first?.hasSuffix("signal=SIGTERM") == true)

    let again = try scene.daemon()
    #expect(eventually { lines("started").count == 2 })
    kill(again.pid, SIGINT)
    #expect(try again.finish() == 0)
    #expect(lines("stopped").last?.hasSuffix("signal=SIGINT") == true)
    #expect(lines("database_created").count == 1 && lines("first_pass").count == 1, "nothing is new")
  }

  /// A start that ends before it has said so leaves it to the next one.
  @Test func aDatabaseIsNewUntilADaemonHasSaidSo() throws {
    defer { registry.stop() }
    try scene.configure(watch: [])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    for _ in 1...2 {
      let daemon = try scene.daemon()
      #expect(eventually { (try? scene.run(["health"]))?.status == 0 })
      daemon.terminate()
      #expect(try daemon.finish() == 0)
    }
    #expect(lines("started").count == 2 && lines("database_created").count == 1)
  }

  @Test func anEmptyWatchlistIsSaidInWords() throws {
    defer { registry.stop() }
    try scene.configure(watch: [])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { lines("started").first?.contains("nothing is watched: name tags in \\\"watch\\\"") == true })
  }

  @Test func aReloadSaysWhatCameAndWent() throws {
    defer { registry.stop() }
    func file(_ name: String) -> [String: Any] { ["type": "file", "path": "\(scene.directory)/\(name).jsonl"] }
    let watch = ["\(registry.authority)/app:stable", "\(registry.authority)/none:stable"]
    let open = Scene.webhook(to: "http://192.0.2.1:9/")
    let mail: [String: Any] = [
      "type": "email", "server": "smtp://192.0.2.1", "from": "w@example.org", "to": ["o@example.org"],
      "allow_http": true,
    ]
    try scene.configure(watch: watch, sinks: ["side": file("side"), "old": file("old"), "open": open, "mail": mail])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { lines("first_pass").count == 1 })
    try scene.configure(
      watch: [watch[0], "\(registry.authority)/more:stable"],
      sinks: ["side": file("other"), "new": file("new"), "open": open, "mail": mail])
    hangUp(daemon)
    let reloaded = try #require(lines("reloaded").last)
    for field in [
      "tags=2", "tags_added=1", "tags_removed=1", "sinks=6", "sinks_added=1", "sinks_removed=1", "sinks_changed=1",
    ] { #expect(reloaded.contains(" \(field)"), "\(reloaded)") }
    #expect(eventually { lines("first_pass").last?.contains("1 tag recorded for the first time\"") == true })

    // Another database is warned of; putting the one that is open back is not.
    let sound = WatcherBinary.text(scene.config)
    try sound.replacing("watcher.db", with: "other.db").write(toFile: scene.config, atomically: true, encoding: .utf8)
    hangUp(daemon)
    #expect(lines("database_stays").count == 1)
    try sound.write(toFile: scene.config, atomically: true, encoding: .utf8)
    hangUp(daemon)
    #expect(lines("database_stays").count == 1)
    #expect(lines("reloaded").last?.contains("tags_added=0 tags_removed=0") == true)
    #expect(lines("webhook_unencrypted").count == 1, "it is the same all the time")
    #expect(lines("mail_unencrypted").count == 1)
  }

  /// Whoever starts it by hand reads what happens; programs get the documents.
  @Test func onATerminalEventsAreText() throws {
    defer { registry.stop() }
    try scene.configure(watch: ["\(registry.authority)/app:stable"])
    let terminal = scene.directory + "/terminal"
    let daemon = try Child(
      "script",
      [
        "--quiet", "--return", "--command", "exec \(WatcherBinary.path) run --config \(scene.config) 2>\(scene.stderr)",
        "/dev/null",
      ], environment: ["PATH": "/usr/bin:/bin", "HOME": scene.directory, "NO_COLOR": "1"], stdout: terminal)
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(eventually { WatcherBinary.text(terminal).contains("\n") }, "it is told")
    let shown = WatcherBinary.text(terminal)
    #expect(shown.contains(/^ +2 .* image changed +127\.0\.0\.1:\d+\/app:stable\r\n    .* content\b/), "\(shown)")
    #expect(!shown.contains("{"))
    // Also by a sink that a reload has made.
    try scene.configure(watch: ["\(registry.authority)/app:stable"], sinks: ["more": ["type": "stdout"]])
    let process = try #require(try scene.json(["status", "--json"])["daemon"] as? [String: Any])
    kill(pid_t(try #require(process["pid"] as? Int)), SIGHUP)
    #expect(eventually { lines("reloaded").last?.contains("sinks_added=1") == true })
    registry.put(FakeRegistryImage("third"), in: "app", tag: "stable")
    let third = /^ +3 .* image changed\b/.anchorsMatchLineEndings()
    #expect(eventually { WatcherBinary.text(terminal).matches(of: third).count == 2 })
    // The same event, where a program reads.
    #expect(eventually { scene.eventLines().count == 3 })
    #expect(scene.eventLines().dropFirst().first?.hasPrefix(#"{"specversion":"1.0""#) == true)
  }

  @Test func checkSaysThatItHasBegunADatabase() throws {
    defer { registry.stop() }
    let first = try scene.run(["check", "--config", scene.config])
    #expect(
      first.stderr.contains("watcher: warning: there was no database, and a new one is begun (\(scene.database))"))
    #expect(try !scene.run(["check", "--config", scene.config]).stderr.contains("a new one is begun"))
  }
}
