import Foundation
import Glibc
import TestSupport
import Testing

/// Sinks that take something and never say what became of it, as whoever looks after the service meets them.
@Suite(.timeLimit(.minutes(5))) struct StuckSinkTests {
  /// The shell's `run | reader`, of which the reader stays and reads no further; and a file on a disk that hangs.
  @Test func whatTakesNothingIsFailing() throws {
    let faulty = try FaultScene(tags: 3)
    let scene = faulty.scene
    try #require(mkfifo(scene.stdout, 0o600) == 0)
    let pipe = open(scene.stdout, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    try #require(pipe >= 0)
    defer { close(pipe) }
    let daemon = try faulty.start(.hang(path: "events.jsonl"))
    defer { daemon.terminate() }
    #expect(try eventually { try faulty.isDelivered }, "\(faulty.log)")
    let fill = [UInt8](repeating: 10, count: 4_096)
    while write(pipe, fill, fill.count) > 0 {}
    faulty.turnFaultOn()
    faulty.moveTags()
    _ = try scene.run(["check", "--config", scene.config])
    func lines(_ message: String, _ sink: String) -> [Substring] {
      faulty.log.split(separator: "\n").filter { $0.contains(" msg=\(message) ") && $0.contains(" sink=\(sink)") }
    }
    func sinks() throws -> [String: [String: Any]] {
      let sinks = try scene.json(["status", "--json"])["sinks"] as? [[String: Any]] ?? []
      return Dictionary(uniqueKeysWithValues: sinks.compactMap { sink in (sink["name"] as? String).map { ($0, sink) } })
    }
    #expect(
      try eventually(within: 75) { try sinks().values.allSatisfy { $0["state"] as? String == "failing" } },
      "\(faulty.log)")
    for (name, sink) in try sinks() {
      let error = try #require(sink["error"] as? [String: Any])
      #expect(error["code"] as? String == "unusable", "\(name)")
      #expect((error["message"] as? String)?.hasPrefix("nothing was taken for more than 30 s; ") == true, "\(error)")
      #expect(sink["waiting"] as? Int == 3 && sink["failing_since"] is String)
    }
    let status = try scene.run(["status", "--exit-code"])
    #expect(status.status == 1 && status.stdout.contains("or under way"), "\(status.stdout)")
    let health = try scene.run(["health"])
    #expect(health.status == 0 && health.stdout.contains("; 2 sinks are failing: all, out"), "\(health.stdout)")
    for name in ["all", "out"] {
      #expect(lines("sink_failing", name).count == 1, "\(faulty.log)")
    }

    faulty.turnFaultOff()
    var chunk = fill
    #expect(
      try eventually {
        while read(pipe, &chunk, chunk.count) > 0 {}
        return try faulty.isDelivered && sinks().values.allSatisfy { $0["state"] as? String == "ok" }
      }, "\(faulty.log)")
    for name in ["all", "out"] {
      #expect(lines("sink_recovered", name).count == 1, "\(faulty.log)")
    }
    daemon.signal(SIGTERM)
    #expect(try daemon.finish(within: 15) == 0)
  }
}
