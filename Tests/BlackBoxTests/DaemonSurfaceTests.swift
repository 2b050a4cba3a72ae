import Foundation
import Glibc
import TestSupport
import Testing

/// What a running `watcher run` promises to those around it: service manager, queries, readers of its output.
@Suite struct DaemonSurfaceTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String
  private let daemon: Child

  /// Starts with a tag that has been seen once.
  init() throws {
    (registry, image, scene) = try Scene.ofOneTag()
    daemon = try scene.daemon()
    let scene = scene
    try #require(eventually { scene.isBaselineRecorded() })
  }

  /// Has the daemon poll at once, which its registry does not answer.
  private func hangInAPoll() throws -> Child {
    registry.setFault { _ in ScriptedResponse(200, behaviour: .hang) }
    let polls = registry.log.count
    let (out, err) = (scene.directory + "/check.out", scene.directory + "/check.err")
    let check = try scene.binary.start(["check", "--config", scene.config], stdout: out, stderr: err)
    try #require(eventually { registry.log.count > polls })
    return check
  }

  private func terminate() throws {
    daemon.signal(SIGTERM)
    #expect(try daemon.finish(within: 15) == 0)
  }

  @Test func everySinkGetsTheBytesThatAreRecorded() throws {
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    try #require(eventually(within: 16) { scene.eventLines().count == 2 })
    try #require(eventually { !WatcherBinary.text(scene.stdout).isEmpty })
    let recorded = try scene.bodies()
    #expect(scene.eventLines() == recorded)
    #expect(WatcherBinary.text(scene.stdout) == recorded[1] + "\n", "one event, one line, nothing else")
    let event = try object(recorded[1])
    #expect(event["type"] as? String == "watcher.image.changed")
    #expect(event["sequence"] as? String == "000000000002")
    #expect(event["subject"] as? String == image)
    #expect(
      try scene.sql("SELECT 'urn:uuid:' || value FROM meta WHERE key = 'instance'") == [event["source"] as? String])
    try terminate()
    #expect(WatcherBinary.text(scene.stdout) == recorded[1] + "\n")
    #expect(try scene.sql("SELECT DISTINCT state FROM delivery") == ["delivered"])
    for line in WatcherBinary.text(scene.stderr).split(separator: "\n") { #expect(line.hasPrefix("ts="), "\(line)") }
  }

  @Test func queriesWorkBesideItAndAfterIt() throws {
    let running = try scene.history(image)
    #expect(running.count == 1)
    #expect(try scene.status(image)["state"] as? String == "ok")
    #expect(try scene.status(image)["next_check"] is String)
    #expect(try !scene.run(["status"]).stdout.contains("no daemon"))
    try terminate()
    #expect(try scene.run(["status"]).stdout.contains("\nno daemon is running, "))
    #expect(try scene.status(image)["next_check"] is String, "a fact of the database, whoever asks")
    let stopped = try scene.history(image)
    #expect(stopped[0]["digest"] as? String == running[0]["digest"] as? String)
    #expect(stopped[0]["first_seen"] as? String == running[0]["first_seen"] as? String)
    #expect(stopped[0]["current"] as? Bool == true)
    #expect(try scene.status(image)["state"] as? String == "ok")
    #expect(try scene.run(["history", image]).status == 0)
    #expect(try scene.sql("PRAGMA integrity_check") == ["ok"])
  }

  @Test func aRegistryThatIsGoneIsAFailureWithACode() throws {
    let before = try scene.history(image)
    registry.stop()
    let stopped = Self.now()
    try #require(try eventually(within: 20) { try scene.status(image)["state"] as? String == "failing" })
    let status = try scene.status(image)
    let error = try #require(status["error"] as? [String: Any])
    #expect(error["code"] as? String == "connect")
    #expect((error["message"] as? String)?.contains(registry.authority) == true)
    #expect(try #require(status["failing_since"] as? String) >= stopped)
    #expect(status["digest"] as? String == before[0]["digest"] as? String, "what is known stays known")
    let after = try scene.history(image)
    #expect(after.count == 1)
    #expect(try #require(after[0]["last_seen"] as? String) <= stopped, "a failed check confirms nothing")
    #expect(WatcherBinary.text(scene.stdout).isEmpty)
    try terminate()
    #expect(try scene.status(image)["state"] as? String == "failing")
  }

  @Test func aSecondOneIsTurnedAwayInASecond() throws {
    let began = ContinuousClock.now
    let second = try scene.run(["run", "--config", scene.config])
    #expect(ContinuousClock.now - began < .seconds(1))
    #expect(second.status == 75)
    #expect(second.stdout.isEmpty)
    #expect(second.stderr.hasPrefix("watcher: error: process \(daemon.pid) holds the database ("))
    let polls = registry.log.count
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    #expect(registry.log.count > polls && daemon.isRunning, "the first one goes on")
    try terminate()
  }

  @Test func stoppingWhileARegistryHangsIsInTime() throws {
    let check = try hangInAPoll()
    try terminate()
    #expect(try check.finish() == 69)
    #expect(try scene.status(image)["state"] as? String == "ok", "what was cut off is no failure of the registry")
  }

  @Test func aSecondSignalEndsItAtOnce() throws {
    let check = try hangInAPoll()
    let began = ContinuousClock.now
    // Signals that come together are one, so it is told until it listens.
    let ended = eventually(within: 10) {
      daemon.signal(SIGTERM)
      return !daemon.isRunning
    }
    #expect(ended)
    #expect(ContinuousClock.now - began < .seconds(3), "polls would have had five")
    #expect(try check.finish() != 0)
    #expect(try scene.sql("PRAGMA integrity_check") == ["ok"])
  }

  /// As the commands print times, to the millisecond, so that texts compare like times.
  private static func now() -> String {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    return formatter.string(from: Date())
  }
}
