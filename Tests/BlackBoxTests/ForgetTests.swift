import Foundation
import Glibc
import TestSupport
import Testing

/// `forget`, alone and beside a daemon, and what `check` does not record.
@Suite struct ForgetTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String
  private let other: String

  init() throws {
    (registry, image, scene) = try Scene.ofOneTag(interval: "1h")
    registry.put(FakeRegistryImage("first"), in: "app", tag: "edge")
    other = "\(registry.authority)/app:edge"
  }

  private func check(_ arguments: [String]) throws -> WatcherBinary.Outcome {
    try scene.run(["check", "--config", scene.config] + arguments)
  }

  @Test func aTagIsForgottenWithItsHistoryAndEvents() throws {
    defer { registry.stop() }
    #expect(try check([]).status == 0)
    #expect(try check([other]).status == 0)
    registry.put(FakeRegistryImage("second"), in: "app", tag: "edge")
    #expect(try check([other]).status == 0)
    let watched = try scene.run(["forget", image, "--yes"])
    #expect(watched.status == 64 && watched.stderr.contains("is watched (\(image) in "), "\(watched.stderr)")
    #expect(watched.stderr.contains("take it out of the watchlist"))
    let silent = try scene.run(["forget", other])
    #expect(silent.status == 64 && silent.stderr.contains("say --yes"), "\(silent.stderr)")
    let forgotten = try object(scene.run(["forget", other, "--yes", "--json"]).stdout)
    #expect(forgotten["tag"] as? String == other && forgotten["kept_events"] as? Int == 0)
    #expect(forgotten["snapshots"] as? Int == 2 && forgotten["events"] as? Int == 2)
    #expect(forgotten["deliveries"] as? Int == 3 && (forgotten["documents"] as? Int ?? 0) >= 2)
    let gone = try scene.run(["history", other])
    #expect(gone.status == 66 && gone.stderr.contains("known here: \(image)\n"), "\(gone.stderr)")
    #expect(try scene.run(["forget", other, "--yes"]).status == 66)
    #expect(try scene.history(image).count == 1)
    #expect(try scene.run(["db", "check"]).status == 0)
    #expect(try check([other]).stdout.hasPrefix("first seen  "))
  }

  @Test(arguments: [("y", 0), ("yes", 0), ("n", 1), ("", 1)])
  func onATerminalItAsks(answer: String, left: Int) throws {
    defer { registry.stop() }
    #expect(try check([other]).status == 0)
    let out = scene.directory + "/terminal"
    let child = try Child(
      "sh",
      [
        "-c",
        "(timeout 20 sh -c 'until grep -q y/N $0; do sleep 0.05; done' \(out); echo '\(answer)')"
          + " | script --quiet --return --command \"$0 forget $1\" /dev/null",
        WatcherBinary.path, other,
      ], environment: ["PATH": "/usr/bin:/bin", "WATCHER_DATABASE": scene.database], stdout: out)
    #expect(try child.finish(within: 30) == 0)
    let text = WatcherBinary.text(out)
    #expect(text.contains("forget \(other) with 1 state and 1 event? [y/N] "), "\(text)")
    #expect(try scene.sql("SELECT count(*) FROM snapshot") == ["\(left)"])
  }

  /// While it was asked, somebody else has forgotten it.
  @Test func aTagThatIsGoneByThenIsNotKnown() throws {
    defer { registry.stop() }
    #expect(try check([other]).status == 0)
    let (out, answer) = (scene.directory + "/terminal", scene.directory + "/answer")
    let child = try Child(
      "sh",
      [
        "-c",
        "(timeout 20 sh -c 'until test -e \(answer); do sleep 0.05; done'; echo y)"
          + " | script --quiet --return --command \"$0 forget $1\" /dev/null",
        WatcherBinary.path, other,
      ], environment: ["PATH": "/usr/bin:/bin", "WATCHER_DATABASE": scene.database], stdout: out)
    #expect(eventually { WatcherBinary.text(out).contains("[y/N]") })
    #expect(try scene.run(["forget", other, "--yes"]).status == 0)
    try scene.put(["answer": ""])
    #expect(try child.finish(within: 30) == 66)
    #expect(WatcherBinary.text(out).contains("nothing is known of this tag (\(other) in "))
  }

  @Test func theDaemonDoesItThatHoldsTheDatabase() throws {
    defer { registry.stop() }
    let receiver = try LoopbackServer { _ in ScriptedResponse(500) }
    defer { receiver.stop() }
    try scene.configure(
      watch: [image], interval: "1h",
      sinks: ["hook": Scene.webhook(to: receiver.origin, ["events": ["*"]])])
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    #expect(eventually { (try? scene.run(["health"]).status) == 0 })
    #expect(eventually { scene.isBaselineRecorded() })
    #expect(try check([other]).status == 0)
    #expect(try eventually { try scene.sql("SELECT count(*) FROM delivery WHERE state = 'delivered'") == ["2"] })
    let forgotten = try scene.run(["forget", other, "--yes"])
    #expect(forgotten.status == 0, "\(forgotten.stderr)")
    #expect(forgotten.stdout.hasPrefix("\(other): forgot 1 snapshot, 0 events, "))
    #expect(forgotten.stdout.contains("still to be delivered: 1 event, kept until then"))
    #expect(try scene.run(["history", other]).status == 66)
    #expect(try scene.sql("SELECT count(*) FROM delivery WHERE state = 'waiting'") == ["2"])
    #expect(try scene.run(["forget", image, "--yes"]).status == 64)
    // What nobody waits for any more goes with the next pruning.
    #expect(try scene.run(["deliveries", "drop", "--all"]).status == 0)
    #expect(try object(scene.run(["db", "prune", "--json"]).stdout)["events"] as? Int == 1)
    #expect(try scene.sql("SELECT tag FROM tag") == ["stable"])
  }

  /// Between two steps, as a reload or a check would.
  @Test(arguments: [
    (false, "watched = 1", "is watched again"), (true, "watched = 1", "is watched again"),
    (false, "last_checked_ms = 1", "was recorded again"), (true, "last_checked_ms = 1", "was recorded again"),
  ])
  func aTagThatIsTakenUpAgainIsNotForgotten(isDaemonThere: Bool, change: String, words: String) throws {
    defer { registry.stop() }
    #expect(try check([image, other]).status == 0)
    try scene.change(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
      INSERT INTO snapshot(tag_id, digest, media_type, size, first_seen_ms, last_seen_ms)
        SELECT s.tag_id, s.digest, s.media_type, s.size, s.first_seen_ms, s.last_seen_ms FROM n, snapshot s
        JOIN tag t ON t.id = s.tag_id WHERE t.tag = 'edge';
      CREATE TRIGGER taken AFTER DELETE ON snapshot BEGIN UPDATE tag SET \(change) WHERE id = OLD.tag_id; END;
      """)
    let daemon = isDaemonThere ? try scene.daemon() : nil
    defer { daemon?.terminate() }
    if isDaemonThere { #expect(eventually { (try? scene.run(["health"]).status) == 0 }) }
    let outcome = try scene.run(["forget", other, "--yes"])
    #expect(outcome.status == 64 && outcome.stdout.isEmpty, "\(outcome.stdout)")
    #expect(outcome.stderr.contains(words), "\(outcome.stderr)")
    #expect(outcome.stderr.contains("(\(other) in "), "\(outcome.stderr)")
    #expect(outcome.stderr.contains("; states forgotten before: 500, events: 0: "), "\(outcome.stderr)")
    #expect(try scene.sql("SELECT count(*) FROM snapshot s JOIN tag t ON t.id = tag_id WHERE tag = 'edge'") == ["101"])
  }

  @Test func whatTheRegistryDoesNotHaveIsNotRecorded() throws {
    defer { registry.stop() }
    let missing = "\(registry.authority)/app:stabel"
    let outcome = try check([missing])
    #expect(
      outcome.status == 2 && outcome.stdout.contains("  not on the watchlist; tag_missing: "), "\(outcome.stdout)")
    #expect(try scene.sql("SELECT count(*) FROM tag") == ["0"])
    let history = try scene.run(["history", missing])
    #expect(history.status == 66 && history.stderr.contains("nothing has been recorded yet"), "\(history.stderr)")
    // Of one that was there it is recorded, and takes nothing away.
    #expect(try check([other]).status == 0)
    registry.delete(tag: "edge", of: "app")
    #expect(try check([other]).status == 2)
    #expect(try scene.history(other).count == 1)
    #expect(try scene.status(other)["state"] as? String == "failing")
    // One of the watchlist is failing, if it is asked for by name before anything else.
    try scene.configure(watch: [image, missing])
    #expect(try check([missing]).stdout.hasPrefix("failed      \(missing)  tag_missing: "))
    #expect(try scene.status(missing)["state"] as? String == "failing")
  }

  @Test func quietPrintsOnlyWhatChangedOrFailed() throws {
    defer { registry.stop() }
    #expect(try check(["--quiet"]).stdout.isEmpty)
    #expect(try check(["--quiet"]).stdout.isEmpty)
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    let lines = try check(["--quiet", image, other]).stdout.split(separator: "\n")
    #expect(lines.count == 2 && lines[0].hasPrefix("changed     \(image)"))
    let report = try object(check(["--quiet", "--json", image]).stdout)
    #expect((report["results"] as? [[String: Any]])?.count == 1 && report["unchanged"] as? Int == 1)
  }

  /// It was tried, and nobody knows what became of it.
  @Test func aReceiverThatDoesNotAnswerInTimeWasTried() throws {
    defer { registry.stop() }
    let receiver = try LoopbackServer { _ in ScriptedResponse(200, behaviour: .hang) }
    defer { receiver.stop() }
    try scene.configure(watch: [image], sinks: ["hook": Scene.webhook(to: receiver.origin, ["events": ["*"]])])
    let outcome = try check([])
    #expect(outcome.status == 0 && receiver.requests.count == 1)
    #expect(outcome.stderr.contains("(hook: 1 waits; not taken within 10 s)"), "\(outcome.stderr)")
  }
}
