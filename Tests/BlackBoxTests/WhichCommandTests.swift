import Foundation
import ImageModel
import TestSupport
import Testing

/// `watcher which`, as somebody asks who has an ID and no name for it.
@Suite struct WhichCommandTests {
  @Test func whatCannotBeAnsweredSaysWhy() throws {
    let (registry, _, scene) = try Scene.ofOneTag()
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let unknown = try scene.run(["which", "0123456789ab"])
    #expect(unknown.status == 66 && unknown.stdout.isEmpty)
    #expect(unknown.stderr.hasPrefix("watcher: error: no recorded digest begins so (0123456789ab in "))
    for (text, words) in [
      ("b63c", "(b63c): write at least 6 digits\n"), ("latest", "(latest): write hexadecimal digits, as in "),
      ("md5:b63c3d5a", "(md5:b63c3d5a): registries use sha256, sha384 and sha512\n"),
      ("b63c3d5a1234@", "(b63c3d5a1234@): write hexadecimal digits, as in "),
    ] {
      let outcome = try scene.run(["which", text])
      #expect(outcome.status == 64 && outcome.stderr.contains(words), "\(outcome.stderr)")
    }
  }

  /// Which of them is meant is for whoever asks to say.
  @Test func ofSeveralThatBeginSoAllAreListed() throws {
    let (registry, _, scene) = try Scene.ofOneTag()
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let digests = ["abcdef0", "abcdef1"].map { "sha256:" + $0 + String(repeating: "0", count: 57) }
    for (position, digest) in digests.enumerated() {
      try scene.change("UPDATE snapshot_platform SET image_id = '\(digest)' WHERE position = \(position)")
    }
    let outcome = try scene.run(["which", "abcdef"])
    #expect(outcome.status == 64)
    #expect(outcome.stderr.contains("2 digests begin so (abcdef in "))
    #expect(outcome.stderr.hasSuffix("write more of the one that is meant: \(digests.joined(separator: ", "))\n"))
    #expect(try scene.run(["which", "abcdef1"]).status == 0)
  }

  /// The same digits by another algorithm are another digest.
  @Test func theAlgorithmCounts() throws {
    let (registry, _, scene) = try Scene.ofOneTag()
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let top = String(FakeRegistryImage("first").index.digest.hex)
    let unknown = try scene.run(["which", "sha512:\(top.prefix(12))"])
    #expect(unknown.status == 66 && unknown.stderr.contains("begins so (sha512:\(top.prefix(12)) in "), "\(unknown)")
    #expect(try scene.run(["which", "SHA256:\(top.prefix(12).uppercased())"]).status == 0)
  }

  /// It is read as `status` and `history` have it.
  @Test func whatMovedIsNotCurrent() throws {
    let (registry, image, scene) = try Scene.ofOneTag()
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let moved = "sha256:" + String(repeating: "ab", count: 32)
    let now = Int(Date().timeIntervalSince1970 * 1_000)
    try scene.change(
      "UPDATE tag SET moved_digest = '\(moved)', moved_type = '\(MediaType.ociIndex)', moved_ms = \(now)")
    let id = FakeRegistryImage("first").imageID("linux/amd64").hex.prefix(12)
    let text = try scene.run(["which", String(id)]).stdout
    #expect(
      text.contains("  moved\n  moved to \(moved.dropFirst(7).prefix(12)) since ") && !text.contains("now (seen"),
      "\(text)")
    let match = try #require((try scene.json(["which", String(id), "--json"])["matches"] as? [[String: Any]])?.first)
    #expect(match["current"] as? Bool == false && (match["moved"] as? [String: Any])?["digest"] as? String == moved)
    let pending = try scene.run(["which", "abababab"])
    #expect(pending.status == 0 && pending.stdout.contains("\n\(image)"), "\(pending)")
    #expect(pending.stdout.contains("details are pending, for its registry allows no pull now"), "\(pending.stdout)")
    let answer = try #require((try scene.json(["which", moved, "--json"])["matches"] as? [[String: Any]]))
    #expect(answer.count == 1 && answer[0]["kind"] as? String == "index" && answer[0]["current"] as? Bool == true)
  }

  @Test func whatNobodyLooksAtIsNotSaidToBeNow() throws {
    let (registry, _, scene) = try Scene.ofOneTag()
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let id = String(FakeRegistryImage("first").imageID("linux/amd64").hex.prefix(12))
    #expect(try scene.run(["which", id]).stdout.contains(" - now (seen "))
    let day = 86_400_000
    try scene.change(
      "UPDATE snapshot SET first_seen_ms = first_seen_ms - \(day), last_seen_ms = last_seen_ms - \(day); UPDATE tag SET seen_ms = seen_ms - \(day)"
    )
    let idle = try scene.run(["which", id]).stdout
    #expect(idle.contains(" - ? (seen ") && idle.contains("no daemon is running\n"), "\(idle)")
    try scene.change("UPDATE tag SET watched = 0")
    #expect(try scene.run(["which", id]).stdout.contains("it is not watched\n"))
  }

  @Test func aManifestOfAnIndexIsNotCalledAlone() throws {
    let (registry, _, scene) = try Scene.ofOneTag()
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let manifest = FakeRegistryImage("first").manifest("linux/amd64").digest.hex
    let text = try scene.run(["which", String(manifest)]).stdout
    #expect(text.contains("a manifest: that of one platform of an index") && !text.contains("has no index"), "\(text)")
  }
}
