import Foundation
import Glibc
import TestSupport
import Testing

/// `watcher run` as its users meet it.
@Suite struct DaemonRunTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag() }

  @Test func tellsAMoveOnceInEverySinkAndKnowsTheWayBack() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() }, "the baseline")
    #expect(WatcherBinary.text(scene.stdout).isEmpty, "a baseline is not announced")

    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(eventually(within: 16) { !WatcherBinary.text(scene.stdout).isEmpty }, "within one interval")
    #expect(eventually { scene.eventLines().count == 2 })
    let told = WatcherBinary.text(scene.stdout).split(separator: "\n").map(String.init)
    #expect(told.count == 1)
    #expect(told[0] == scene.eventLines()[1], "the same bytes in both sinks")

    registry.put(FakeRegistryImage("first"), in: "app", tag: "stable")
    #expect(eventually(within: 16) { scene.eventLines().count == 3 })
    let data = try #require(try object(scene.eventLines()[2])["data"] as? [String: Any])
    #expect((data["rollback"] as? [Any])?.count == 2)

    daemon.terminate()
    let status = try daemon.finish()
    #expect(status == 0)
    #expect(try scene.history(image).count == 3, "queries work after it has stopped")
    #expect(try scene.status(image)["state"] as? String == "ok")
  }

  @Test func aFileThatCannotBeWrittenIsToldAtTheStartAndCaughtUpLater() throws {
    defer { registry.stop() }
    let folder = scene.directory + "/later"
    try scene.configure(
      watch: [image], sinks: ["late": ["type": "file", "path": folder + "/events.jsonl", "events": ["*"]]])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("msg=configuration_problem") })
    #expect(eventually { scene.isBaselineRecorded() })
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    #expect(eventually(within: 30) { WatcherBinary.text(folder + "/events.jsonl").hasSuffix("\n") })
    #expect(WatcherBinary.text(folder + "/events.jsonl") == WatcherBinary.text(scene.events))
  }

  @Test func aRegistryThatIsDownChangesNoHistoryAndShows() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    let before = try scene.history(image)
    registry.setOutage(503)
    #expect(try eventually(within: 20) { try scene.status(image)["state"] as? String == "failing" })
    let status = try scene.status(image)
    #expect((status["error"] as? [String: Any])?["code"] as? String == "server")
    #expect(status["failing_since"] is String)
    let after = try scene.history(image)
    #expect(after.count == 1)
    #expect(after[0]["digest"] as? String == before[0]["digest"] as? String)
    #expect(after[0]["current"] as? Bool == true)
  }

  @Test func whatIsNotDueIsNotPolledAgainAfterARestart() throws {
    defer { registry.stop() }
    let slow = try Scene(watch: [image], interval: "1h")
    for _ in 0..<3 {
      let daemon = try slow.daemon()
      #expect(eventually { WatcherBinary.text(slow.stderr).contains("msg=started") })
      #expect(eventually { slow.isBaselineRecorded() })
      daemon.terminate()
      try daemon.finish()
      try FileManager.default.removeItem(atPath: slow.stderr)
    }
    #expect(registry.log.filter { $0.hasPrefix("HEAD") }.count == 1)
  }

  @Test func aSecondOneIsTurnedAwayAndTheFirstGoesOn() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("msg=started") })
    let began = Date()
    let second = try scene.run(["run", "--config", scene.config])
    #expect(second.status == 75)
    #expect(Date().timeIntervalSince(began) < 5)
    #expect(second.stderr.hasPrefix("watcher: error: "))
    #expect(daemon.isRunning)
  }
}
