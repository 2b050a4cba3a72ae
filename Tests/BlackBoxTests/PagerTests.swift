import Foundation
import TestSupport
import Testing

/// `watcher history` on a terminal of five lines, where its text is longer: the program that shows it page by page.
@Suite struct PagerTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws {
    (registry, image, scene) = try Scene.ofOneTag()
    for name in ["first", "second"] {
      registry.put(FakeRegistryImage(name), in: "app", tag: "stable")
      try #require(try scene.run(["check", "--config", scene.config]).status == 0)
    }
    registry.stop()
  }

  private func terminal(
    _ options: String, _ environment: [String: String], before: String = ":"
  ) throws -> (status: Int32, text: String) {
    let output = "\(scene.directory)/terminal.\(UUID().uuidString)"
    let line = "stty rows 5 cols 80; \(before); exec '\(WatcherBinary.path)' history \(image) \(options)"
    let child = try Child(
      "script", ["-qec", line, "/dev/null"],
      environment: ["PATH": "/usr/bin:/bin", "WATCHER_DATABASE": scene.database].merging(environment) { $1 },
      directory: scene.directory, stdout: output, stderr: output)
    let status = try child.finish(within: 20)
    return (status, WatcherBinary.text(output).replacing("\r\n", with: "\n"))
  }

  @Test func aLongTextGoesThroughAPager() throws {
    let options = "--color never"
    let plain = try terminal("\(options) --no-pager", ["PAGER": "false"])
    #expect(plain.status == 0 && plain.text.split(separator: "\n").count == 9, "\(plain.text)")
    let marked = ["PAGER": "sed s/^/one:/", "WATCHER_PAGER": "sed s/^/two:/"]
    #expect(try terminal(options, marked).text.split(separator: "\n").allSatisfy { $0.hasPrefix("two:") })
    #expect(try terminal(options, ["PAGER": "sed s/^/one:/"]).text.hasPrefix("one:"))
    #expect(try terminal(options, ["PAGER": ""]).text == plain.text, "nothing is wanted")
    #expect(try terminal(options, ["PAGER": "echo $LESS"]).text == "FRX\n")
    #expect(try terminal(options, ["PAGER": "echo $LESS", "LESS": "R"]).text == "R\n")
    #expect(try terminal("\(options) --oneline", marked).text.hasPrefix(image), "it fits the screen")
    #expect(try terminal("--json", marked).text.hasPrefix("{"))
    #expect(
      try scene.binary.run(
        ["history", image], environment: marked.merging(["WATCHER_DATABASE": scene.database]) { $1 }
      ).stdout.hasPrefix(image), "no terminal")
  }

  @Test func aPagerThatCannotBeStartedLosesNothing() throws {
    let plain = try terminal("--no-pager", [:])
    let missing = try terminal("", ["WATCHER_PAGER": "/nowhere/pager"])
    #expect(missing.status == 0 && missing.text.hasSuffix(plain.text), "\(missing.text)")
    #expect(missing.text.contains("watcher: warning: the pager cannot be started (/nowhere/pager): correct "))
    let none = try terminal("", [:], before: "PATH=/nowhere")
    #expect(none.status == 0 && none.text == plain.text, "no less, which nobody asked for: \(none.text)")
  }

  /// A key sends its signal to all that the terminal shows. The pager puts the terminal in order then, and `watcher` has
  /// to be there until it has; also where whoever started it ignores the signal.
  @Test(arguments: ["INT", "QUIT"], [":", "trap '' INT QUIT"])
  func keysThatInterruptAreThePagers(signal: String, before: String) throws {
    let pager = "trap 'echo in order' \(signal); cat >/dev/null; kill -\(signal) 0; :"
    let outcome = try terminal("", ["WATCHER_PAGER": pager], before: before)
    #expect(outcome.status == 0 && outcome.text == "in order\n", "\(outcome)")
  }

  /// Of more than a pipe holds, so that nobody reads the rest.
  @Test(arguments: [("head -n 1", 1), ("exit 3", 0), ("head -n 1; kill -KILL $$", 1), ("exec <&-; exit 0", 0)])
  func aPagerThatHasSeenEnoughIsNoFailure(pager: String, lines: Int) throws {
    try scene.change(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      INSERT INTO snapshot(tag_id, digest, media_type, size, first_seen_ms, last_seen_ms)
        SELECT tag_id, digest, media_type, size, first_seen_ms, last_seen_ms FROM snapshot, n WHERE id = 1
      """)
    #expect(try terminal("--all --full --no-pager", [:]).text.utf8.count > 100_000)
    let outcome = try terminal("--all --full --color never", ["WATCHER_PAGER": pager])
    #expect(outcome.status == 0 && outcome.text.split(separator: "\n").count == lines, "\(outcome)")
  }

  /// It ends what writes to it as in any shell, though `watcher` itself ignores that signal.
  @Test func aPagersOwnPipesBreakSilently() throws {
    #expect(try terminal("", ["WATCHER_PAGER": "yes | head -n 1"]).text == "y\n")
  }
}
