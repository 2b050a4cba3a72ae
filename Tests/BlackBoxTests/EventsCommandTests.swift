import Foundation
import Glibc
import TestSupport
import Testing

/// `watcher events`: what was recorded, byte for byte, and what is recorded while it looks.
@Suite struct EventsCommandTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag() }

  private func check() throws { #expect(try scene.run(["check", "--config", scene.config]).status == 0) }

  private func moveTag(to name: String) throws {
    registry.put(FakeRegistryImage(name), in: "app", tag: "stable")
    try check()
  }

  private func follow(_ options: [String] = ["--json"], stdout: String? = nil) throws -> Child {
    try Child(
      WatcherBinary.path, ["events", "--follow", "--database", scene.database] + options,
      environment: ["PATH": "/usr/bin:/bin", "HOME": scene.directory, "WATCHER_CONFIG": scene.config],
      stdout: stdout ?? scene.stdout, stderr: scene.stderr)
  }

  private func lines() -> [String] { WatcherBinary.text(scene.stdout).split(separator: "\n").map(String.init) }

  @Test func aMovedTagIsShownAndTheBytesAreThoseOfTheFileSink() throws {
    defer { registry.stop() }
    try check()
    try moveTag(to: "second")
    let json = try scene.run(["events", "--json"])
    #expect(json.status == 0)
    #expect(json.stderr.isEmpty)
    #expect(json.stdout == WatcherBinary.text(scene.events), "baseline and move, byte for byte")
    #expect(scene.eventLines().count == 2)

    let later = try scene.run(["events", "--json", "--after", "000000000001"])
    #expect(later.stdout == scene.eventLines()[1] + "\n")
    #expect(try scene.run(["events", "--json", "--type", "watcher.image.*"]).stdout == later.stdout)
    #expect(try scene.run(["events", "--json", "--limit", "1"]).stdout == scene.eventLines()[0] + "\n")
    #expect(try scene.run(["events", "--json", "--tag", image]).stdout == json.stdout)
    #expect(try scene.run(["events", "--json", "--after", "2"]).stdout.isEmpty)

    let text = try scene.run(["events", "--type", "*.changed"])
    let shown = text.stdout.split(separator: "\n").map(String.init)
    #expect(text.status == 0)
    #expect(shown.first == "SEQUENCE  TIME (UTC)           EVENT             TAG")
    #expect(shown.dropFirst().first?.hasSuffix("  image changed     \(image)") == true, "\(text.stdout)")
    #expect(shown.last?.contains(/^    linux\/[a-z0-9\/]+ [a-z]+ [0-9a-f]{12} -> [0-9a-f]{12}$/) == true, "\(shown)")

    let unknown = try scene.run(["events", "--tag", "busybox:1"])
    #expect(unknown.status == 66)
    #expect(unknown.stdout.isEmpty)
    #expect(unknown.stderr.hasPrefix("watcher: error: nothing is known of this tag (docker.io/library/busybox:1 in "))
  }

  /// Whoever follows wants what is new, and a little of what was before.
  @Test func theLastAreShown() throws {
    defer { registry.stop() }
    try check()
    for number in 1...12 { try moveTag(to: "image\(number)") }
    let all = scene.eventLines()
    #expect(all.count == 13)
    func json(_ options: [String]) throws -> [String] {
      try scene.run(["events", "--json"] + options).stdout.split(separator: "\n").map(String.init)
    }
    #expect(try json(["--last", "2"]) == all.suffix(2))
    #expect(try json(["--last", "2", "--type", "first_seen"]) == [all[0]])
    #expect(try json(["--type", "changed"]) == all.suffix(12))
    #expect(try json(["--last", "99"]) == all)
    for (options, expected) in [([], 10), (["--last", "3"], 3), (["--after", "0"], 13), (["--since", "1h"], 13)] {
      let output = "\(scene.directory)/follow\(expected)\(options.count)\(options.first ?? "")"
      let child = try follow(["--json"] + options, stdout: output)
      func shown() -> [String] { WatcherBinary.text(output).split(separator: "\n").map(String.init) }
      #expect(eventually(within: 5) { shown().count >= expected }, "\(options)")
      #expect(shown() == all.suffix(expected), "\(options)")
      child.signal(SIGTERM)
      #expect(try child.finish(within: 5) == 0)
    }
    let both = try scene.run(["events", "--type", "image"])
    #expect(both.status == 64)
    #expect(both.stderr.contains("it may be image.changed, image.repacked, or image.* for all of them"))
  }

  @Test func followShowsWhatADaemonRecordsAndEndsWhenTold() throws {
    defer { registry.stop() }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    try #require(eventually { scene.isBaselineRecorded() })
    // The daemon's own events go to the same file, so what is followed has one of its own.
    let followed = "\(scene.directory)/followed"
    let child = try follow(stdout: followed)
    #expect(eventually(within: 5) { WatcherBinary.text(followed).contains("watcher.tag.first_seen") })
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    try #require(eventually(within: 16) { scene.eventLines().count == 2 })
    #expect(eventually(within: 5) { WatcherBinary.text(followed) == WatcherBinary.text(scene.events) })
    child.signal(SIGTERM)
    #expect(try child.finish(within: 5) == 0)
    #expect(WatcherBinary.text(followed) == WatcherBinary.text(scene.events))
    #expect(daemon.isRunning)
  }

  @Test func followWaitsForADatabaseAndNeedsNoDaemon() throws {
    defer { registry.stop() }
    let child = try follow()
    #expect(eventually(within: 5) { WatcherBinary.text(scene.stderr).hasPrefix("watcher: warning: nothing to follow") })
    try check()
    #expect(eventually(within: 5) { lines().count == 1 })
    try moveTag(to: "second")
    #expect(eventually(within: 5) { lines() == scene.eventLines() })
    #expect(lines().count == 2)
    child.signal(SIGINT)
    #expect(try child.finish(within: 5) == 0)
    #expect(WatcherBinary.text(scene.stderr).split(separator: "\n").count == 1)
  }

  @Test func followEndsAfterEnough() throws {
    defer { registry.stop() }
    try check()
    let child = try follow(["--json", "--after", "1", "--limit", "1"])
    try moveTag(to: "second")
    #expect(try child.finish(within: 5) == 0)
    #expect(lines() == [scene.eventLines()[1]])
  }

  /// Nothing is written any more, and it is noticed all the same.
  @Test func followEndsWhenNobodyReads() throws {
    defer { registry.stop() }
    try check()
    let script = "(\"$0\" events --json --follow --database \"$1\"; echo \"ended $?\" >&2) | head -n 1"
    let child = try Child(
      "bash", ["-c", script, WatcherBinary.path, scene.database], environment: ["PATH": "/usr/bin:/bin"],
      stdout: scene.stdout, stderr: scene.stderr)
    #expect(try child.finish(within: 10) == 0)
    #expect(lines() == scene.eventLines())
    #expect(WatcherBinary.text(scene.stderr) == "ended 0\n")
  }

  /// What opens next would get its number, and be sent the events.
  @Test func closedOutputIsAnErrorAndNobodyElses() throws {
    defer { registry.stop() }
    try check()
    for command in ["events", "events --follow", "status", "deliveries list --delivered"] {
      let child = try Child(
        "bash", ["-c", "\"$0\" \(command) --database \"$1\" >&-", WatcherBinary.path, scene.database],
        environment: ["PATH": "/usr/bin:/bin"], stdout: scene.stdout, stderr: scene.stderr + command)
      #expect(try child.finish(within: 10) == 74, "\(command)")
      #expect(
        WatcherBinary.text(scene.stderr + command)
          == "watcher: error: cannot write standard output (Bad file descriptor): send it somewhere else\n")
    }
  }

  /// A reader that stopped reading keeps nobody from ending it.
  @Test func followEndsWhileItsReaderIsStuck() throws {
    defer { registry.stop() }
    try check()
    // More than a pipe holds.
    let output = "\(scene.directory)/sqlite.out"
    let filled = try Child(
      "sqlite3",
      [
        scene.database,
        """
        WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 300)
        INSERT INTO event(id, tag_id, type, time_ms, body) SELECT 'x' || i, tag_id, type, time_ms, body FROM event, n
        """,
      ], environment: ["PATH": "/usr/bin:/bin"], stdout: output, stderr: output)
    #expect(try filled.finish() == 0, "\(WatcherBinary.text(output))")
    let script = """
      mkfifo "$2"; exec 3<>"$2"; "$0" events --json --follow --database "$1" >"$2" & child=$!
      sleep 2; kill -TERM $child; wait $child; echo "ended $?" >&2
      """
    let child = try Child(
      "bash", ["-c", script, WatcherBinary.path, scene.database, "\(scene.directory)/pipe"],
      environment: ["PATH": "/usr/bin:/bin"], stdout: scene.stdout, stderr: scene.stderr)
    #expect(try child.finish(within: 10) == 0)
    #expect(WatcherBinary.text(scene.stderr) == "ended 0\n")
  }
}
