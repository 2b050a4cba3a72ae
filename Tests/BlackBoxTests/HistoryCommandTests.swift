import Foundation
import TestSupport
import Testing

/// `watcher history` as people see it.
@Suite struct HistoryCommandTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag(isPushed: false) }

  private func push(_ name: String, _ platforms: [String] = ["linux/amd64", "linux/arm64"]) throws {
    registry.put(FakeRegistryImage(name, platforms: platforms), in: "app", tag: "stable")
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
  }

  @Test func rollbacksAndPlatformsThatLeftAreShown() throws {
    defer { registry.stop() }
    try push("first")
    try push("second")
    try push("first")
    try push("third", ["linux/amd64"])
    let entries = try scene.history(image)
    #expect(entries.map { $0["ended"] as? String } == [nil, "changed", "changed", "changed"])
    #expect(entries.map { $0["current"] as? Bool } == [true, false, false, false])
    let first = try #require(entries.last)
    for platform in try #require(entries[1]["platforms"] as? [[String: Any]]) {
      let rollback = try #require(platform["rollback"] as? [String: Any])
      #expect(rollback["digest"] as? String == first["digest"] as? String)
      #expect(rollback["last_current"] as? String == first["last_seen"] as? String)
    }
    let others = [entries[0], entries[2], entries[3]].flatMap { $0["platforms"] as? [[String: Any]] ?? [] }
    #expect(others.count == 5 && others.allSatisfy { $0["rollback"] is NSNull })
    let left = try #require(entries[0]["removed"] as? [[String: Any]])
    let before = try #require((entries[1]["platforms"] as? [[String: Any]])?.last)
    #expect(left.count == 1 && left[0]["platform"] as? String == "linux/arm64")
    #expect(left[0]["image_id"] as? String == before["image_id"] as? String)
    #expect(left[0]["manifest"] as? String == before["manifest"] as? String)
    #expect(entries.dropFirst().allSatisfy { ($0["removed"] as? [Any])?.isEmpty == true })

    let text = try scene.run(["history", image]).stdout
    #expect(text.contains("\n  linux/arm64  removed  image "), "\(text)")
    #expect(text.contains("\n  rollback to what it was until 20"), "\(text)")
    let lines = try scene.run(["history", image, "--oneline"]).stdout.split(separator: "\n")
    #expect(lines.count == 6 && lines[3].contains("  image changed (rollback)  linux/amd64 "), "\(lines)")
  }

  @Test func whatNobodySawIsSaid() throws {
    defer { registry.stop() }
    try push("first")
    let day = 86_400_000
    try scene.change(
      """
      UPDATE snapshot SET first_seen_ms = first_seen_ms - 2 * \(day), last_seen_ms = last_seen_ms - \(day);
      UPDATE tag SET seen_ms = seen_ms - \(day), last_success_ms = last_success_ms - \(day)
      """)
    try push("first")
    try push("second")
    let entries = try scene.history(image)
    let gaps = try #require(entries.map { $0["gaps"] } as? [[[String: String]]])
    #expect(gaps.map(\.count) == [0, 1])
    let (from, to) = (try #require(gaps[1][0]["from"]), try #require(gaps[1][0]["to"]))
    #expect(try #require(entries[1]["first_seen"] as? String) < from)
    #expect(to <= (try #require(entries[1]["last_seen"] as? String)))
    let text = try scene.run(["history", image]).stdout
    #expect(text.contains("\n  not seen for 24 hours from 20"), "\(text)")
    let within = try scene.run(["history", image, "--at", "12h"]).stdout
    #expect(within.contains(" on, also at 20"), "\(within)")
    let before = try scene.run(["history", image, "--at", "30h"]).stdout
    #expect(before.contains(" on: what was there") && !before.contains("also at"), "\(before)")
  }

  /// The second state was first seen an hour after the first was seen last.
  @Test func aStateHoldsUntilTheNextOneIsSeen() throws {
    defer { registry.stop() }
    try push("first")
    try push("second")
    let (hour, now) = (3_600_000, Int(Date().timeIntervalSince1970 * 1_000))
    try scene.change(
      """
      UPDATE snapshot SET first_seen_ms = \(now - 9 * hour), last_seen_ms = \(now - 8 * hour) WHERE id = 1;
      UPDATE snapshot SET first_seen_ms = \(now - 5 * hour), last_seen_ms = \(now - 4 * hour) WHERE id = 2;
      UPDATE tag SET seen_ms = \(now - 4 * hour)
      """)
    for options in [["--at", "6h"], ["--since", "7h", "--until", "6h"], ["--since", "7h", "--until", "6h", "--all"]] {
      #expect(try scene.history(image, options).count == 1, "\(options)")
      #expect(try scene.history(image, options).first?["ended"] as? String == "changed")
    }
    #expect(try scene.history(image, ["--since", "6h"]).count == 2)
    #expect(try scene.history(image, ["--since", "3h"]).count == 1)
    let early = try scene.run(["history", image, "--at", "10h"])
    #expect(early.stdout.contains(", nothing recorded, times in UTC\n  its history begins on 20"), "\(early)")
    #expect(try !scene.run(["history", image, "--since", "2999-01-01"]).stdout.contains("begins"))
  }

  @Test func whatWasDeletedAtATimeIsSaid() throws {
    defer { registry.stop() }
    try push("first")
    let (hour, now) = (3_600_000, Int(Date().timeIntervalSince1970 * 1_000))
    try scene.change(
      """
      UPDATE snapshot SET first_seen_ms = \(now - 9 * hour), last_seen_ms = \(now - 8 * hour), ended = 'deleted';
      UPDATE tag SET seen_ms = \(now - 8 * hour)
      """)
    let gone = try scene.run(["history", image, "--at", "2h"]).stdout
    #expect(gone.contains("\n  not there any more at 20") && gone.contains(": this is what it was before\n"), "\(gone)")
    #expect(try !scene.run(["history", image, "--at", "510m"]).stdout.contains("not there any more"))
  }

  @Test func aTagThatWasNeverSeenSaysWhy() throws {
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 2)
    let text = try scene.run(["history", image]).stdout
    #expect(text.hasPrefix("\(image), nothing recorded, times in UTC\n  since 20"), "\(text)")
    #expect(text.contains(", now repository_missing: ") || text.contains(", now tag_missing: "), "\(text)")
    #expect(try scene.run(["history", image, "--json"]).stdout == "{\"tag\":\"\(image)\",\"entries\":[]}\n")
    try scene.change("UPDATE tag SET last_checked_ms = NULL, error_code = NULL")
    let pending = try scene.run(["history", image]).stdout
    #expect(pending == "\(image), nothing recorded\n  it was not checked yet: no daemon is running\n")
  }

  /// By the locale, of which the first that is set counts.
  @Test func whatTheTerminalCannotShowIsNotPrinted() throws {
    defer { registry.stop() }
    try push("first")
    func history(_ environment: [String: String]) throws -> String {
      let environment = environment.merging(["WATCHER_DATABASE": scene.database]) { $1 }
      return try scene.binary.run(["history", image], environment: environment).stdout
    }
    let ascii = try history(["LANG": "C"])
    #expect(ascii.contains(" - now (seen "), "\(ascii)")
    #expect(ascii.utf8.allSatisfy { $0 < 0x80 })
    let utf8 = try history(["LANG": "C.UTF-8"])
    #expect(utf8.contains(" – now (seen "))
    #expect(try history(["LC_ALL": "C", "LANG": "C.UTF-8"]) == ascii)
  }

  @Test func timesAreOfTheZoneThatIsShown() throws {
    defer { registry.stop() }
    try push("first")
    try scene.change("UPDATE snapshot SET first_seen_ms = 0, last_seen_ms = 0; UPDATE tag SET seen_ms = 0")
    func run(_ options: [String]) throws -> WatcherBinary.Outcome {
      let environment = ["WATCHER_DATABASE": scene.database, "TZ": "XYZ-2"]
      return try scene.binary.run(["history", image, "--json"] + options, environment: environment)
    }
    #expect(try run(["--until", "1970-01-01T01:00"]).stdout.contains("first_seen"))
    #expect(try !run(["--until", "1970-01-01T01:00", "--local"]).stdout.contains("first_seen"))
    #expect(try run(["--until", "1970-01-01T02:00", "--local"]).stdout.contains("first_seen"))
    let late = try run(["--since", "2999-01-01"])
    #expect(late.status == 0 && late.stdout == "{\"tag\":\"\(image)\",\"entries\":[]}\n")
    #expect(
      late.stderr == "watcher: warning: --since lies in the future (2999-01-01 00:00:00 UTC): "
        + "nothing is recorded from then on yet; look at the time\n")
    #expect(try run(["--since", "1h", "--until", "2h"]).status == 64)
  }
}
