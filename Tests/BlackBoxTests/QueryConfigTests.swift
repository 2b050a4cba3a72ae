import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

/// Queries need nothing of the configuration but `database`: a mistake elsewhere in it stops none of them.
@Suite struct QueryConfigTests {
  private let registry: FakeRegistry
  private let image: String
  private let scene: Scene

  init() throws {
    (registry, image, scene) = try Scene.ofOneTag()
    try "[]".write(toFile: scene.directory + "/containers.json", atomically: true, encoding: .utf8)
  }

  private var queries: [[String]] {
    [
      ["history", image], ["status"], ["events"], ["deliveries", "list"], ["sinks", "list"], ["health"],
      ["db", "backup", scene.directory + "/copy.db"], ["check", image], ["deliveries", "retry", "--all"],
      ["db", "prune"], ["which", "\(FakeRegistryImage("first").index.digest)"], ["diff", image, image],
      ["drift", "--from", scene.directory + "/containers.json"],
    ]
  }

  /// Without `WATCHER_DATABASE`, which would answer the question.
  private func run(_ command: [String], config: String, environment: [String: String] = [:]) throws
    -> WatcherBinary.Outcome
  {
    unlink(scene.directory + "/copy.db")
    return try scene.binary.run(command + ["--config", config], environment: environment)
  }

  @Test func aMistakeElsewhereStopsNone() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    try #"{"database": "\#(scene.database)", "wacth": [], "defaults": {"interval": "1 day"}}"#.write(
      toFile: scene.config, atomically: true, encoding: .utf8)
    for command in queries {
      let outcome = try run(command, config: scene.config)
      #expect(outcome.status == 0, "\(command): \(outcome.stderr)")
      let warnings = outcome.stderr.split(separator: "\n")
        .filter { $0.contains("the configuration is broken (\(scene.config)): only \"database\" of it is used here") }
      #expect(warnings.count == 1, "\(command): \(outcome.stderr)")
    }
    // The sinks are those that the daemon has.
    let sinks = try run(["sinks", "list"], config: scene.config).stdout
    #expect(sinks.contains("\nall ") && sinks.contains("\nout "))
    // Where no daemon runs, polling needs all of it.
    daemon.terminate()
    #expect(try daemon.finish() == 0)
    let alone = try run(["check", image], config: scene.config)
    #expect(alone.status == 78 && alone.stderr.contains("unknown key \"wacth\""))
    #expect(!alone.stderr.contains("only \"database\" of it is used"))
    #expect(try run(["status"], config: scene.config).status == 0)
  }

  @Test func whereNobodyCanSayWhichDatabaseIsMeantItHasToBeNamed() throws {
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    for text in ["{", "[]", #"{"databse": "x"}"#, #"{"database": 5}"#] {
      try text.write(toFile: scene.config, atomically: true, encoding: .utf8)
      for command in queries where command[0] != "health" {
        let outcome = try run(command, config: scene.config)
        // Without a daemon these need the rest as well.
        let needsAll = command[0] == "check" || command[1...] == ["prune"]
        let advice = needsAll ? "or name the database of a daemon with" : "or name the database with"
        #expect(outcome.status == 78 && outcome.stderr.hasSuffix("\(advice) --database\n"), "\(outcome.stderr)")
        #expect(outcome.stderr.contains("\(scene.config):1:"), "\(command) lists what is wrong: \(outcome.stderr)")
      }
      let named = try run(["status", "--database", scene.database], config: scene.config)
      #expect(named.status == 0 && named.stderr.isEmpty)
    }
  }

  /// Taken away, or never there: a daemon that runs on the usual database is asked.
  @Test func withoutAConfigurationTheDaemonIsAsked() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    unlink(scene.config)
    let environment = ["STATE_DIRECTORY": scene.directory]
    for command in queries {
      unlink(scene.directory + "/copy.db")
      let outcome = try scene.binary.run(command, environment: environment)
      #expect(outcome.status == 0, "\(command): \(outcome.stderr)")
    }
    for command in queries {
      let outcome = try run(command, config: scene.config, environment: environment)
      guard !["check", "deliveries", "db"].contains(command[0]) || ["list", "backup"].contains(command[1]) else {
        // It may be misspelt, and then another database would be changed.
        #expect(outcome.status == 78 && outcome.stderr.contains("--database"), "\(command)")
        continue
      }
      #expect(outcome.status == 0, "\(command): \(outcome.stderr)")
      #expect(
        outcome.stderr.contains("the configuration is gone (\(scene.config)): asking the daemon of"), "\(command)")
    }
    daemon.terminate()
    #expect(try daemon.finish() == 0)
    let alone = try run(["status"], config: scene.config, environment: environment)
    #expect(alone.status == 78 && alone.stderr.contains("or name the database with --database"))
  }
}
