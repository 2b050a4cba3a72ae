import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// Webhooks as a receiver meets them.
@Suite(.timeLimit(.minutes(5))) struct WebhookTests {
  private let registry: FakeRegistry
  private let image: String

  init() throws {
    registry = try FakeRegistry()
    registry.put(FakeRegistryImage("first"), in: "app", tag: "stable")
    image = "\(registry.authority)/app:stable"
  }

  private func scene(_ receiver: LoopbackServer, _ more: [String: Any] = [:]) throws -> Scene {
    let sink = Scene.webhook(
      to: "\(receiver.origin)/canary-path?token=canary-query", ["retry_schedule": ["0s", "1s", "1s", "1s"]])
    return try Scene(watch: [image], sinks: ["hook": sink.merging(more) { $1 }])
  }

  private func sink(_ scene: Scene) throws -> [String: Any] {
    let sinks = try scene.json(["status", "--json"])["sinks"] as? [[String: Any]]
    return try #require(sinks?.first { $0["name"] as? String == "hook" })
  }

  @Test func theSameEventUntilItIsTaken() throws {
    defer { registry.stop() }
    let answers = Mutex([503, 500])
    let receiver = try LoopbackServer { _ in
      ScriptedResponse(answers.withLock { $0.popLast() } ?? 202)
    }
    defer { receiver.stop() }
    let scene = try scene(receiver)
    try Data("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".utf8).write(to: URL(filePath: scene.directory + "/secret"))
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(eventually(within: 30) { receiver.requests.count == 3 }, "two failures, then taken")
    #expect(try eventually { try sink(scene)["waiting"] as? Int == 0 })
    let bodies = Set(receiver.requests.map { String(decoding: $0.body, as: UTF8.self) })
    #expect(bodies == [scene.eventLines()[1]], "the bytes that the file sink has")
    let id = try object(try #require(bodies.first))["id"] as? String
    #expect(receiver.requests.allSatisfy { $0.header("webhook-id") == id })
    daemon.terminate()
    try daemon.finish()
    #expect(receiver.requests.count == 3)
    let log = WatcherBinary.text(scene.stderr)
    #expect(log.contains("answered 500") && !log.contains("webhook_unencrypted"), "nobody is on the way to loopback")
    #expect(!log.contains("canary"), "\(log)")
    #expect(try !scene.run(["status", "--json"]).stdout.contains("canary"))
  }

  /// A receiver that is down for good uses up its attempts; the event rests and is shown.
  @Test func aReceiverThatIsDown() throws {
    defer { registry.stop() }
    let receiver = try LoopbackServer { _ in ScriptedResponse(200) }
    receiver.stop()
    let port = try ClosedPort(receiver.port)
    defer { withExtendedLifetime(port) {} }
    let scene = try scene(receiver, ["retry_schedule": ["0s", "1s"]])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(try eventually(within: 30) { try sink(scene)["failed"] as? Int == 1 })
    #expect(
      eventually { WatcherBinary.text(scene.stdout).contains("watcher.image.changed") }, "other sinks do not wait")
    #expect(try sink(scene)["waiting"] as? Int == 0)
  }

  @Test func aReceiverThatHangsHoldsUpNoOtherSink() throws {
    defer { registry.stop() }
    let receiver = try LoopbackServer { _ in ScriptedResponse(200, behaviour: .hang) }
    defer { receiver.stop() }
    let scene = try scene(receiver)
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { scene.isBaselineRecorded() })
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(eventually(within: 30) { scene.eventLines().count == 2 })
    #expect(eventually(within: 1) { WatcherBinary.text(scene.stdout).contains("watcher.image.changed") })
    #expect(eventually { receiver.requests.count == 1 })
    #expect(try sink(scene)["waiting"] as? Int == 1, "it is still asked")
    let began = Date()
    daemon.terminate()
    #expect(try daemon.finish() == 0 && Date().timeIntervalSince(began) < 15)
    #expect(try sink(scene)["waiting"] as? Int == 1)
    #expect(try scene.sql("SELECT attempts FROM delivery WHERE sink = 'hook'") == ["0"], "cut off is no attempt")
  }

  @Test func goneIsGoneOverRestartsUntilTheDefinitionChanges() throws {
    defer { registry.stop() }
    let status = Mutex(410)
    let receiver = try LoopbackServer { _ in ScriptedResponse(status.withLock { $0 }) }
    defer { receiver.stop() }
    let scene = try scene(receiver)
    var daemon = try scene.daemon()
    #expect(eventually { scene.isBaselineRecorded() })
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(try eventually(within: 30) { try sink(scene)["state"] as? String == "disabled" })
    #expect(WatcherBinary.text(scene.stderr).contains("sink_disabled"))
    daemon.terminate()
    try daemon.finish()

    status.withLock { $0 = 200 }
    daemon = try scene.daemon()
    registry.put(FakeRegistryImage("third"), in: "app", tag: "stable")
    #expect(eventually(within: 30) { scene.eventLines().count == 3 })
    daemon.terminate()
    try daemon.finish()
    #expect(receiver.requests.count == 1, "nothing more was sent")
    #expect(try sink(scene)["waiting"] as? Int == 2)

    let changed = WatcherBinary.text(scene.config).replacingOccurrences(of: "canary-path", with: "another-path")
    try Data(changed.utf8).write(to: URL(filePath: scene.config))
    daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { receiver.requests.count == 3 }, "what waited is delivered")
    let sent = receiver.requests.dropFirst().map { String(decoding: $0.body, as: UTF8.self) }
    #expect(sent == Array(scene.eventLines().dropFirst()), "in order")
  }

  @Test func aSecretThatIsNoneIs78AtTheStart() throws {
    defer { registry.stop() }
    let receiver = try LoopbackServer { _ in ScriptedResponse(200) }
    defer { receiver.stop() }
    let scene = try scene(receiver, ["secret_file": "hook.secret"])
    for (text, reason) in [(nil, "No such file"), ("whsec_dG9vIHNob3J0", "24 to 64")] as [(String?, String)] {
      if let text { try Data(text.utf8).write(to: URL(filePath: scene.directory + "/hook.secret")) }
      for command in ["run", "check"] {
        let outcome = try scene.run([command, "--config", scene.config])
        #expect(outcome.status == 78)
        #expect(outcome.stderr.contains("sink hook") && outcome.stderr.contains(reason), "\(outcome.stderr)")
        #expect(!outcome.stderr.contains("dG9v"))
      }
    }
  }

  @Test func checkDeliversToo() throws {
    defer { registry.stop() }
    let receiver = try LoopbackServer { _ in ScriptedResponse(200) }
    defer { receiver.stop() }
    let scene = try scene(receiver)
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    #expect(receiver.requests.map { String(decoding: $0.body, as: UTF8.self) } == Array(scene.eventLines().dropFirst()))
  }

  @Test func sinksTestTriesEachAndSaysWhatCameBack() throws {
    defer { registry.stop() }
    let status = Mutex(200)
    let receiver = try LoopbackServer { _ in ScriptedResponse(status.withLock { $0 }, body: Array("well".utf8)) }
    defer { receiver.stop() }
    let scene = try scene(receiver)
    let good = try scene.run(["sinks", "test", "--config", scene.config])
    #expect(good.status == 0, "\(good.stderr)")
    #expect(["hook", "out", "all"].allSatisfy { good.stderr.contains("\($0): took it in ") }, "\(good.stderr)")
    #expect(good.stderr.contains(" ms, HTTP status 200\n"))
    let told = good.stderr.split(separator: "\n").map { String($0.prefix { $0 != ":" }) }
    #expect(told == ["all", "hook", "out"], "in the order of the configuration")
    let event = try object(good.stdout)
    #expect(event["type"] as? String == "watcher.test" && event["specversion"] as? String == "1.0")
    let summaries = good.stdout.contains(#""summary":"a test of the sink out: no image has changed""#)
    #expect(summaries)
    let request = try #require(receiver.requests.first)
    let sent = try object(String(decoding: request.body, as: UTF8.self))
    #expect(sent["id"] as? String == request.header("webhook-id"))
    #expect(scene.eventLines().count == 1)
    #expect(!FileManager.default.fileExists(atPath: scene.database), "nothing is recorded")

    status.withLock { $0 = 503 }
    let bad = try scene.run(["sinks", "test", "hook", "--config", scene.config])
    #expect(bad.status == 69 && bad.stdout.isEmpty)
    #expect(bad.stderr.contains("hook: failed after ") && bad.stderr.contains("answered 503: well"), "\(bad.stderr)")
    #expect(!bad.stderr.contains("canary"))
    #expect(try scene.run(["sinks", "test", "nobody", "--config", scene.config]).status == 66)
  }

  /// One sink's mistake keeps no other from being tested.
  @Test func sinksTestTriesTheOthersOfOneThatCannotBeUsed() throws {
    defer { registry.stop() }
    let receiver = try LoopbackServer { _ in ScriptedResponse(204) }
    defer { receiver.stop() }
    let hook: [String: Any] = ["type": "webhook", "url": receiver.origin, "allow_http": true]
    let scene = try Scene(watch: [])
    try scene.put(["junk": "junk"])
    try scene.configure(
      watch: ["127.0.0.1:1/a"],
      sinks: [
        "bad": hook.merging(["secret_file": "junk"]) { $1 }, "good": hook,
        "gone": hook.merging(["secret_file": ["credential": "ops"]]) { $1 },
      ])
    let all = try scene.run(["sinks", "test", "--config", scene.config])
    #expect(all.status == 69 && receiver.requests.count == 1, "\(all.stderr)")
    let lines = all.stderr.split(separator: "\n")
    #expect(lines.map { $0.prefix { $0 != ":" } } == ["all", "bad", "gone", "good", "out", "watcher"])
    #expect(lines[1].hasPrefix("bad: cannot be used (secret_file: the file \(scene.directory)/junk cannot be used: "))
    #expect(lines[2].hasPrefix("gone: cannot be used (secret_file: cannot be looked for: CREDENTIALS_DIRECTORY "))
    #expect(lines[3].hasPrefix("good: took it in ") && lines[4].hasPrefix("out: took it in "))
    let one = try scene.run(["sinks", "test", "bad", "--config", scene.config])
    #expect(one.status == 69 && one.stderr.split(separator: "\n").count == 2, "\(one.stderr)")
    #expect(try scene.run(["sinks", "test", "good", "--config", scene.config]).status == 0)
  }

  @Test func sinksTestIsTextOnATerminal() throws {
    defer { registry.stop() }
    let scene = try Scene(watch: [])
    let terminal = scene.directory + "/terminal"
    let line = "exec \(WatcherBinary.path) sinks test out --config \(scene.config) 2>/dev/null"
    let child = try Child(
      "script", ["--quiet", "--return", "--command", line, "/dev/null"],
      environment: ["PATH": "/usr/bin:/bin", "HOME": scene.directory], stdout: terminal)
    #expect(try child.finish(within: 20) == 0)
    #expect(WatcherBinary.text(terminal) == "a test of the sink out: no image has changed\r\n")
  }

  /// A base image moves and many tags with it: one webhook, the same until it is taken.
  @Test func aGroupIsOneEvent() throws {
    defer { registry.stop() }
    let answers = Mutex([503])
    let receiver = try LoopbackServer { _ in ScriptedResponse(answers.withLock { $0.popLast() } ?? 200) }
    defer { receiver.stop() }
    let tags = (1...20).map { "app\($0)" }
    for tag in tags { registry.put(FakeRegistryImage("first"), in: tag, tag: "stable") }
    let scene = try scene(receiver, ["group": "1s"])
    let sink = Scene.webhook(to: receiver.origin, ["group": "2s", "retry_schedule": ["0s", "1s", "1s"]])
    try scene.configure(watch: tags.map { "\(registry.authority)/\($0):stable" }, sinks: ["hook": sink])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let before = scene.eventLines().count
    for tag in tags { registry.put(FakeRegistryImage("second"), in: tag, tag: "stable") }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually(within: 40) { scene.eventLines().count == before + tags.count })
    #expect(eventually(within: 20) { (try? self.sink(scene)["waiting"] as? Int) == 0 && receiver.requests.count > 1 })
    daemon.terminate()
    try daemon.finish()
    var documents: [String: [String]] = [:]
    for request in receiver.requests {
      let text = String(decoding: request.body, as: UTF8.self)
      let event = try object(text)
      #expect(event["type"] as? String == "watcher.changes")
      #expect(event["id"] as? String == request.header("webhook-id"))
      let data = try #require(event["data"] as? [String: Any])
      let ids = try #require(data["events"] as? [[String: Any]]).compactMap { $0["id"] as? String }
      let id = try #require(request.header("webhook-id"))
      #expect(documents[id, default: ids] == ids, "the same on every attempt")
      documents[id] = ids
    }
    let told = documents.values.flatMap { $0 }
    let recorded = try scene.eventLines().dropFirst(before).map { try object($0)["id"] as? String }
    #expect(Set(told) == Set(recorded.compactMap { $0 }) && told.count == recorded.count, "each in one group")
    #expect(documents.count < tags.count)
    let groups = try scene.run(["events", "--type", "watcher.changes", "--json", "--config", scene.config]).stdout
    #expect(groups.split(separator: "\n").count == documents.count, "recorded as they were sent")
  }

  @Test func checkGroupsWhatItFound() throws {
    defer { registry.stop() }
    let receiver = try LoopbackServer { _ in ScriptedResponse(200) }
    defer { receiver.stop() }
    let scene = try scene(receiver, ["group": "1h"])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let request = try #require(receiver.requests.first)
    #expect(receiver.requests.count == 1)
    #expect(String(decoding: request.body, as: UTF8.self).contains(scene.eventLines()[1]), "byte for byte")
  }
}
