import Foundation
import Glibc
import TestSupport
import Testing

/// Priorities before the lines of a log that the journal reads, and nowhere else.
@Suite struct JournalTests {
  private let registry: FakeRegistry
  private let scene: Scene

  init() throws {
    registry = try FakeRegistry()
    registry.put(FakeRegistryImage("first"), in: "app", tag: "stable")
    scene = try Scene(
      watch: ["\(registry.authority)/app:stable", "\(registry.authority)/app:none"], interval: "1h",
      sinks: ["every": ["type": "stdout", "events": ["*"]]])
  }

  /// Runs until a broken reload has been logged; standard output and error go to one file, as in a unit.
  private func lines(journal: (stat) -> String?, format: String = "logfmt") throws -> [String] {
    defer { registry.stop() }
    var document = try object(WatcherBinary.text(scene.config))
    document["log"] = ["format": format]
    try JSONSerialization.data(withJSONObject: document).write(to: URL(fileURLWithPath: scene.config))
    let log = scene.directory + "/log"
    try Data().write(to: URL(fileURLWithPath: log))
    var info = stat()
    #expect(stat(log, &info) == 0)
    let daemon = try scene.binary.start(
      ["run", "--config", scene.config], environment: journal(info).map { ["JOURNAL_STREAM": $0] } ?? [:], stdout: log,
      stderr: log)
    #expect(eventually { WatcherBinary.text(log).contains("poll_failed") && scene.isBaselineRecorded() })
    try "{".write(toFile: scene.config, atomically: true, encoding: .utf8)
    kill(daemon.pid, SIGHUP)
    #expect(eventually { WatcherBinary.text(log).contains("reload_failed") })
    daemon.terminate()
    try daemon.finish()
    let lines = WatcherBinary.text(log).split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.hasPrefix("{\"specversion\":\"1.0\"") }, "events have no priority")
    return lines.filter { !$0.hasPrefix("{\"specversion\"") }
  }

  @Test(arguments: ["logfmt", "json"]) func theJournalGetsPriorities(format: String) throws {
    let lines = try lines(journal: { "\($0.st_dev):\($0.st_ino)" }, format: format)
    let start = format == "json" ? "{\"ts\":" : "ts="
    for (message, priority) in [("started", 6), ("poll_failed", 4), ("reload_failed", 3), ("stopped", 6)] {
      let line = try #require(lines.first { $0.contains(message) })
      #expect(line.hasPrefix("<\(priority)>\(start)"), "\(line)")
    }
    #expect(lines.allSatisfy { $0.hasPrefix("<") })
  }

  @Test func aStreamThatIsNotTheJournalsGetsNone() throws {
    #expect(try lines(journal: { "\($0.st_dev):\($0.st_ino + 1)" }).allSatisfy { $0.hasPrefix("ts=") })
  }

  @Test(arguments: [nil, "", "8", "a:b", "1:2:3", ":"]) func withoutTheVariableThereAreNone(_ value: String?) throws {
    #expect(try lines(journal: { _ in value }).allSatisfy { $0.hasPrefix("ts=") })
  }
}
