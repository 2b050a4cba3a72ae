import Foundation
import ImageModel
import TestSupport
import Testing

/// Which states `watcher diff` compares, and what it says where there is none, or more than one.
@Suite struct DiffStateTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag(isPushed: false) }

  private func push(_ name: String, tag: String = "stable") throws {
    registry.put(FakeRegistryImage(name, platforms: ["linux/amd64"]), in: "app", tag: tag)
    let other = "\(registry.authority)/app:\(tag)"
    #expect(try scene.run(["check", other, "--config", scene.config]).status == 0)
  }

  private func expect(_ arguments: [String], _ status: Int32, _ words: String...) throws {
    let outcome = try scene.run(["diff", image] + arguments)
    #expect(outcome.status == status, "\(arguments): \(outcome)")
    for words in words { #expect(outcome.stderr.contains(words), "\(arguments): \(outcome.stderr)") }
  }

  /// As a script has it whose variable is not set.
  @Test func nothingIsNoState() throws {
    defer { registry.stop() }
    try push("first")
    try push("second")
    for arguments in [[""], ["", ""], ["^", ""]] { try expect(arguments, 64, "not a state (): write a time (") }
  }

  @Test func theTagOfTheAnswerIsTheOneThatIsAskedAbout() throws {
    defer { registry.stop() }
    try push("first")
    try push("second")
    try push("third", tag: "next")
    let answer = try scene.json(["diff", image, ":next", "^", "--json"])
    #expect(answer["tag"] as? String == image)
    #expect(
      ["from", "to"].map { (answer[$0] as? [String: Any])?["tag"] as? String } == [
        "\(registry.authority)/app:next", image,
      ])
    // Alone it is the later one.
    #expect(try scene.json(["diff", image, ":next", "--json"])["tag"] as? String == image)
  }

  @Test func ofSeveralDigestsThatBeginSoAllAreListed() throws {
    defer { registry.stop() }
    for name in ["first", "second", "third"] { try push(name) }
    let digests = ["abcdef0", "abcdef1"].map { "sha256:" + $0 + String(repeating: "0", count: 57) }
    for (state, digest) in digests.enumerated() {
      try scene.change("UPDATE snapshot_platform SET image_id = '\(digest)' WHERE snapshot_id = \(state + 1)")
    }
    try expect(["abcdef"], 64, "2 digests begin so (abcdef in ", "that is meant: \(digests.joined(separator: ", "))\n")
    try expect(["^", "abcdef"], 64, "2 digests begin so (")
    try expect(["abcdef1"], 0)
    // One digest may be that of many states.
    try scene.change("UPDATE snapshot_platform SET image_id = '\(digests[0])'")
    try expect(["abcdef"], 0)
  }

  @Test func whatIsNoStateIsNamed() throws {
    defer { registry.stop() }
    try push("first")
    try expect(["^"], 66, "there is no such state (^ of \(image) in ", ": its history begins on 20")
    try expect([], 66, "there is no such state (^ of \(image) in ")
    try expect(["99"], 66, "there is no such state (99 of ")
    try expect(["12345d"], 66, "there is no such state (12345d of ")
    try expect(["d68aa"], 66, "nothing is known of this tag (", "; the beginning of a digest has 6 digits or more")
    try expect([":none"], 66, "nothing is known of this tag (\(registry.authority)/app:none in ")
  }

  /// Its registry is not asked.
  @Test func ofATagThatWasNeverSeenNothingIsAsked() throws {
    defer { registry.stop() }
    try push("first")
    let asked = registry.requests.count
    let outcome = try scene.run(["diff", "\(registry.authority)/nowhere:x", "--resolve"])
    #expect(outcome.status == 66 && outcome.stderr.contains("nothing is known of this tag"), "\(outcome)")
    #expect(registry.requests.count == asked)
  }

  @Test func whatNobodySawIsSaid() throws {
    defer { registry.stop() }
    try push("first")
    try push("second")
    let (hour, now) = (3_600_000, Int(Date().timeIntervalSince1970 * 1_000))
    try scene.change(
      """
      UPDATE snapshot SET first_seen_ms = \(now - 9 * hour), last_seen_ms = \(now - 3 * hour) WHERE id = 1;
      INSERT INTO gap VALUES (1, \(now - 8 * hour), \(now - 6 * hour));
      UPDATE tag SET interval_s = 999999
      """)
    let seen = try scene.run(["diff", image, "5h"])
    #expect(seen.status == 0 && seen.stderr.isEmpty, "\(seen)")
    let unseen = try scene.run(["diff", image, "7h"])
    #expect(unseen.status == 0 && unseen.stderr.contains(" UTC was not seen ("), "\(unseen)")
    let future = try scene.run(["diff", image, "^", "2999-01-01"])
    #expect(
      future.status == 0
        && future.stderr.hasPrefix("watcher: warning: 2999-01-01 lies in the future (2999-01-01 00:00:00 UTC): "),
      "\(future)")
  }
}
