import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// `kill -9` at random moments while tags move and the receiver fails at random.
@Suite(.timeLimit(.minutes(30))) struct WebhookKillTests {
  /// More on demand.
  static let rounds = ProcessInfo.processInfo.environment["WATCHER_KILL_ROUNDS"].flatMap { Int($0) } ?? 200
  static let tags = 20
  /// Of one tag: what moves more often in an hour is announced in a summary.
  static let moves = 4

  private struct Received {
    let id: String
    let body: String
    let isTaken: Bool
  }

  @Test func everyEventArrivesInOrder() throws {
    let registry = try FakeRegistry()
    defer { registry.stop() }
    let received = Mutex<[Received]>([])
    let isHonest = Mutex(false)
    let answers = TestRandom(stream: 1)
    let receiver = try LoopbackServer { request in
      var answers = answers
      let fails = isHonest.withLock { !$0 } && Int.random(in: 0..<3, using: &answers) == 0
      let response =
        [
          ScriptedResponse(500), ScriptedResponse(429, headers: [("Retry-After", "1")]),
          ScriptedResponse(200, behaviour: .drop),
        ].randomElement(using: &answers) ?? ScriptedResponse(500)
      received.withLock {
        $0.append(
          Received(
            id: request.header("webhook-id") ?? "", body: String(decoding: request.body, as: UTF8.self),
            isTaken: !fails))
      }
      return fails ? response : ScriptedResponse(200)
    }
    defer { receiver.stop() }
    let sink = Scene.webhook(to: receiver.origin, ["retry_schedule": ["0s"] + Array(repeating: "1s", count: 49)])
    let scene = try Scene(
      watch: (0..<Self.tags).map { "\(registry.authority)/app\($0):stable" }, sinks: ["hook": sink])
    var versions = Array(repeating: 0, count: Self.tags)
    for tag in 0..<Self.tags { put(registry, tag, 0) }
    // On a slow machine every daemon may be killed before it has recorded anything.
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    var random = TestRandom()
    for _ in 0..<Self.rounds {
      let daemon = try scene.daemon()
      // The moment is meant to be random; nothing is awaited here.
      usleep(UInt32.random(in: 5_000...500_000, using: &random))
      kill(daemon.pid, SIGKILL)
      try daemon.finish()
      let tag = Int.random(in: 0..<Self.tags, using: &random)
      guard versions[tag] < Self.moves else { continue }
      versions[tag] += 1
      put(registry, tag, versions[tag])
    }
    isHonest.withLock { $0 = true }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(
      try eventually(within: 90) {
        let waiting = try scene.sql("SELECT count(*) FROM delivery WHERE sink = 'hook' AND state != 'delivered'")
        let current = try scene.sql("SELECT count(DISTINCT tag_id) FROM snapshot WHERE ended IS NULL")
        return waiting == ["0"] && current == ["\(Self.tags)"]
      })
    daemon.terminate()
    try daemon.finish()
    try judge(scene, received.withLock { $0 })
  }

  private func judge(_ scene: Scene, _ received: [Received]) throws {
    let rows = try scene.sql(
      """
      SELECT e.tag_id || '|' || hex(e.body) FROM event e JOIN delivery d ON d.event_sequence = e.sequence
      WHERE d.sink = 'hook' ORDER BY e.sequence
      """)
    let recorded = try rows.map { row in
      let parts = row.split(separator: "|", maxSplits: 1)
      return (tag: String(parts[0]), body: try Scene.text(frame: parts[1]))
    }
    #expect(!recorded.isEmpty)
    let bodies = Set(recorded.map(\.body))
    #expect(received.allSatisfy { bodies.contains($0.body) }, "nothing but what is recorded")
    #expect(Set(received.filter(\.isTaken).map(\.body)) == bodies, "what is recorded has arrived")
    for request in received {
      #expect(try object(request.body)["id"] as? String == request.id, "one id per event")
    }
    for (tag, events) in Dictionary(grouping: recorded, by: \.tag) {
      let order = events.map(\.body)
      var taken = Set<String>()
      for request in received {
        guard let place = order.firstIndex(of: request.body) else { continue }
        #expect(order[..<place].allSatisfy { taken.contains($0) }, "in order, of tag \(tag)")
        if request.isTaken { taken.insert(request.body) }
      }
    }
    #expect(try scene.sql("PRAGMA integrity_check") == ["ok"])
    print("\(Self.rounds) kills, \(recorded.count) events, \(received.count) requests")
  }

  private func put(_ registry: FakeRegistry, _ tag: Int, _ version: Int) {
    registry.put(FakeRegistryImage("\(tag) \(version)"), in: "app\(tag)", tag: "stable")
  }
}
