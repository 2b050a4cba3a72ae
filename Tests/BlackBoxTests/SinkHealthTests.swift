import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// A sink that does not work, as whoever looks after the service meets it.
@Suite(.timeLimit(.minutes(5))) struct SinkHealthTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag() }

  private func sink(_ name: String) throws -> [String: Any] {
    let sinks = try scene.json(["status", "--json"])["sinks"] as? [[String: Any]]
    return try #require(sinks?.first { $0["name"] as? String == name })
  }

  private var log: String { WatcherBinary.text(scene.stderr) }

  private func line(_ message: String) -> Substring? {
    log.split(separator: "\n").first { $0.contains(" msg=\(message) ") }
  }

  @Test func aReceiverThatIsDownAndComesBack() throws {
    let isDown = Mutex(true)
    let receiver = try LoopbackServer { _ in ScriptedResponse(isDown.withLock { $0 } ? 500 : 204) }
    defer {
      registry.stop()
      receiver.stop()
    }
    try scene.configure(
      watch: [image],
      sinks: ["ops": Scene.webhook(to: receiver.origin, ["retry_schedule": ["0s", "1s"]])])
    let port = try scene.listen()
    var daemon = try scene.daemon()
    #expect(eventually { scene.isBaselineRecorded() })
    #expect(try scene.run(["status", "--exit-code"]).status == 0)
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    try #require(eventually { line("delivery_given_up") != nil }, "\(log)")
    let failing = try #require(line("sink_failing"))
    #expect(failing.contains("level=warning") && failing.contains("sink=ops") && failing.contains("answered 500"))
    #expect(line("delivery_failed") == nil, "it is told as sink_failing, once")
    let givenUp = try #require(line("delivery_given_up"))
    let event = try #require(try object(scene.eventLines()[1])["id"] as? String)
    #expect(
      givenUp.contains("level=error") && givenUp.contains("tag=\(image)") && givenUp.contains("event=\(event)"),
      "\(givenUp)")

    let now = try sink("ops")
    #expect(now["state"] as? String == "failing" && now["failed"] as? Int == 1 && now["failing_since"] is String)
    #expect((now["error"] as? [String: Any])?["code"] as? String == "failed")
    let status = try scene.run(["status", "--exit-code"])
    #expect(status.status == 1 && status.stdout.contains("\n3 sinks: 2 ok, 1 failing\n"), "\(status.stdout)")
    #expect(status.stdout.contains("'watcher deliveries retry --sink ops' tries again"))
    #expect(status.stdout.contains(" runs as pid \(daemon.pid) since "))
    let health = try scene.run(["health"])
    #expect(health.status == 0 && health.stdout.contains("; the sink ops is failing"), "\(health.stdout)")
    #expect(
      try eventually(within: 40) {
        try #require(try TCPClient.get("/metrics", port: port)).contains(
          "\nwatcher_sink_state{sink=\"ops\",state=\"failing\"} 1\n")
      })

    // Killed, so that nothing is put in order.
    kill(daemon.pid, SIGKILL)
    #expect(eventually { !daemon.isRunning })
    #expect(try sink("ops")["state"] as? String == "failing")
    let list = try scene.run(["sinks", "list", "--config", scene.config])
    #expect(list.stdout.contains("ops   webhook  failing "), "\(list.stdout)")
    let stopped = try #require(try scene.json(["status", "--json"])["daemon"] as? [String: Any])
    #expect(stopped["running"] as? Bool == false && stopped["pid"] is NSNull)
    unlink(scene.stderr)
    daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { line("sink_failing")?.contains("left by the run before") == true }, "\(log)")

    isDown.withLock { $0 = false }
    #expect(try scene.run(["deliveries", "retry", "--sink", "ops"]).status == 0)
    #expect(eventually { line("sink_recovered")?.contains("level=info") == true }, "\(log)")
    #expect(try sink("ops")["state"] as? String == "ok")
    #expect(try scene.run(["status", "--exit-code"]).status == 0)
  }

  @Test func aFileWithoutItsDirectory() throws {
    defer { registry.stop() }
    let folder = scene.directory + "/later"
    try scene.configure(
      watch: [image], sinks: ["late": ["type": "file", "path": folder + "/events.jsonl", "events": ["*"]]])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    #expect(try eventually { try sink("late")["state"] as? String == "failing" })
    let now = try sink("late")
    let error = try #require(now["error"] as? [String: Any])
    #expect(error["code"] as? String == "unusable" && (error["message"] as? String)?.contains(folder) == true)
    #expect(now["waiting"] as? Int == 1)
    // A new attempt may be due at any moment; between two its time is told.
    #expect(try eventually { try sink("late")["next_attempt"] is String })
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    #expect(eventually { line("sink_recovered")?.contains("sink=late") == true }, "\(log)")
    #expect(try sink("late")["state"] as? String == "ok")
  }

  /// The shell's `run | true`.
  @Test func aPipeWhoseReaderIsGone() throws {
    defer { registry.stop() }
    let daemon = try Child(
      "bash", ["-c", "exec \"$0\" run --config \"$1\" > >(true)", WatcherBinary.path, scene.config],
      environment: ["PATH": "/usr/bin:/bin", "HOME": scene.directory], stdout: scene.stdout, stderr: scene.stderr)
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(try eventually { try sink("out")["state"] as? String == "failing" })
    let error = try #require(try sink("out")["error"] as? [String: Any])
    #expect((error["message"] as? String)?.contains("standard output") == true, "\(error)")
    #expect(try scene.run(["health"]).stdout.contains("; the sink out is failing"))
  }

  @Test func aReceiverThatAsksForARestIsNoFailure() throws {
    let receiver = try LoopbackServer { _ in ScriptedResponse(429, headers: [("Retry-After", "3600")]) }
    defer {
      registry.stop()
      receiver.stop()
    }
    try scene.configure(watch: [image], sinks: ["ops": Scene.webhook(to: receiver.origin, ["events": ["*"]])])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    #expect(try eventually { try sink("ops")["next_attempt"] is String })
    let now = try sink("ops")
    #expect(now["state"] as? String == "ok" && now["failing_since"] is NSNull)
    #expect((now["error"] as? [String: Any])?["code"] as? String == "refused")
    let text = try scene.run(["sinks", "list", "--config", scene.config]).stdout
    #expect(text.contains("  resting ") && text.contains("    rests until ") && text.contains("as its receiver asked"))
    #expect(try scene.run(["status", "--exit-code"]).status == 0)
    #expect(!log.contains("sink_failing"), "\(log)")
  }

  /// Nothing is sent to it, and still it is not well, from the start on; it is once that is put right.
  @Test func aSinkThatCouldNotBeSentAnythingIsFailing() throws {
    let scene = try Scene(watch: [])
    let folder = scene.directory + "/later"
    try scene.configure(watch: [], sinks: ["late": ["type": "file", "path": folder + "/events.jsonl"]])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]).status) == 0 })
    func late() throws -> [String: Any]? {
      (try scene.json(["sinks", "list", "--json"])["sinks"] as? [[String: Any]])?.first {
        $0["name"] as? String == "late"
      }
    }
    #expect(eventually { (try? late()?["state"] as? String) == "failing" })
    let error = try late()?["error"] as? [String: Any]
    #expect(error?["code"] as? String == "unusable" && (error?["message"] as? String)?.contains(folder) == true)
    #expect(try scene.run(["health"]).stdout.contains("late"))
    let log = { WatcherBinary.text(scene.stderr) }
    #expect(log().components(separatedBy: folder).count == 2, "it is told once: \(log())")
    #expect(log().contains("msg=configuration_problem"))
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    #expect(eventually(within: 40) { (try? late()?["state"] as? String) == "ok" })
    #expect(log().contains("msg=sink_recovered"))
    #expect(access(folder + "/events.jsonl", F_OK) != 0, "a look makes nothing")
    // What was put right and is wrong again is told.
    try FileManager.default.removeItem(atPath: folder)
    #expect(eventually(within: 40) { log().contains("msg=sink_failing") }, "\(log())")
  }
}
