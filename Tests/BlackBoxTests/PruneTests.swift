import Foundation
import TestSupport
import Testing

/// `db prune` and `retention.history`, alone and beside a daemon.
@Suite struct PruneTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag(interval: "1h", isPushed: false) }

  /// Three states, the last one of now; the first two as if they were from ten days ago.
  private func recordThree() throws {
    for name in ["first", "second", "third"] {
      registry.put(FakeRegistryImage(name), in: "app", tag: "stable")
      #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    }
    let tenDays = 10 * 86_400_000
    try scene.change(
      """
      UPDATE snapshot SET first_seen_ms = first_seen_ms - \(tenDays), last_seen_ms = last_seen_ms - \(tenDays)
        WHERE id < 3;
      UPDATE event SET time_ms = time_ms - \(tenDays) WHERE sequence < 3;
      """)
  }

  private func keep(_ retention: [String: String]) throws {
    var document = try object(WatcherBinary.text(scene.config))
    document["retention"] = retention
    try JSONSerialization.data(withJSONObject: document).write(to: URL(fileURLWithPath: scene.config))
  }

  @Test func whatTheConfigurationDoesNotKeepIsForgotten() throws {
    defer { registry.stop() }
    try recordThree()
    let prune = ["db", "prune", "--config", scene.config]
    let nothing = try scene.run(prune)
    #expect(nothing.status == 0, "\(nothing.stderr)")
    #expect(nothing.stdout == "forgot 0 snapshots, 0 events, 0 documents, 0 deliveries\n")
    try keep(["history": "11d"])
    #expect(try scene.run(prune).stdout == nothing.stdout)
    try keep(["history": "9d"])
    let pruned = try object(scene.run(prune + ["--json"]).stdout)
    #expect(pruned["snapshots"] as? Int == 2 && pruned["events"] as? Int == 2)
    #expect((pruned["documents"] as? Int ?? 0) > 2 && (pruned["deliveries"] as? Int ?? 0) >= 2)
    #expect(try scene.history(image).map { $0["event"] as? String } == ["watcher.image.changed"])
    #expect(try scene.sql("PRAGMA integrity_check") == ["ok"])
    // And polling goes on from there.
    registry.put(FakeRegistryImage("fourth"), in: "app", tag: "stable")
    #expect(try scene.run(["check", "--exit-code", "--config", scene.config]).status == 1)
    #expect(try scene.history(image).count == 2)
  }

  @Test func aDaemonDoesItByItselfAndWhenAsked() throws {
    defer { registry.stop() }
    try recordThree()
    try keep(["history": "9d"])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(try eventually { try scene.sql("SELECT count(*) FROM snapshot") == ["1"] })
    #expect(
      eventually {
        WatcherBinary.text(scene.stderr).split(separator: "\n").contains {
          $0.contains("msg=pruned") && $0.contains("snapshots=2")
        }
      })
    let outcome = try scene.run(["db", "prune"])
    #expect(outcome.status == 0, "\(outcome.stderr)")
    #expect(outcome.stdout == "forgot 0 snapshots, 0 events, 0 documents, 0 deliveries\n")
  }

  /// As it is for a machine whose clock is three years ahead.
  @Test func nothingIsForgottenByAClockThatNoRegistryConfirms() throws {
    defer { registry.stop() }
    registry.setClock(aheadBySeconds: -3 * 365 * 86_400)
    try recordThree()
    try keep(["history": "9d", "deliveries": "1d"])
    let alone = try scene.run(["db", "prune", "--config", scene.config])
    #expect(alone.status == 0 && alone.stdout == "forgot 0 snapshots, 0 events, 0 documents, 0 deliveries\n")
    #expect(alone.stderr.contains("no registry has confirmed this machine's clock yet"))
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]).status) == 0 })
    #expect(try scene.run(["db", "prune"]).stdout == alone.stdout)
    #expect(try scene.sql("SELECT count(*) FROM snapshot") == ["3"])
    // A registry that agrees ends it, for this daemon and for what comes after.
    registry.setClock(aheadBySeconds: 0)
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    #expect(try object(scene.run(["db", "prune", "--json"]).stdout)["snapshots"] as? Int == 2)
    #expect(try scene.sql("SELECT count(*) FROM meta WHERE key = 'agreed_ms'") == ["1"])
  }

  @Test func whereThereIsNoDatabaseNoneIsMade() throws {
    defer { registry.stop() }
    let outcome = try scene.run(["db", "prune"])
    #expect(outcome.status == 66, "\(outcome.stderr)")
    #expect(!FileManager.default.fileExists(atPath: scene.database))
  }
}
