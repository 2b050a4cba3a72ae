import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// A receiver that asks to be sent nothing for an hour, as the service bears it.
@Suite(.timeLimit(.minutes(5))) struct WebhookRestTests {
  private let registry: FakeRegistry
  private let receiver: LoopbackServer
  private let scene: Scene
  private let answers = Answers()

  private final class Answers: Sendable {
    let isBusy = Mutex(true)
  }

  init() throws {
    registry = try FakeRegistry()
    receiver = try LoopbackServer { [answers] _ in
      answers.isBusy.withLock { $0 }
        ? ScriptedResponse(429, headers: [("Retry-After", "3600")]) : ScriptedResponse(204)
    }
    for app in ["one", "two"] { registry.put(FakeRegistryImage("first"), in: app, tag: "stable") }
    scene = try Scene(watch: [])
    try configure("/")
  }

  private func configure(_ path: String) throws {
    try scene.configure(
      watch: ["one", "two"].map { "\(registry.authority)/\($0):stable" },
      sinks: ["hook": Scene.webhook(to: receiver.origin + path)])
  }

  /// One event is refused: then the sink rests.
  private func refuse(_ daemon: Child) throws {
    try #require(eventually { (try? scene.sql("SELECT count(*) FROM snapshot")) == ["2"] })
    registry.put(FakeRegistryImage("second"), in: "one", tag: "stable")
    try #require(
      eventually { (try? scene.sql("SELECT name FROM sink WHERE rests_until_ms IS NOT NULL")) == ["hook"] })
    answers.isBusy.withLock { $0 = false }
  }

  /// Kills it, so that nothing is put in order.
  private func kill(_ daemon: Child) {
    Glibc.kill(daemon.pid, SIGKILL)
    #expect(eventually { !daemon.isRunning }, "it ends")
  }

  private func waiting() throws -> [[String: Any]] {
    let list = try scene.json(["deliveries", "list", "--waiting", "--sink", "hook", "--json"])
    return try #require(list["deliveries"] as? [[String: Any]])
  }

  @Test func itOutlivesTheProcessAndACheckByHandAndEndsByRetry() throws {
    defer {
      registry.stop()
      receiver.stop()
    }
    var daemon = try scene.daemon()
    try refuse(daemon)
    kill(daemon)
    let listed = try #require(try waiting().first)
    #expect(listed["attempts"] as? Int == 0, "no attempt is used up")
    let next = try #require(listed["next_attempt"] as? String)
    let seconds = try #require(
      try? Date(next, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
    )
    .timeIntervalSinceNow
    #expect((3_300...3_601).contains(seconds), "\(seconds)")

    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    registry.put(FakeRegistryImage("second"), in: "two", tag: "stable")
    daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(try eventually { try waiting().count == 2 }, "another tag's event waits as well")
    #expect(try scene.run(["status"]).status == 0)
    #expect(receiver.requests.count == 1, "and nothing is sent")

    let retried = try scene.run(["deliveries", "retry", "--sink", "hook"])
    #expect(retried.status == 0 && retried.stdout.hasPrefix("2 deliveries are due at once, "), "\(retried.stdout)")
    #expect(try eventually { try waiting().isEmpty })
    #expect(receiver.requests.count == 3)
  }

  @Test func aReloadKeepsItForTheSameReceiver() throws {
    defer {
      registry.stop()
      receiver.stop()
    }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    try refuse(daemon)
    for (index, path) in ["/", "/elsewhere"].enumerated() {
      try configure(path)
      Glibc.kill(daemon.pid, SIGHUP)
      let reloads = { WatcherBinary.text(scene.stderr).split(separator: "\n").count { $0.contains("msg=reloaded") } }
      #expect(eventually { reloads() == index + 1 }, "reload \(index + 1)")
      if path == "/" { #expect(receiver.requests.count == 1) }
    }
    #expect(try eventually { try waiting().isEmpty }, "another one has not asked for it")
    #expect(receiver.requests.map(\.path) == ["/", "/elsewhere"])
  }
}
