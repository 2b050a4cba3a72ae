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
}
