import Foundation
import Glibc
import TestSupport
import Testing

/// Events that wait for a sink to which nothing is sent, because it is disabled or was removed.
@Suite(.timeLimit(.minutes(5))) struct HeldDeliveriesTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofTwoWaitingEvents() }

  private var log: String { WatcherBinary.text(scene.stderr) }

  /// Takes `all` out of the configuration.
  private func remove() throws {
    var document = try object(WatcherBinary.text(scene.config))
    document["sinks"] = ["out": ["type": "stdout"]]
    try JSONSerialization.data(withJSONObject: document).write(to: URL(fileURLWithPath: scene.config))
  }

  @Test(arguments: [
    ("disabled", "'watcher deliveries retry --sink all' enables it"),
    ("removed", "put it back into the configuration, or 'watcher deliveries drop --sink all' gives up what waits"),
  ])
  func retryDoesNotSayThatTheyAreSent(state: String, advice: String) throws {
    defer { registry.stop() }
    try scene.change("UPDATE sink SET state = '\(state)' WHERE name = 'all'")
    try scene.change("UPDATE delivery SET state = 'failed' WHERE sink = 'all'")
    let retried = try scene.run(["deliveries", "retry", "--all"])
    #expect(retried.stderr == "watcher: warning: nothing is sent to a \(state) sink (all): \(advice)\n")
    #expect(
      retried.stdout == "2 deliveries wait with all attempts to come: their sink is \(state) (all)\n",
      "\(retried.stdout)")
    #expect(retried.status == 0)
    // One to a sink that is at work is told apart.
    try scene.change(
      "UPDATE delivery SET state = 'failed'; UPDATE sink SET state = 'ok' WHERE name = 'out'")
    let both = try scene.run(["deliveries", "retry", "--all", "--json"])
    #expect(both.stdout == #"{"retried":3,"enabled":[]}"# + "\n")
    try scene.change("UPDATE delivery SET state = 'failed'")
    #expect(
      try scene.run(["deliveries", "retry", "--all"]).stdout == """
        1 delivery is due at once, with all attempts to come: the next 'watcher run' or 'watcher check' makes it
        2 deliveries wait with all attempts to come: their sink is \(state) (all)

        """)
  }

  @Test func aRemovedSinkThatIsNamedIsNotEnabled() throws {
    defer { registry.stop() }
    try scene.change("UPDATE sink SET state = 'removed' WHERE name = 'all'")
    try scene.change("UPDATE delivery SET attempts = 0, next_attempt_ms = 0 WHERE sink = 'all'")
    let retried = try scene.run(["deliveries", "retry", "--sink", "all"])
    #expect(retried.stderr.hasPrefix("watcher: warning: nothing is sent to a removed sink (all): put it back"))
    #expect(retried.stdout == "nothing to do: none of these has failed or was put off\n")
    #expect(try scene.run(["deliveries", "drop", "--all"]).status == 0)
    #expect(try scene.run(["deliveries", "retry", "--all"]).stderr.isEmpty, "nothing waits for it")
  }

  @Test func aDaemonMakesThem() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]).status) == 0 })
    try scene.change("UPDATE delivery SET state = 'failed' WHERE sink = 'all' AND event_sequence = 1")
    let retried = try scene.run(["deliveries", "retry", "1"])
    #expect(
      retried.stdout == "1 delivery is due at once, with all attempts to come: the daemon makes it now\n",
      "\(retried.stdout) \(retried.stderr)")
  }

  @Test func aSinkThatIsTakenOutOfTheConfigurationIsNotForgotten() throws {
    defer { registry.stop() }
    let port = try scene.listen()
    var daemon = try scene.daemon()
    #expect(eventually { (try? scene.run(["health"]).status) == 0 })
    #expect(!log.contains("msg=sink_removed"))
    try remove()
    _ = try scene.listen(port: port)
    daemon.signal(SIGHUP)
    let told = /level=warning msg=sink_removed .*sink=all .*waiting=2/
    #expect(eventually { log.contains(told) }, "\(log)")
    #expect(log.contains("watcher deliveries drop --sink all"))
    let status = try scene.run(["status", "--exit-code"])
    #expect(status.status == 1)
    #expect(status.stdout.contains("\n2 sinks: 1 ok, 1 removed\n"), "\(status.stdout)")
    let words = "it is not configured any more, and 2 deliveries wait: put it back, or"
    #expect(status.stdout.contains(words), "\(status.stdout)")
    let health = try scene.run(["health"])
    #expect(health.status == 0)
    #expect(health.stdout.contains("; the sink all is removed and still owed events"), "\(health.stdout)")
    #expect(
      try eventually(within: 40) {
        try #require(try TCPClient.get("/metrics", port: port)).contains(
          "\nwatcher_sink_state{sink=\"all\",state=\"removed\"} 1\n")
      })
    daemon.terminate()
    #expect(try daemon.finish() == 0)
    unlink(scene.stderr)
    daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { log.contains(told) }, "\(log)")
    #expect(try scene.run(["deliveries", "drop", "--sink", "all"]).status == 0)
    #expect(try scene.run(["status", "--exit-code"]).status == 0)
    #expect(try !scene.run(["health"]).stdout.contains("owed"))
  }
}
