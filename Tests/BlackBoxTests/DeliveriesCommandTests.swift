import Foundation
import Glibc
import TestSupport
import Testing

/// `watcher deliveries` and `watcher sinks list`, with a file sink that cannot write at first.
@Suite struct DeliveriesCommandTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  /// Two events wait for the sink `all`.
  init() throws {
    registry = try FakeRegistry()
    registry.put(FakeRegistryImage("first"), in: "app", tag: "stable")
    image = "\(registry.authority)/app:stable"
    scene = try Scene(watch: [image], interval: "1h")
    try FileManager.default.createDirectory(atPath: scene.events, withIntermediateDirectories: false)
    _ = try scene.run(["check", "--config", scene.config])
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    _ = try scene.run(["check", "--config", scene.config])
  }

  private func deliveries(_ options: [String] = []) throws -> [[String: Any]] {
    try scene.json(["deliveries", "list", "--json"] + options)["deliveries"] as? [[String: Any]] ?? []
  }

  private func change(_ sql: String) throws {
    let output = "\(scene.directory)/sqlite.out"
    let child = try Child(
      "sqlite3", [scene.database, sql], environment: ["PATH": "/usr/bin:/bin"], stdout: output, stderr: output)
    #expect(try child.finish() == 0, "\(WatcherBinary.text(output))")
  }

  @Test func listShowsWhatWaitsAndWhy() throws {
    defer { registry.stop() }
    let waiting = try deliveries()
    #expect(waiting.map { $0["sequence"] as? String } == ["000000000001", "000000000002"])
    #expect(waiting.allSatisfy { $0["sink"] as? String == "all" && $0["state"] as? String == "waiting" })
    #expect(waiting.map { $0["tag"] as? String } == [image, image])
    #expect(waiting[1]["type"] as? String == "watcher.image.changed")
    #expect(try scene.sql("SELECT id FROM event WHERE sequence = 2") == [waiting[1]["id"] as? String])
    #expect((waiting[0]["last_error"] as? String)?.isEmpty == false)
    #expect(try deliveries(["2"]).count == 1)
    #expect(try deliveries(["--failed"]).isEmpty)
    #expect(try scene.run(["deliveries", "list"]).stdout.contains("  all   waiting  "))
    for arguments in [["list", "--sink", "none"], ["list", "77"], ["retry", "--sink", "none"], ["drop", "no-id"]] {
      let outcome = try scene.run(["deliveries"] + arguments)
      #expect(outcome.status == 66, "\(arguments)")
      #expect(outcome.stderr.hasPrefix("watcher: error: no such "), "\(outcome.stderr)")
    }
  }

  @Test func retryMakesFailedOnesArriveAndInOrder() throws {
    defer { registry.stop() }
    try change("UPDATE delivery SET state = 'failed', attempts = 10 WHERE sink = 'all'")
    try FileManager.default.removeItem(atPath: scene.events)
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    #expect(!FileManager.default.fileExists(atPath: scene.events), "they rest")
    let retried = try scene.run(["deliveries", "retry", "--sink", "all"])
    #expect(retried.status == 0)
    #expect(retried.stdout.hasPrefix("2 deliveries due at once"))
    #expect(try deliveries().map { $0["attempts"] as? Int } == [0, 0])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    #expect(WatcherBinary.text(scene.events) == (try scene.run(["events", "--json"]).stdout))
    #expect(scene.eventLines().count == 2)
    let nothing = try scene.run(["deliveries", "retry", "--all"])
    #expect(nothing.status == 66)
    #expect(nothing.stdout.isEmpty)
    #expect(nothing.stderr.hasPrefix("watcher: error: nothing was changed ("))
  }

  @Test func retryEnablesASinkThatIsNamed() throws {
    defer { registry.stop() }
    try change("UPDATE sink SET state = 'disabled' WHERE name = 'all'")
    let state = { try scene.sql("SELECT state FROM sink WHERE name = 'all'") }
    try change("UPDATE delivery SET state = 'failed' WHERE sink = 'all'")
    let unnamed = try scene.run(["deliveries", "retry", "--all", "--json"])
    #expect(unnamed.stdout == #"{"retried":2,"enabled":[]}"# + "\n")
    let warning = "nothing is sent to a disabled sink (all): 'watcher deliveries retry --sink all' enables it"
    #expect(unnamed.stderr == "watcher: warning: \(warning)\n")
    #expect(try state() == ["disabled"])
    let named = try scene.run(["deliveries", "retry", "--sink", "all", "--json"])
    #expect(named.stdout.hasSuffix(#""enabled":["all"]}"# + "\n"), "\(named.stdout)")
    #expect(named.stderr.isEmpty)
    #expect(try state() == ["ok"])
  }

  @Test func dropForgetsThemAndKeepsTheEvents() throws {
    defer { registry.stop() }
    #expect(try scene.run(["deliveries", "drop"]).status == 64, "all of them only by --all")
    #expect(try scene.run(["deliveries", "drop", "1"]).stdout == "dropped 1 delivery\n")
    #expect(try deliveries().map { $0["sequence"] as? String } == ["000000000002"])
    #expect(try scene.run(["deliveries", "drop", "--all", "--json"]).stdout == #"{"dropped":1}"# + "\n")
    #expect(try scene.run(["deliveries", "drop", "--all"]).status == 66)
    #expect(try deliveries().isEmpty)
    #expect(try scene.run(["events", "--json"]).stdout.split(separator: "\n").count == 2)
    #expect(try scene.history(image).count == 2)
  }

  @Test func besideADaemonTheyAreListedAndDropped() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]).status) == 0 })
    #expect(try deliveries().count == 2, "a query needs no lock")
    #expect(try scene.run(["deliveries", "drop", "2"]).stdout == "dropped 1 delivery\n")
    #expect(try deliveries().count == 1)
    daemon.terminate()
    try daemon.finish()
    #expect(try scene.run(["deliveries", "drop", "--all"]).status == 0)
  }

  @Test func withoutADatabaseNoneIsMade() throws {
    defer { registry.stop() }
    let path = "\(scene.directory)/other.db"
    for arguments in [["list"], ["retry", "--all"], ["drop", "--all"]] {
      #expect(try scene.run(["deliveries"] + arguments + ["--database", path]).status == 66, "\(arguments)")
    }
    #expect(access(path, F_OK) != 0 && access(path + ".lock", F_OK) != 0)
  }

  @Test func sinksAreThoseOfTheConfigurationAsTheDatabaseKnowsThem() throws {
    defer { registry.stop() }
    let sinks = { (options: [String]) in
      try scene.json(["sinks", "list", "--json", "--config", scene.config] + options)["sinks"] as? [[String: Any]] ?? []
    }
    let known = try sinks([])
    let all = try #require(known.first { $0["name"] as? String == "all" })
    #expect(all["waiting"] as? Int == 2 && all["failed"] as? Int == 0)
    #expect(all["oldest_waiting"] is String)
    let status = try scene.json(["status", "--json"])["sinks"] as? [[String: Any]] ?? []
    #expect(known as NSArray == status as NSArray)
    #expect(try sinks(["all"]).count == 1)
    let unused = try sinks(["--database", "\(scene.directory)/other.db"])
    #expect(unused.map { $0["waiting"] as? Int } == [0, 0])
    #expect(try scene.run(["sinks", "list", "none", "--config", scene.config]).status == 66)
    #expect(try scene.run(["sinks", "list", "--config", "/nowhere"]).status == 78)
  }
}
