import Foundation
import ImageModel
import TestSupport
import Testing

/// `watcher diff`, over states that a real daemon would have recorded.
@Suite struct DiffCommandTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String
  private let first = FakeRegistryImage("first", platforms: ["linux/amd64"])

  init() throws { (registry, image, scene) = try Scene.ofOneTag(isPushed: false) }

  private func push(_ image: FakeRegistryImage, tag: String = "stable") throws {
    registry.put(image, in: "app", tag: tag)
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
  }

  private func digests(_ arguments: String...) throws -> [String?] {
    let answer = try scene.json(["diff"] + arguments + ["--json"])
    return ["from", "to"].map { (answer[$0] as? [String: Any])?["digest"] as? String }
  }

  @Test func statesAreNamedInManyWays() throws {
    defer { registry.stop() }
    let images = [first, first.rebuilt(), FakeRegistryImage("third", platforms: ["linux/amd64"])]
    for image in images { try push(image) }
    try push(images[2].attested("x"))
    let recorded = try scene.history(image, ["--all"]).compactMap { $0["digest"] as? String }
    #expect(recorded.count == 4)
    let (index, third, second, one) = (recorded[0], recorded[1], recorded[2], recorded[3])
    // What only the index differs in is no other image.
    #expect(try digests(image) == [second, index])
    #expect(try digests(image, "^") == [second, index])
    #expect(try digests(image, "^^") == [one, index])
    #expect(try digests(image, String(one.dropFirst(7).prefix(8)), second) == [one, second])
    #expect(try digests(image, "^", third) == [second, third])
    #expect(try digests(image, "1", "^") == [one, second])
    #expect(try scene.run(["diff", image, "1h"]).status == 66, "nothing was recorded an hour ago")
    #expect(try digests(image, images[1].imageID("linux/amd64").description) == [second, index])
    let seen = try #require(scene.history(image, ["--all"]).first?["first_seen"] as? String)
    #expect(try digests(image, seen) == [index, index])
  }

  @Test func whatChangedIsShown() throws {
    defer { registry.stop() }
    try push(first)
    try push(first.rebuilt())
    let rebuilt = try scene.run(["diff", image])
    #expect(rebuilt.status == 0 && rebuilt.stdout.contains("\nlinux/amd64  rebuilt  "), "\(rebuilt)")
    #expect(rebuilt.stdout.contains("\n  No difference but the time of the build\n"), "\(rebuilt.stdout)")
    #expect(rebuilt.stdout.contains("\n  created  2024-01-01 00:00:00 -> 2024-02-02 00:00:00\n"))
    try push(FakeRegistryImage("other", platforms: ["linux/amd64", "linux/arm64"]))
    let changed = try scene.run(["diff", image])
    #expect(
      changed.stdout.contains("\nlinux/amd64  content  ") && changed.stdout.contains(" added, "), "\(changed.stdout)")
    #expect(changed.stdout.contains("\nlinux/arm64  added  "))
    #expect(!changed.stdout.contains("No difference"))
  }

  @Test func twoTagsAndTheRegistryAreCompared() throws {
    defer { registry.stop() }
    try push(first)
    registry.put(FakeRegistryImage("second", platforms: ["linux/amd64"]), in: "app", tag: "next")
    let other = "\(registry.authority)/app:next"
    #expect(try scene.run(["check", other, "--config", scene.config]).status == 0)
    let now = try digests(image, other)
    #expect(now == (try digests(image, ":next")) && now[0] != now[1])
    #expect(try digests(image, "--resolve").first == digests(image, "--resolve").last)
    let third = FakeRegistryImage("third", platforms: ["linux/amd64"])
    registry.put(third, in: "app", tag: "stable")
    #expect(try digests(image, "--resolve") == [now[0], third.index.digest.description])
    let text = try scene.run(["diff", image, "--resolve"])
    #expect(text.status == 0 && text.stdout.contains("  as its registry says now\n"), "\(text)")
    #expect(try scene.history(image).count == 1, "nothing is kept")
  }

  @Test func ofTheRegistryThePlatformsThatAreWatchedAreCompared() throws {
    defer { registry.stop() }
    try scene.set("defaults", ["interval": "10s", "platforms": ["linux/amd64"]] as [String: Any])
    try push(FakeRegistryImage("first"))
    let answer = try scene.json(["diff", image, "--resolve", "--json"])
    let platforms = try #require(answer["platforms"] as? [[String: Any]])
    #expect(platforms.map { $0["platform"] as? String } == ["linux/amd64"] && platforms[0]["class"] is NSNull)
  }

  @Test func whatIsNoStateSaysWhatIs() throws {
    defer { registry.stop() }
    try push(first)
    for (arguments, status, words) in [
      (["^"], 66, "there is no such state ("), (["99"], 66, "there is no such state ("),
      (["0123456789ab"], 66, "there is no such state ("), (["a b"], 64, "not a state (a b): write a time ("),
      (["UPPER"], 64, "not a state (UPPER): "), (["^", "0s", "--resolve"], 64, "leave <to> out"),
    ] {
      let outcome = try scene.run(["diff", image] + arguments)
      #expect(outcome.status == status && outcome.stderr.contains(words), "\(arguments): \(outcome)")
    }
    let unknown = try scene.run(["diff", "\(registry.authority)/other:1"])
    #expect(unknown.status == 66 && unknown.stderr.contains("nothing is known of this tag"))
  }
}
