import Foundation
import Glibc
import TestSupport
import Testing

/// What `config check` makes of what it has found: how much of it is shown, in which order, and what it is worth.
@Suite struct ConfigCheckFindingsTests {
  private let scene: Scene

  init() throws { scene = try Scene(watch: []) }

  private func check() throws -> WatcherBinary.Outcome { try scene.run(["config", "check", "--config", scene.config]) }

  /// So many registries, each without its password.
  private func configure(registries: Int, watched: Bool = true) throws {
    let hosts = (0..<registries).map { "127.0.0.\($0 + 1):1" }
    let settings = ["username": "u", "password_file": scene.directory + "/none"]
    let document: [String: Any] = [
      "database": scene.database, "watch": watched ? hosts.map { $0 + "/app" } : [],
      "registries": Dictionary(uniqueKeysWithValues: hosts.map { ($0, settings) }),
    ]
    try JSONSerialization.data(withJSONObject: document, options: .sortedKeys).write(to: URL(filePath: scene.config))
  }

  @Test func whatIsAlikeIsToldOnce() throws {
    try configure(registries: 40)
    let told = try check().stderr.split(separator: "\n")
    #expect(told.count { $0.contains("error: \"password_file\": ") } == 10, "\(told)")
    #expect(told.contains { $0.hasPrefix("and 30 more like that at ") })
  }

  @Test func theLogHasTheFirstOfThem() throws {
    try configure(registries: 25)
    #expect(try check().stderr.split(separator: "\n").count { $0.contains("error: \"password_file\": ") } == 25)
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    func lines() -> [Substring] {
      WatcherBinary.text(scene.stderr).split(separator: "\n").filter { $0.contains("msg=configuration_problem") }
    }
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("msg=started") })
    #expect(lines().count == 21)
    #expect(lines().last?.contains("and 5 more: 'watcher config check' lists all") == true)
  }

  /// All that is watched works.
  @Test func whatNothingIsWatchedWithIsNoMoreThanDoubtful() throws {
    try configure(registries: 1, watched: false)
    let outcome = try check()
    #expect(outcome.status == 0 && outcome.stdout.contains(": valid: 0 tags"), "\(outcome.stderr)")
    #expect(outcome.stderr.contains(/warning: "password_file": .* cannot be used: No such file/), "\(outcome.stderr)")
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("msg=started") })
    let log = WatcherBinary.text(scene.stderr).split(separator: "\n").filter {
      $0.contains("msg=configuration_problem")
    }
    #expect(log.count == 1 && log.first?.contains("level=warning") == true, "\(log)")
  }

  /// Whatever looks for it: a person goes through the file from its beginning.
  @Test func whatIsFoundIsToldInTheOrderOfTheFile() throws {
    let none = scene.directory + "/none"
    let lines = [
      #"{"http": {"pages": false, "listen": "192.0.2.1:9470"},"#,
      #" "registries": {"127.0.0.1:1": {"token_file": "\#(none)"}},"#,
      #" "watch": ["169.254.169.254/a:1", "127.0.0.1:1/b"],"#,
      #" "sinks": {"a": {"type": "file", "path": "\#(none)/e"},"#,
      #"  "b": {"type": "webhook", "url": "https://127.0.0.1:1/", "secret_file": "\#(none)"},"#,
      #"  "c": {"type": "file", "path": "\#(scene.database)"}}, "database": "\#(scene.database)"}"#,
    ]
    try lines.joined(separator: "\n").write(toFile: scene.config, atomically: true, encoding: .utf8)
    let places = try check().stderr.matches(of: #/config\.json:(\d):\d+: error: /#).map(\.output.1)
    #expect(places == ["1", "2", "3", "4", "5", "6"])
  }

  // MARK: The port

  @Test(arguments: ["0.0.0.0", "localhost"]) func theDaemonTakesItsPortToAnotherAddress(host: String) throws {
    let port = try scene.listen()
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]))?.status == 0 })
    _ = try scene.listen(host: host, port: port)
    #expect(try check().status == 0)
    daemon.signal(SIGHUP)
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("msg=reloaded") }, "so does the daemon")
    let next = try scene.listen()
    daemon.signal(SIGHUP)
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("msg=http_listening address=127.0.0.1:\(next)") })
    #expect(try eventually { try check().status == 0 }, "the port that it has moved to is its own")
  }

  /// A daemon has listened there once, and somebody else writes to the database.
  @Test func aCommandListensNowhere() throws {
    let daemon = try scene.daemon()
    #expect(eventually { (try? scene.run(["health"]))?.status == 0 })
    daemon.terminate()
    #expect(try daemon.finish() == 0)
    let other = try LoopbackServer { _ in ScriptedResponse(200) }
    defer { other.stop() }
    let port = try scene.listen(port: other.port)
    try scene.change("UPDATE meta SET value = '127.0.0.1:\(port)' WHERE key = 'listen'")
    try "1\n".write(toFile: scene.database + ".lock", atomically: false, encoding: .utf8)
    let lock = open(scene.database + ".lock", O_RDWR | O_CLOEXEC)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    let outcome = try check()
    #expect(outcome.status == 78 && outcome.stderr.contains("Address already in use"), "\(outcome.stderr)")
  }
}
