import Foundation
import Glibc
import TestSupport
import Testing

/// `check` while a daemon holds the database.
@Suite struct CheckBesideDaemonTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String
  private let other: String
  private let daemon: Child

  init() throws {
    (registry, image, scene) = try Scene.ofOneTag(interval: "1h")
    registry.put(FakeRegistryImage("first"), in: "app", tag: "edge")
    other = "\(registry.authority)/app:edge"
    daemon = try scene.daemon()
    let scene = scene
    try #require(eventually { scene.isBaselineRecorded() && (try? scene.run(["health"]).status) == 0 })
  }

  private func end() {
    daemon.terminate()
    #expect(throws: Never.self) { try daemon.finish() }
    registry.stop()
  }

  private func check(_ arguments: [String]) throws -> WatcherBinary.Outcome {
    try scene.run(["check", "--config", scene.config] + arguments)
  }

  /// Asks the daemon as `check` does; `nil` stands for the watchlist.
  private func asking(for tags: [String]?) throws -> LocalSocket {
    let connection = try LocalSocket(scene.directory + "/control.sock")
    let list = tags.map { "[" + $0.map { "\"\($0)\"" }.joined(separator: ",") + "]" } ?? "null"
    connection.send("{\"command\":\"check\",\"database\":\"\(scene.database)\",\"tags\":\(list)}\n")
    return connection
  }

  /// Whether a reload has been taken over; for the registry's threads, too.
  private var isReloaded: @Sendable () -> Bool {
    { [stderr = scene.stderr] in WatcherBinary.text(stderr).contains("msg=reloaded") }
  }

  @Test func theDaemonPollsAndTheCommandReports() throws {
    defer { end() }
    #expect(try check(["--exit-code"]).status == 0)
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    let outcome = try check(["--exit-code"])
    #expect(outcome.status == 1, "\(outcome.stderr)")
    #expect(outcome.stderr.isEmpty)
    let lines = outcome.stdout.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("changed     \(image)  linux/amd64 "))
    #expect(lines[1].hasPrefix("checked 1 tag in "))
    #expect(lines[1].hasSuffix(": 0 first seen, 0 unchanged, 1 changed, 0 failed"))
    // The daemon delivers as ever, to its own standard output too.
    #expect(eventually { scene.eventLines().count == 2 })
    #expect(eventually { WatcherBinary.text(scene.stdout).contains("watcher.image.changed") })
    #expect(try scene.history(image).count == 2)
  }

  @Test func jsonHasTheDocumentsByteForByte() throws {
    defer { end() }
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    let outcome = try check(["--json"])
    let report = try object(outcome.stdout)
    #expect(report["checked"] as? Int == 1 && report["changed"] as? Int == 1)
    let events = try scene.run(["events", "--json"]).stdout.split(separator: "\n")
    #expect(events.count == 2)
    #expect(outcome.stdout.contains(events[1]))
  }

  @Test func aTagOutsideTheWatchlistIsPolledRecordedAndNotWatched() throws {
    defer { end() }
    let missing = "\(registry.authority)/app:nothing"
    let report = try object(check([other, missing, image, "--json"]).stdout)
    let results = try #require(report["results"] as? [[String: Any]])
    #expect(results.map { $0["tag"] as? String } == [other, missing, image])
    #expect(results.map { $0["outcome"] as? String } == ["first_seen", "failed", "unchanged"])
    #expect((results[1]["error"] as? [String: Any])?["code"] as? String == "tag_missing")
    let again = try check([other, missing, image])
    #expect(again.status == 2)
    let lines = again.stdout.split(separator: "\n")
    #expect(lines[0].hasPrefix("unchanged   \(other)") && lines[0].hasSuffix("  not on the watchlist"))
    #expect(lines[1].contains("  not on the watchlist; tag_missing: ") && !lines[2].contains("watchlist"))
    let recorded = try scene.sql("SELECT tag FROM tag ORDER BY tag")
    #expect(recorded == ["edge", "stable"], "what is not there is not recorded")
    #expect(try scene.history(other).count == 1)
    let watched = try scene.json(["status", "--json"])["tags"] as? [[String: Any]]
    #expect(watched?.map { $0["tag"] as? String } == [image])
    // Its events go where the configuration says.
    #expect(eventually { scene.eventLines().contains { $0.contains("app:edge") } })
  }

  /// Credentials are passed to the service alone, and `sudo watcher check` has to work all the same.
  @Test func whatOnlyTheDaemonCanReadIsNotNeeded() throws {
    defer { end() }
    try scene.configure(
      watch: [image],
      sinks: ["hook": ["type": "webhook", "url": "https://127.0.0.1:1/", "secret_file": ["credential": "hook"]]])
    let outcome = try check([])
    #expect(outcome.status == 0, "\(outcome.stderr)")
    #expect(outcome.stdout.hasPrefix("unchanged "))
    let checked = try scene.run(["config", "check", "--config", scene.config])
    #expect(checked.status == 0)
    #expect(checked.stderr.contains("warning: \"secret_file\": cannot be looked for: CREDENTIALS_DIRECTORY is not set"))
    let alone = try scene.run(["check", "--config", scene.config, "--database", scene.directory + "/other.db"])
    #expect(alone.status == 78 && alone.stderr.contains("CREDENTIALS_DIRECTORY=/run/credentials/watcher.service"))
  }

  @Test func aSlowRegistryIsWaitedForAndProgressIsSaid() throws {
    defer { end() }
    registry.setFault { _ in
      sleep(3)
      return nil
    }
    let connection = try asking(for: nil)
    let lines = connection.linesToEnd()
    #expect(lines.first == "{\"progress\":{\"done\":0,\"total\":1}}")
    #expect(lines.count >= 3)
    #expect(lines.dropLast(2).allSatisfy { $0.hasPrefix("{\"progress\":") })
    #expect(lines.dropLast().last?.hasPrefix("{\"item\":{\"tag\":\"\(image)\",\"outcome\":\"unchanged\",") == true)
    #expect(lines.last?.hasPrefix("{\"result\":{\"polling_ms\":") == true)
  }

  /// Another configuration comes while the watched tag is polled, so that the other one is polled after it, or while the
  /// other one is.
  @Test(arguments: ["stable", "edge"])
  func whatIsOutsideTheWatchlistGoesToTheSinksOfThen(held: String) throws {
    defer { end() }
    let late = scene.directory + "/late.jsonl"
    registry.setFault { [isReloaded] request in
      if request.path.hasSuffix("/\(held)") { _ = eventually(within: 30, isReloaded) }
      return nil
    }
    let before = registry.requests.count
    let connection = try asking(for: [image, other])
    #expect(
      eventually { registry.requests.dropFirst(before).contains { $0.path.hasSuffix("/\(held)") } }, "it is asked for")
    try scene.configure(
      watch: [image], interval: "1h", sinks: ["late": ["type": "file", "path": late, "events": ["*"]]])
    daemon.signal(SIGHUP)
    #expect(connection.linesToEnd().last?.hasPrefix("{\"result\":") == true && isReloaded())
    #expect(eventually { WatcherBinary.text(late).contains("\"subject\":\"\(other)\"") })
  }

  /// It has sinks of its own from then on, and nobody else may announce what they are to hear of.
  @Test func aTagThatIsWatchedMeanwhileIsLeftToTheDaemon() throws {
    defer { end() }
    let late = scene.directory + "/late.jsonl"
    registry.setFault { [isReloaded] request in
      if request.path.hasSuffix("/edge") { _ = eventually(within: 30, isReloaded) }
      return nil
    }
    let connection = try asking(for: [other])
    #expect(eventually { registry.requests.contains { $0.path.hasSuffix("/edge") } })
    try scene.configure(
      watch: [image, ["image": other, "sinks": ["late"]]], interval: "1h",
      sinks: ["late": ["type": "file", "path": late, "events": ["*"]]])
    daemon.signal(SIGHUP)
    let last = connection.linesToEnd().last ?? ""
    #expect(
      last.hasPrefix("{\"error\":{\"status\":69,") && last.contains("a reload or a list of tags has added"), "\(last)")
    #expect(eventually { WatcherBinary.text(late).contains("\"subject\":\"\(other)\"") })
    #expect(!scene.eventLines().contains { $0.contains("app:edge") }, "nor anybody else")
  }

  /// The daemon knows that its registry wants to be left alone, whoever asks for which tag.
  @Test func whatIsOutsideTheWatchlistIsLeftAloneWithItsRegistry() throws {
    defer { end() }
    registry.setFault { request in
      request.path.hasSuffix("/stable") ? ScriptedResponse(429, headers: [("Retry-After", "600")]) : nil
    }
    #expect(try check([]).status == 2)
    let report = try object(check([other, "--json"]).stdout)
    let results = try #require(report["results"] as? [[String: Any]])
    #expect((results[0]["error"] as? [String: Any])?["code"] as? String == "rate_limited")
    #expect(!registry.requests.contains { $0.path.hasSuffix("/edge") })
  }

  /// Its poll is cut off then, which says nothing about the tag.
  @Test func aStopRecordsNothingOfWhatIsOutsideTheWatchlist() throws {
    registry.setFault { request in
      request.path.hasSuffix("/edge") ? ScriptedResponse(200, behaviour: .hang) : nil
    }
    let connection = try asking(for: [other])
    #expect(eventually { registry.requests.contains { $0.path.hasSuffix("/edge") } })
    end()
    let last = connection.linesToEnd().last ?? ""
    #expect(last.hasPrefix("{\"error\":{\"status\":69,") && last.contains("the daemon stops"), "\(last)")
    #expect(try scene.sql("SELECT failures, error_code FROM tag WHERE watched = 0") == ["0|"])
  }

  /// As many as there is room for, of a watched tag and one outside, whose registry does not answer.
  @Test func clientsThatLeaveHoldNoConnection() throws {
    defer { end() }
    registry.setFault { _ in ScriptedResponse(200, behaviour: .hang) }
    let tags = "[\"\(image)\",\"\(other)\"]"
    var clients = try (0..<16).map { _ in try LocalSocket(scene.directory + "/control.sock") }
    for client in clients {
      client.send("{\"command\":\"check\",\"database\":\"\(scene.database)\",\"tags\":\(tags)}\n")
    }
    #expect(eventually { registry.log.count { $0.hasPrefix("HEAD") } > 2 }, "they are being answered")
    #expect(try scene.run(["health"]).status == 69, "there is no room for more")
    clients = []
    #expect(try eventually(within: 10) { try scene.run(["health"]).status == 0 })
  }

  @Test func aDaemonThatStopsMeanwhileSaysSo() throws {
    defer { registry.stop() }
    registry.setFault { _ in ScriptedResponse(200, behaviour: .hang) }
    let command = try scene.binary.start(
      ["check", "--config", scene.config], stdout: scene.directory + "/out", stderr: scene.directory + "/err")
    let polls = registry.log.count
    #expect(eventually { registry.log.count > polls })
    daemon.terminate()
    #expect(try command.finish() == 69)
    try daemon.finish()
    #expect(
      WatcherBinary.text(scene.directory + "/err")
        == "watcher: error: the daemon stops (\(scene.database)): check again when it runs\n")
    #expect(WatcherBinary.text(scene.directory + "/out").isEmpty)
    #expect(try scene.status(image)["state"] as? String == "ok")
  }
}
