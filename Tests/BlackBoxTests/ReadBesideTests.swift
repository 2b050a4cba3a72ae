import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

/// Queries beside a daemon of another user, as a member of its group and as root: while it runs, after a clean stop, and
/// after `kill -9`.
@Suite struct ReadBesideTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String
  /// The daemon's own directory, as systemd makes it.
  private var state: String { scene.directory + "/state" }
  private var database: String { state + "/watcher.db" }
  private static let (daemon, member) = ("4242", "65534")

  init() throws { (registry, image, scene) = try Scene.ofOneTag(interval: "1h") }

  private func line(as user: String, _ arguments: [String]) -> [String] {
    ["setpriv", "--reuid=\(user)", "--regid=\(Self.daemon)", "--clear-groups", WatcherBinary.path] + arguments
  }

  private func start(_ line: [String], output: String) throws -> Child {
    try Child(
      line[0], Array(line.dropFirst()), environment: ["PATH": "/usr/sbin:/usr/bin:/bin", "HOME": "/"], directory: "/",
      stdout: output, stderr: output + ".err")
  }

  /// What a query prints.
  private func ask(_ line: [String]) throws -> String {
    let output = "\(scene.directory)/asked.\(UUID().uuidString)"
    let status = try start(line, output: output).finish(within: 60)
    let complaint = WatcherBinary.text(output + ".err")
    #expect(status == 0 && complaint.isEmpty, "\(line): \(complaint)")
    return WatcherBinary.text(output)
  }

  /// Of two states, with what runs the first one.
  private func queries(_ first: FakeRegistryImage) throws -> [[String]] {
    let running = "\(scene.directory)/running.jsonl"
    let id = first.imageID("linux/amd64")
    try #"{"name": "web", "image": "\#(image)", "digests": ["\#(id)"]}"#.write(
      toFile: running, atomically: true, encoding: .utf8)
    let since = ["--since", "2020-01-01"]
    return [
      ["history", image, "--json"], ["history", image, "--json"] + since, ["which", String(id.hex), "--json"],
      ["diff", image, "--json"], ["drift", "--from", running, "--json"], ["events", "--json"], ["status"],
    ].map { $0 + ["--database", database] }
  }

  @Test(.enabled(if: geteuid() == 0, "becoming another user needs root"))
  func membersOfTheGroupAndRoot() throws {
    defer { registry.stop() }
    let owner = uid_t(Self.daemon) ?? 0
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
    #expect(chown(state, owner, owner) == 0 && chmod(state, 0o750) == 0 && chmod(scene.directory, 0o755) == 0)
    try scene.set("database", database)
    try scene.set("sinks", ["out": ["type": "stdout"]])
    let queries = try queries(FakeRegistryImage("first"))
    func daemon() throws -> Child {
      let child = try start(
        line(as: Self.daemon, ["run", "--config", scene.config]), output: "\(scene.directory)/daemon")
      let health = [WatcherBinary.path, "health", "--database", database]
      #expect(try eventually { try start(health, output: "\(scene.directory)/health").finish(within: 60) == 0 })
      return child
    }
    func look(_ when: String) throws {
      for query in queries {
        let (member, root) = (try ask(line(as: Self.member, query)), try ask([WatcherBinary.path] + query))
        #expect(member == root && !member.isEmpty, "\(when): \(query)")
      }
      for name in try FileManager.default.contentsOfDirectory(atPath: state) {
        var info = stat()
        #expect(lstat("\(state)/\(name)", &info) == 0 && info.st_uid == owner, "\(when): \(name) is its own")
      }
    }
    var running = try daemon()
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    _ = try ask(line(as: Self.daemon, ["check", "--config", scene.config]))
    try look("while it runs")
    running.terminate()
    #expect(try running.finish() == 0)
    try look("after a clean stop")
    running = try daemon()
    kill(running.pid, SIGKILL)
    try running.finish()
    try look("after kill -9")
    running = try daemon()
    try look("after both")
    running.terminate()
    #expect(try running.finish() == 0)
  }
}

/// Somebody reads what a query prints as slowly as they like: no transaction stays open for as long, and what the daemon
/// writes in the meantime can be put in its place.
@Suite struct SlowReaderTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag() }

  /// More of everything than a pipe holds.
  private func fill() throws {
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    try scene.change(
      """
      CREATE TEMP TABLE n AS
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n;
      INSERT INTO snapshot(id, tag_id, digest, media_type, size, first_seen_ms, last_seen_ms)
        SELECT id + i, tag_id, CASE i % 2 WHEN 0 THEN digest ELSE printf('sha256:%064x', i) END, media_type, size,
          first_seen_ms, last_seen_ms FROM snapshot, n WHERE id = 1;
      INSERT INTO event(id, type, tag_id, time_ms, body)
        SELECT id || i, type, tag_id, time_ms, body FROM event, n WHERE sequence = 1;
      """)
  }

  @Test func noTransactionStaysOpen() throws {
    defer { registry.stop() }
    try fill()
    let containers = "\(scene.directory)/containers.jsonl"
    let first = FakeRegistryImage("first")
    let id = first.imageID("linux/amd64")
    try (0..<1_000).map { #"{"name": "web-\#($0)", "image": "\#(image)", "digests": ["\#(id)"]}"# }
      .joined(separator: "\n").write(toFile: containers, atomically: true, encoding: .utf8)
    for query in [
      ["history", image, "--all", "--json"], ["history", image, "--all", "--full"], ["events", "--json"],
      ["which", String(first.index.digest.hex), "--json"], ["drift", "--from", containers, "--json"],
    ] {
      let pipe = "\(scene.directory)/pipe.\(UUID().uuidString)"
      try #require(mkfifo(pipe, 0o600) == 0)
      let reading = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      defer { close(reading) }
      let child = try scene.binary.start(
        query, environment: ["WATCHER_DATABASE": scene.database], stdout: pipe, stderr: pipe + ".err")
      defer { child.terminate() }
      // Nobody reads on, and it waits.
      var held: Int32 = 0
      #expect(eventually { ioctl(reading, UInt(FIONREAD), &held) == 0 && held > 60_000 }, "\(query): \(held) bytes")
      try scene.change("UPDATE snapshot SET last_seen_ms = last_seen_ms + 1 WHERE id = 1")
      try scene.change("PRAGMA wal_checkpoint(TRUNCATE)")
      var log = stat()
      #expect(stat(scene.database + "-wal", &log) == 0 && log.st_size == 0, "\(query) has it open")
    }
  }
}
