import Foundation
import Glibc
import TestSupport
import Testing

/// Whether a daemon runs is told as far as it can be, and in the same words by all who tell of it.
@Suite struct DaemonStateTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws {
    (registry, image, scene) = try Scene.ofOneTag()
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
  }

  /// The daemon does not sign it, for it may be anybody's file; what a command wrote there before says nothing.
  @Test func aLockWithASecondNameDoesNotSayWho() throws {
    defer { registry.stop() }
    #expect(link(scene.database + ".lock", scene.directory + "/second") == 0)
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]))?.status == 0 })
    let status = try scene.run(["status"])
    #expect(status.stdout.contains("\nwhether a daemon is running cannot be told, database \(scene.database): "))
    #expect(status.stdout.contains("somebody writes to it, and its lock does not say who"), "\(status.stdout)")
    let said = try #require(try scene.json(["status", "--json"])["daemon"] as? [String: Any])
    #expect(said.values.allSatisfy { $0 is NSNull } && said.count == 6, "\(said)")
    try Mistake("a second daemon", "run", 75, "watcher: error: another process holds the database (").make(in: scene)
  }

  /// Frozen, as by a disk that hangs or a debugger.
  @Test func aDaemonThatDoesNotAnswerIsNotWell() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]))?.status == 0 })
    daemon.signal(SIGSTOP)
    defer { daemon.signal(SIGCONT) }
    let status = try scene.run(["status", "--exit-code"])
    #expect(status.status == 1, "\(status.stderr)")
    let words = "the daemon at \(scene.directory)/control.sock does not answer: see its log"
    #expect(status.stdout.hasPrefix(words), "\(status.stdout)")
    let said = try #require(try scene.json(["status", "--json"])["daemon"] as? [String: Any])
    #expect(said["running"] as? Bool == true && said["problem"] as? String == words)
  }

  @Test(.enabled(if: geteuid() == 0, "becoming another user needs root"))
  func aLockThatMayNotBeRead() throws {
    defer { registry.stop() }
    #expect(chmod(scene.directory, 0o755) == 0 && chmod(scene.config, 0o644) == 0)
    for suffix in ["", "-wal", "-shm"] { #expect(chmod(scene.database + suffix, 0o644) == 0) }
    #expect(chmod(scene.database + ".lock", 0o600) == 0)
    try Mistake("read as another", "status", 0, "cannot be told, database DIR/watcher.db: you may not read its lock")
      .make(in: scene, runner: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"])
  }

  /// A command that writes for a moment is no daemon, whoever asks.
  @Test func historyAndStatusAgree() throws {
    defer { registry.stop() }
    try scene.change("UPDATE snapshot SET first_seen_ms = 1000, last_seen_ms = 1000; UPDATE tag SET seen_ms = 1000")
    try "1\n".write(toFile: scene.database + ".lock", atomically: false, encoding: .utf8)
    let lock = open(scene.database + ".lock", O_RDWR | O_CLOEXEC)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    #expect(try scene.run(["status"]).stdout.contains("\nno daemon is running, "))
    let history = try scene.run(["history", image])
    #expect(history.stdout.contains(": no daemon is running"), "\(history.stdout)")
  }
}
