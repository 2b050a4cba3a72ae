import Foundation
import TestSupport
import Testing

/// Messages of a real daemon: what people get when an image moves, and what becomes of one that a service will not take.
@Suite struct MessageTests {
  private let registry: FakeRegistry
  private let image: String
  private let scene: Scene

  init() throws { (registry, image, scene) = try Scene.ofOneTag() }

  private func file(_ name: String, _ text: String) throws -> String {
    let path = "\(scene.directory)/\(name)"
    try (text + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test func aMoveIsTold() throws {
    let service = try LoopbackServer { _ in ScriptedResponse(200, body: Array("ok".utf8)) }
    defer {
      registry.stop()
      service.stop()
    }
    let slack: [String: Any] = [
      "type": "webhook", "format": "slack", "allow_http": true,
      "url_file": try file("url", "\(service.origin)/services/T0/B0/secret"),
    ]
    try scene.configure(watch: [image], sinks: ["slack": slack])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    #expect(service.requests.isEmpty, "that it was seen for the first time is nobody's news")
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let body = try object(String(decoding: try #require(service.requests.last).body, as: UTF8.self))
    #expect(body["text"] as? String == "\(image) has a new image (content changed) on linux/amd64, linux/arm64")
    let shown = try scene.run(["config", "show", "--config", scene.config]).stdout
    #expect(shown.contains("\"format\": \"slack\"") && !shown.contains("secret\""))
  }

  @Test func whatWillNeverBeTakenIsGivenUpAndCanBeSeen() throws {
    let service = try LoopbackServer { _ in ScriptedResponse(400, body: Array("invalid_blocks".utf8)) }
    defer {
      registry.stop()
      service.stop()
    }
    let sink = Scene.webhook(to: service.origin, ["format": "mattermost"])
    try scene.configure(watch: [image], sinks: ["chat": sink])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(
      try eventually { try scene.sql("SELECT state FROM delivery WHERE sink = 'chat'") == ["failed"] },
      "\(WatcherBinary.text(scene.stderr))")
    #expect(service.requests.count == 1)
    #expect(eventually { WatcherBinary.text(scene.stderr).contains("invalid_blocks: it will never take this") })
    #expect(try scene.run(["events", "--type", "image.changed"]).stdout.contains("image changed"))
    let listed = try scene.run(["deliveries", "list", "--sink", "chat"]).stdout
    #expect(listed.contains("failed"), "\(listed)")
  }

  @Test func aTestIsARealMessage() throws {
    let service = try LoopbackServer { _ in ScriptedResponse(200) }
    defer {
      registry.stop()
      service.stop()
    }
    let own = Scene.webhook(
      to: service.origin + "/{{id}}", ["method": "PUT", "body": ["text": "{{summary}}", "n": 1] as [String: Any]])
    try scene.configure(watch: [image], sinks: ["own": own])
    let tested = try scene.run(["sinks", "test", "own", "--config", scene.config])
    #expect(tested.status == 0, "\(tested.stderr)")
    let request = try #require(service.requests.last)
    #expect(request.method == "PUT" && request.target == "/\(request.header("webhook-id") ?? "")")
    let body = try object(String(decoding: request.body, as: UTF8.self))
    #expect(body["text"] as? String == "a test of the sink own: no image has changed" && body["n"] as? Int == 1)
  }
}
