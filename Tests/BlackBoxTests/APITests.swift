import Foundation
import Glibc
import TestSupport
import Testing

/// The API of a daemon at work.
@Suite(.timeLimit(.minutes(3))) struct APITests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String
  private let port: Int

  init() throws {
    (registry, image, scene) = try Scene.ofOneTag()
    port = try scene.listen()
  }

  private func readyDaemon() throws -> Child {
    let daemon = try scene.daemon()
    try #require(eventually { scene.isBaselineRecorded() && (try? scene.run(["health"]).status) == 0 })
    return daemon
  }

  private func get(_ path: String) throws -> (head: String, body: String) {
    let reply = try #require(
      try TCPClient.exchange("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n", port: port))
    let parts = reply.components(separatedBy: "\r\n\r\n")
    return (parts[0], parts.dropFirst().joined(separator: "\r\n\r\n"))
  }

  /// Also what says that a daemon runs, and how it is.
  @Test func aDaemonAnswersWhatTheCommandsPrint() throws {
    defer { registry.stop() }
    let daemon = try readyDaemon()
    let tag = image.replacing(":", with: "%3A")
    for (path, command) in [
      ("status", ["status"]), ("history?tag=\(tag)", ["history", image]), ("events", ["events"]),
    ] {
      // A check may come between the two.
      #expect(
        try eventually {
          try get("/api/v1/\(path)").body == scene.run(command + ["--json"]).stdout
        }, "\(path)")
    }
    #expect(try get("/api/v1/status").body.contains(#""daemon":{"running":true,"#))
    daemon.signal(SIGTERM)
    #expect(try daemon.finish() == 0)
  }

  /// A reader is told within a second of what a poll has found, and one that was cut off of what it has missed.
  @Test func eventsAreSentAsTheyAreRecorded() throws {
    defer { registry.stop() }
    let daemon = try readyDaemon()
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    let told = scene.directory + "/told"
    let reader = try Child(
      "curl",
      [
        "--silent", "--no-buffer", "--include", "--header", "Last-Event-ID: 000000000001",
        "http://127.0.0.1:\(port)/api/v1/events/stream",
      ], stdout: told)
    func text() -> String { WatcherBinary.text(told) }
    #expect(
      eventually {
        let lines = scene.eventLines()
        return lines.count >= 2 && text().contains("id: 000000000002\ndata: \(lines[1])\n\n")
      }, "\(text())")
    #expect(text().contains("\r\nContent-Type: text/event-stream\r\n"))
    #expect(!text().contains("data: \(scene.eventLines()[0])"))
    daemon.signal(SIGTERM)
    // The stream ends with the service.
    _ = try reader.finish()
    #expect(try daemon.finish() == 0)
  }
}
