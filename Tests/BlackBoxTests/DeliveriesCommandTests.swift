import Foundation
import Glibc
import TestSupport
import Testing

/// `watcher deliveries` and `watcher sinks list`, with a file sink that cannot write at first.
@Suite struct DeliveriesCommandTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofTwoWaitingEvents() }

  private func deliveries(_ options: [String] = []) throws -> [[String: Any]] {
    try scene.json(["deliveries", "list", "--json"] + options)["deliveries"] as? [[String: Any]] ?? []
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

  /// The oldest, and that there are more is said.
  @Test func noMoreAreListedThanAskedFor() throws {
    defer { registry.stop() }
    #expect(try deliveries(["--limit", "2"]).count == 2)
    #expect(try scene.run(["deliveries", "list", "--limit", "2"]).stderr.isEmpty)
    let one = try scene.run(["deliveries", "list", "--limit", "1", "--json"])
    #expect(
      try (object(one.stdout)["deliveries"] as? [[String: Any]])?.map { $0["sequence"] as? String } == [
        "000000000001"
      ])
    #expect(one.stderr.hasPrefix("watcher: warning: there are more than these 1: --limit shows more"))
    for limit in ["0", "-1", "100001", "x"] {
      #expect(try scene.run(["deliveries", "list", "--limit", limit]).status == 64, "\(limit)")
    }
    try scene.change(
      """
      WITH RECURSIVE n(i) AS (VALUES(10) UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
      INSERT INTO event(sequence, id, tag_id, type, time_ms, body)
        SELECT i, 'e' || i, 1, 'watcher.image.changed', 0, (SELECT body FROM event LIMIT 1) FROM n;
      INSERT INTO delivery(sink, event_sequence, tag_id, state, next_attempt_ms)
        SELECT 'all', sequence, 1, 'waiting', 0 FROM event WHERE sequence >= 10
      """)
    let many = try scene.run(["deliveries", "list", "--json"])
    #expect((try object(many.stdout)["deliveries"] as? [Any])?.count == 1_000)
    #expect(many.stderr.contains("more than these 1000"))
    #expect(try deliveries(["--limit", "100000"]).count == 1_193)
  }

  @Test func retryMakesFailedOnesArriveAndInOrder() throws {
    defer { registry.stop() }
    try scene.change("UPDATE delivery SET state = 'failed', attempts = 10 WHERE sink = 'all'")
    try FileManager.default.removeItem(atPath: scene.events)
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    #expect(!FileManager.default.fileExists(atPath: scene.events), "they rest")
    let retried = try scene.run(["deliveries", "retry", "--sink", "all"])
    #expect(retried.status == 0)
    #expect(retried.stdout.hasPrefix("2 deliveries are due at once, with all attempts to come: "))
    #expect(try deliveries().map { $0["attempts"] as? Int } == [0, 0])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    #expect(WatcherBinary.text(scene.events) == (try scene.run(["events", "--json"]).stdout))
    #expect(scene.eventLines().count == 2)
    // There is nothing left to do, which is what was wanted; of events that are named it is an error.
    for selection in [["--all"], ["--sink", "all"], ["--failed"], ["--since", "1d"]] {
      let nothing = try scene.run(["deliveries", "retry"] + selection)
      #expect(nothing.status == 0 && nothing.stderr.isEmpty, "\(selection)")
      #expect(nothing.stdout == "nothing to do: none of these has failed or was put off\n")
    }
    #expect(
      try scene.run(["deliveries", "retry", "--all", "--json"]).stdout == #"{"retried":0,"enabled":[]}"# + "\n")
    let named = try scene.run(["deliveries", "retry", "1"])
    #expect(named.status == 66 && named.stdout.isEmpty)
    #expect(named.stderr.hasPrefix("watcher: error: nothing was changed ("))
  }

  @Test func retryEnablesASinkThatIsNamed() throws {
    defer { registry.stop() }
    try scene.change("UPDATE sink SET state = 'disabled' WHERE name = 'all'")
    let state = { try scene.sql("SELECT state FROM sink WHERE name = 'all'") }
    try scene.change("UPDATE delivery SET state = 'failed' WHERE sink = 'all'")
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
    #expect(
      try scene.run(["deliveries", "drop", "1"]).stdout.hasPrefix("dropped 1 delivery: it is not sent any more, "))
    #expect(try deliveries().map { $0["sequence"] as? String } == ["000000000002"])
    #expect(try scene.run(["deliveries", "drop", "--all", "--json"]).stdout == #"{"dropped":1}"# + "\n")
    for selection in [["--all"], ["--sink", "all"], ["--failed"], ["--since", "1d"]] {
      let nothing = try scene.run(["deliveries", "drop"] + selection)
      #expect(nothing.status == 0 && nothing.stderr.isEmpty, "\(selection)")
      #expect(nothing.stdout == "nothing to do: none of these waits or has failed\n")
    }
    #expect(try scene.run(["deliveries", "drop", "--all", "--json"]).stdout == #"{"dropped":0}"# + "\n")
    #expect(try scene.run(["deliveries", "drop", "1"]).status == 66)
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
    #expect(try scene.run(["deliveries", "drop", "2"]).stdout.hasPrefix("dropped 1 delivery: "))
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
      try scene.json(
        ["sinks", "list", "--json"] + (options.contains("--config") ? [] : ["--config", scene.config]) + options)[
          "sinks"] as? [[String: Any]] ?? []
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
    // The database knows those of the last configuration that was sound; without it there is nothing to tell.
    #expect(try sinks(["--config", "/nowhere", "--database", scene.database]) as NSArray == known as NSArray)
    let nothing = try scene.run(["sinks", "list", "--config", "/nowhere", "--database", scene.directory + "/other.db"])
    #expect(nothing.status == 78 && nothing.stderr.contains("/nowhere"))
  }
}
