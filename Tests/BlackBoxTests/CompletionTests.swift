import Foundation
import ImageModel
import TestSupport
import Testing

/// What shells complete command lines of `watcher` to, with the real shells.
@Suite struct CompletionTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag(interval: "1h") }

  /// - Parameter environment: for the shell and the `watcher` that it calls.
  private func shell(_ words: [String]) throws -> String {
    let out = scene.directory + "/completed.\(UUID().uuidString)"
    let folder = URL(fileURLWithPath: WatcherBinary.path).deletingLastPathComponent().path
    let child = try Child(
      words[0], Array(words.dropFirst()),
      environment: [
        "PATH": "\(folder):/usr/bin:/bin", "HOME": scene.directory, "WATCHER_DATABASE": scene.database, "TERM": "dumb",
      ], directory: scene.directory, stdout: out, stderr: out + ".err")
    #expect(try child.finish(within: 60) == 0, "\(WatcherBinary.text(out + ".err"))")
    return WatcherBinary.text(out)
  }

  /// What bash would offer, with the words as bash splits them, at colons as well.
  private func bash(_ line: String) throws -> [String] {
    let script = """
      source <(watcher completion bash)
      COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:' COMP_LINE=$1 COMP_POINT=${#1}
      shift
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      "$(complete -p watcher | sed 's/.* -F \\([^ ]*\\) .*/\\1/')" watcher "${COMP_WORDS[-1]#:}" "${COMP_WORDS[-2]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let words = line.split(separator: " ", omittingEmptySubsequences: false).flatMap { word in
      word.replacing(":", with: " : ").split(separator: " ", omittingEmptySubsequences: !word.isEmpty).map(String.init)
    }
    return try shell(["bash", "--norc", "-c", script, "bash", line] + words).split(separator: "\n").map(String.init)
  }

  @Test func bashCompletesWhatThereIs() throws {
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let host = registry.authority.split(separator: ":")[0]
    let port = registry.authority.split(separator: ":")[1]
    #expect(try bash("watcher deliveries re") == ["retry"])
    #expect(try bash("watcher history 127") == [image])
    #expect(try bash("watcher history \(host):") == ["\(port)/app:stable"])
    #expect(try bash("watcher status \(host):\(port)/app:st") == ["stable"])
    #expect(try bash("watcher events --tag \(host):\(port)/app:") == ["stable"])
    #expect(try bash("watcher events --type watcher.tag.re") == ["watcher.tag.restored", "watcher.tag.recovered"])
    #expect(try bash("watcher sinks list a") == ["all"])
    #expect(try bash("watcher deliveries list --sink o") == ["out"])
    #expect(try bash("watcher resolve x --platform linux/arm/") == ["linux/arm/v7", "linux/arm/v6"])
    #expect(try bash("watcher completion z") == ["zsh"])
    #expect(try bash("watcher status --config con") == ["config.json"])
    #expect(try bash("watcher run --database watcher.d").contains("watcher.db"))
    #expect(try bash("watcher db backup ev") == ["events.jsonl"])
    #expect(try bash("watcher history nothing") == [])
  }

  @Test func bashCompletesDigestsAndStates() throws {
    defer { registry.stop() }
    let images = [FakeRegistryImage("first"), FakeRegistryImage("second")]
    for one in images {
      registry.put(one, in: "app", tag: "stable")
      #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    }
    let tops = images.map { String($0.index.digest.hex) }
    for digest in [tops[0], String(images[0].imageID("linux/amd64").hex)] {
      #expect(try bash("watcher which \(digest.prefix(8))") == [digest])
      #expect(try bash("watcher which sha256:\(digest.prefix(8))") == [digest], "after the colon")
    }
    #expect(try bash("watcher which x") == [])
    #expect(try bash("watcher diff \(image) \(tops[0].prefix(4))") == [String(tops[0].prefix(12))])
    let states = try bash("watcher diff \(image) \(tops[0].prefix(12)) ")
    #expect(states == tops.reversed().map { String($0.prefix(12)) }, "the newest first")
  }

  /// With a terminal, key by key: what is completed can be completed further.
  @Test func whatIsCompletedIsTheBeginningOfMore() throws {
    registry.put(FakeRegistryImage("second"), in: "app", tag: "other")
    defer { registry.stop() }
    let other = image.replacing(":stable", with: ":other")
    #expect(try scene.run(["check", image, other, "--config", scene.config]).status == 0)
    let keys = """
      PS1= PS2=; bind 'set bell-style none'
      source <(watcher completion bash)
      watcher history 127\t\tot\t >typed
      exit

      """
    let typed = scene.directory + "/keys"
    try keys.write(toFile: typed, atomically: true, encoding: .utf8)
    _ = try shell(["bash", "-c", "script --quiet --command 'bash --norc --noprofile -i' /dev/null <\(typed)"])
    let answer = WatcherBinary.text(scene.directory + "/typed")
    #expect(answer.hasPrefix("\(other), times in UTC"), "\(answer)")
  }

  /// Whoever wrote the database is not whoever presses the key.
  @Test func noNameInTheDatabaseIsRun() throws {
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let evil = #"$(touch${IFS}run.$$)"#
    try scene.change(
      """
      UPDATE sink SET name = '\(evil)' WHERE name = 'out';
      INSERT INTO tag(registry, repository, tag, watched) SELECT registry, repository, '\(evil)', 1 FROM tag LIMIT 1;
      INSERT INTO tag(registry, repository, tag, watched) SELECT registry, repository, '`touch run`', 1 FROM tag LIMIT 1;
      """)
    #expect(try bash("watcher history 127") == [image])
    #expect(try bash("watcher sinks list ") == ["all"])
    let left = try FileManager.default.contentsOfDirectory(atPath: scene.directory)
    #expect(!left.contains { $0.hasPrefix("run") }, "\(left)")
  }

  @Test func whereThereIsNoDatabaseNothingIsSaid() throws {
    defer { registry.stop() }
    #expect(try bash("watcher history 127") == [])
    let broken = try shell([
      "watcher", "---completion", "history", "--", "positional@0", "2", "0", "watcher", "history", "",
    ])
    #expect(broken.isEmpty)
  }

  @Test func fishCompletesTags() throws {
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let script = "watcher completion fish | source; complete --do-complete $argv[1]"
    let tags = try shell(["fish", "--no-config", "-c", script, "watcher history 127"])
    #expect(tags.split(separator: "\n").map { $0.split(separator: "\t")[0] } == [Substring(image)], "\(tags)")
  }

  @Test func zshCompletesTags() throws {
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let script = scene.directory + "/complete.zsh"
    try ProjectFile.text("scripts/lib/complete.zsh").write(toFile: script, atomically: true, encoding: .utf8)
    let functions = scene.directory + "/functions"
    try FileManager.default.createDirectory(atPath: functions, withIntermediateDirectories: false)
    try scene.run(["completion", "zsh"]).stdout.write(
      toFile: functions + "/_watcher", atomically: true, encoding: .utf8)
    let completed = try shell(["zsh", "-f", script, functions, scene.directory, "watcher history 127"])
    #expect(completed.replacing("\\:", with: ":").contains(image), "\(completed)")
  }
}
