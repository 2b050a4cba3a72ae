import Foundation
import TestSupport
import Testing

/// The receiver of the documentation, which verifies with the reference library of Standard Webhooks and reads events
/// with the CloudEvents SDK.
@Suite(.timeLimit(.minutes(2))) struct WebhookReceiverTests {
  private static let python = ProcessInfo.processInfo.environment["WATCHER_RECEIVER_PYTHON"]

  @Test(.enabled(if: python != nil, "scripts/test makes a Python with the libraries and sets WATCHER_RECEIVER_PYTHON"))
  func itVerifiesAndReads() throws {
    let registry = try FakeRegistry()
    defer { registry.stop() }
    registry.put(FakeRegistryImage("first"), in: "app", tag: "stable")
    let image = "\(registry.authority)/app:stable"
    let scene = try Scene(watch: [image])
    for (name, secret) in [
      ("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), ("old", "whsec_" + String(repeating: "AAAA", count: 8)),
      ("wrong", "whsec_" + String(repeating: "BBBB", count: 8)),
    ] {
      try Data((secret + "\n").utf8).write(to: URL(filePath: scene.directory + "/" + name))
    }
    let receiver = try Receiver(scene)
    func hook(_ secret: String, previous: String? = nil) -> [String: Any] {
      var sink: [String: Any] = [
        "type": "webhook", "url": "http://127.0.0.1:\(receiver.port)/", "allow_http": true, "secret_file": secret,
        "retry_schedule": ["0s", "1h"],
      ]
      sink["secret_previous_file"] = previous
      return sink
    }
    try scene.configure(
      watch: [image],
      sinks: ["good": hook("secret"), "rotating": hook("wrong", previous: "secret"), "bad": hook("wrong")])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)

    let event = try object(try #require(scene.eventLines().last))
    let summary = try #require((event["data"] as? [String: Any])?["summary"] as? String)
    let id = try #require(event["id"] as? String)
    let line = "\(id) watcher.image.changed \(image) \(summary)"
    #expect(WatcherBinary.text(receiver.stdout).split(separator: "\n").map(String.init) == [line, line])
    let rows = try scene.sql(
      "SELECT sink, state, last_error FROM delivery WHERE sink IN ('good','rotating','bad') ORDER BY 1")
    #expect(rows.dropFirst() == ["good|delivered|", "rotating|delivered|"])
    #expect(rows.first?.hasPrefix("bad|waiting|http://127.0.0.1:\(receiver.port) answered 401: ") == true, "\(rows)")

    // What is of no tag of its own.
    var grouped = hook("secret")
    grouped["group"] = "1s"
    try scene.configure(watch: [image], sinks: ["grouped": grouped])
    registry.put(FakeRegistryImage("third"), in: "app", tag: "stable")
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let tested = try scene.run(["sinks", "test", "grouped", "--config", scene.config])
    #expect(tested.status == 0, "\(tested.stderr)")
    let received = WatcherBinary.text(receiver.stdout).split(separator: "\n").dropFirst(2)
    #expect(received.map { $0.split(separator: " ")[1] } == ["watcher.changes", "watcher.test"])
  }

  private struct Receiver {
    let port: Int
    let stdout: String
    private let child: Child

    init(_ scene: Scene) throws {
      stdout = scene.directory + "/received"
      let stderr = scene.directory + "/listening"
      let script = ProjectFile.path("docs/receivers/receiver.py")
      child = try Child(
        try #require(python), [script, "0"],
        environment: ["PATH": "/usr/bin:/bin", "WEBHOOK_SECRET_FILE": scene.directory + "/secret"], stdout: stdout,
        stderr: stderr)
      #expect(eventually { WatcherBinary.text(stderr).contains("listening on") }, "\(WatcherBinary.text(stderr))")
      let text = WatcherBinary.text(stderr).split(separator: ":").last?.prefix { $0.isNumber }
      port = try #require(text.flatMap { Int($0) })
    }
  }
}
