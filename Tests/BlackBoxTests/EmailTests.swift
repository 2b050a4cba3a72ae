import Foundation
import Glibc
import TestSupport
import Testing

/// Mails of the whole program at a server that others wrote.
@Suite(.timeLimit(.minutes(2))) struct EmailTests {
  @Test(
    .enabled(
      if: MailServer.python != nil, "scripts/test makes a Python with the library and sets WATCHER_RECEIVER_PYTHON"))
  func changesAreMailed() throws {
    let registry = try FakeRegistry()
    defer { registry.stop() }
    for name in ["app", "base"] { registry.put(FakeRegistryImage("first"), in: name, tag: "stable") }
    let images = ["app", "base"].map { "\(registry.authority)/\($0):stable" }
    let scene = try Scene(watch: images)
    let server = try MailServer(["recipients": ["gone@example.org": "550 no such user"]])
    func mail(_ to: String) -> [String: Any] {
      [
        "type": "email", "server": "smtp://127.0.0.1:\(server.port)", "from": "watcher@example.org", "to": [to],
        "subject": "[images] {{summary}}", "group": "1s", "retry_schedule": ["0s", "1h"],
      ]
    }
    try scene.configure(watch: images, sinks: ["mail": mail("ops@example.org"), "gone": mail("gone@example.org")])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    for name in ["app", "base"] { registry.put(FakeRegistryImage("second"), in: name, tag: "stable") }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let mails = try server.mails
    #expect(mails.count == 1, "what moves at once is one mail")
    #expect(mails.first?.subject.hasPrefix("[images] 2 events of ") == true)
    #expect(images.allSatisfy { mails.first?.text.contains("\($0) has a new image") == true }, "\(mails)")
    let rows = try scene.sql("SELECT sink, state, last_error FROM delivery WHERE sink IN ('mail','gone') ORDER BY 1")
    let refusal = "127.0.0.1:\(server.port) answered 550 to the recipient gone@example.org (no such user)"
    #expect(Set(rows) == ["gone|waiting|\(refusal)", "mail|delivered|"], "\(rows)")

    let tested = try scene.run(["sinks", "test", "--config", scene.config])
    #expect(tested.status == 69 && tested.stderr.contains("mail: took it in"), "\(tested.stderr)")
    #expect(tested.stderr.contains("gone: failed after") && tested.stderr.contains(refusal), "\(tested.stderr)")
    #expect(try server.mails.last?.subject == "[images] a test of the sink mail: no image has changed")
    let listed = try scene.run(["sinks", "list", "--config", scene.config, "--json"])
    #expect(listed.stdout.contains(#""name":"mail","type":"email","state":"ok""#), "\(listed.stdout)")
  }

  /// Whether it arrived nobody knows, so it goes out again, as the same mail.
  @Test(
    .enabled(
      if: MailServer.python != nil, "scripts/test makes a Python with the library and sets WATCHER_RECEIVER_PYTHON"))
  func aStopWithAMailUnderWayKeepsIt() throws {
    let (registry, image, scene) = try Scene.ofOneTag()
    defer { registry.stop() }
    let hold = scene.directory + "/hold"
    try "".write(toFile: hold, atomically: true, encoding: .utf8)
    let server = try MailServer(["hold": hold])
    let mail: [String: Any] = [
      "type": "email", "server": "smtp://127.0.0.1:\(server.port)", "from": "watcher@example.org",
      "to": ["ops@example.org"], "group": "1s",
    ]
    try scene.configure(watch: [image], sinks: ["mail": mail])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    try #require(eventually { scene.isBaselineRecorded() })
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    try #require(eventually(within: 30) { server.count == 1 }, "\(WatcherBinary.text(scene.stderr))")
    daemon.terminate()
    #expect(try daemon.finish(within: 15) == 0)
    let log = WatcherBinary.text(scene.stderr)
    #expect(log.contains("msg=stopped") && !log.contains("stop_cut_off"), "\(log)")
    let query = "SELECT state, attempts, last_error FROM delivery WHERE sink = 'mail'"
    #expect(try scene.sql(query) == ["waiting|0|"], "it is no failure")

    unlink(hold)
    let next = try scene.daemon()
    defer { next.terminate() }
    #expect(
      try eventually(within: 30) { try scene.sql(query) == ["delivered|1|"] }, "\(WatcherBinary.text(scene.stderr))")
    let ids = try server.mails.map(\.id)
    #expect(ids.count == 2 && Set(ids).count == 1, "\(ids)")
  }
}
