import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// The control socket: what commands ask of a daemon that runs.
@Suite struct ControlTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String
  private var socket: String { scene.directory + "/control.sock" }

  init() throws { (registry, image, scene) = try Scene.ofOneTag(interval: "1h") }

  @Test func healthSaysWhetherTheDaemonWorks() throws {
    defer { registry.stop() }
    let before = try scene.run(["health"])
    #expect(before.status == 69)
    #expect(before.stderr.hasPrefix("watcher: error: no daemon answers for \(scene.database) ("))
    let daemon = try scene.daemon()
    #expect(eventually { access(socket, F_OK) == 0 })
    let outcome = try scene.run(["health"])
    #expect(outcome.status == 0, "\(outcome.stderr)")
    #expect(outcome.stdout.hasPrefix("ready: watching 1 tag, 0 failing"))
    var info = stat()
    #expect(stat(socket, &info) == 0 && info.st_mode & 0o7777 == 0o660)
    #expect(try scene.binary.run(["health", "--database", scene.directory + "/other.db"]).status == 69)
    daemon.terminate()
    try daemon.finish()
    #expect(access(socket, F_OK) != 0, "the socket goes with the daemon")
    #expect(try scene.run(["health"]).status == 69)
  }

  /// The daemon goes on with what it has, and is asked all the same.
  @Test func healthDoesNotNeedTheConfiguration() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]).status) == 0 })
    try #"{"wacth": []}"#.write(toFile: scene.config, atomically: true, encoding: .utf8)
    let environment = ["STATE_DIRECTORY": scene.directory]
    func health(_ config: String) throws -> WatcherBinary.Outcome {
      try scene.binary.run(["health", "--config", config], environment: environment)
    }
    #expect(try health(scene.config).status == 0)
    #expect(try health("/none.json").status == 0)
    try "{".write(toFile: scene.config, atomically: true, encoding: .utf8)
    let unknown = try health(scene.config)
    #expect(unknown.status == 78 && unknown.stderr.contains("or name the database with --database"))
  }

  @Test func aDatabaseThatWasTakenAwayIsNoticed() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]).status) == 0 })
    try FileManager.default.moveItem(atPath: scene.database, toPath: scene.database + ".away")
    let outcome = try scene.run(["health"])
    #expect(outcome.status == 69)
    #expect(outcome.stderr.contains("its database was taken away or replaced (\(scene.database))"))
    try FileManager.default.moveItem(atPath: scene.database + ".away", toPath: scene.database)
    #expect(try scene.run(["health"]).status == 0)
  }

  /// One socket for two databases in a directory: the one that has it says so, and nobody takes the other for it.
  @Test func aDaemonOfAnotherDatabaseIsNotAsked() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]).status) == 0 })
    let database = scene.directory + "/other.db"
    #expect(try scene.binary.run(["check", "--config", scene.config, "--database", database]).status == 0)
    let second = try scene.binary.start(
      ["run", "--config", scene.config, "--database", database], stdout: scene.directory + "/out",
      stderr: scene.directory + "/err")
    defer { second.terminate() }
    #expect(eventually { WatcherBinary.text(scene.directory + "/err").contains("msg=control_unavailable") })
    let health = try scene.binary.run(["health", "--database", database])
    #expect(health.status == 69)
    #expect(health.stderr.hasPrefix("watcher: error: no daemon answers for \(database) ("))
    let check = try scene.binary.run(["check", "--config", scene.config, "--database", database])
    #expect(check.status == 75)
    #expect(
      check.stderr.contains(": the daemon there has another database")
        && check.stderr.contains("and process \(second.pid) holds the database (\(database).lock): stop it first"),
      "\(check.stderr)")
  }

  @Test func aSocketThatAKilledDaemonLeftIsTakenOver() throws {
    defer { registry.stop() }
    let killed = try scene.daemon()
    #expect(eventually { (try? scene.run(["health"]).status) == 0 })
    kill(killed.pid, SIGKILL)
    try killed.finish()
    #expect(access(socket, F_OK) == 0)
    #expect(try scene.run(["health"]).status == 69)
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]).status) == 0 })
  }

  @Test func deliveriesAreRetriedAndDroppedBesideTheDaemon() throws {
    defer { registry.stop() }
    // A directory stands where the file should be: nothing can be written there yet.
    try FileManager.default.createDirectory(atPath: scene.events, withIntermediateDirectories: false)
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(try eventually { try waiting() == 1 })
    let dropped = try scene.run(["deliveries", "drop", "--sink", "all", "--json"])
    #expect(dropped.status == 0, "\(dropped.stderr)")
    #expect(dropped.stdout == "{\"dropped\":1}\n")
    #expect(try waiting() == 0)
    let again = try scene.run(["deliveries", "drop", "--sink", "all"])
    #expect(again.status == 0, "nothing to do is no failure")
    #expect(again.stdout == "nothing to do: none of these waits or has failed\n")
  }

  @Test func aDisabledReceiverIsTriedAgainAtOnce() throws {
    defer { registry.stop() }
    let answers = Answers(410)
    let hook = try LoopbackServer { _ in ScriptedResponse(answers.next()) }
    defer { hook.stop() }
    try scene.configure(
      watch: [image], interval: "1h",
      sinks: ["hook": Scene.webhook(to: hook.origin, ["events": ["*"]])])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(try eventually { try scene.sql("SELECT state FROM sink WHERE name = 'hook'") == ["disabled"] })
    answers.set(200)
    let outcome = try scene.run(["deliveries", "retry", "--sink", "hook"])
    #expect(outcome.status == 0, "\(outcome.stderr)")
    #expect(outcome.stdout.hasPrefix("sink hook is enabled again\n"))
    #expect(
      try eventually(within: 20) { try scene.sql("SELECT state FROM delivery WHERE sink = 'hook'") == ["delivered"] })
  }

  @Test func whatIsNoRequestIsRefusedAndASlowPeerIsLeft() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]).status) == 0 })
    for line in ["", "{}", "null", "{\"command\":\"health\"}", String(repeating: "[", count: 2_000), "\u{0}"] {
      #expect(try exchange(line + "\n").contains("\"error\":{\"status\":64,"), "\(line.prefix(20))")
    }
    #expect(try exchange("{\"command\":\"health\",\"database\":\"/else\"}\n").contains("\"status\":69"))
    // Fills the socket's places and says nothing: each is given up after five seconds, and then there is room again.
    let silent = try (0..<40).map { _ in try LocalSocket(socket) }
    #expect(eventually(within: 20) { (try? scene.run(["health"]).status) == 0 })
    withExtendedLifetime(silent) {}
    #expect(daemon.isRunning)
  }

  @Test func withoutASocketTheDaemonWorksAllTheSame() throws {
    defer { registry.stop() }
    try Data().write(to: URL(fileURLWithPath: socket))
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    #expect(WatcherBinary.text(scene.stderr).contains("msg=control_unavailable"))
    let outcome = try scene.run(["deliveries", "retry", "--all"])
    #expect(outcome.status == 75)
    #expect(outcome.stderr.contains("and process \(daemon.pid) holds the database ("), "\(outcome.stderr)")
    #expect(FileManager.default.fileExists(atPath: socket), "a file that is no socket is left alone")
  }

  private func waiting() throws -> Int {
    try scene.sql("SELECT count(*) FROM delivery WHERE sink = 'all' AND state = 'waiting'").first.flatMap { Int($0) }
      ?? 0
  }

  private func exchange(_ text: String) throws -> String {
    let connection = try LocalSocket(socket)
    connection.send(text)
    return connection.receive()
  }
}

private final class Answers: Sendable {
  private let status: Mutex<Int>

  init(_ status: Int) { self.status = Mutex(status) }

  func set(_ status: Int) { self.status.withLock { $0 = status } }

  func next() -> Int { status.withLock { $0 } }
}
