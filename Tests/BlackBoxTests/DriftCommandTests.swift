import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

/// `watcher drift`, over states that a real daemon would have recorded.
@Suite struct DriftCommandTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String
  private static let images = ["first", "second", "third", "fourth"].map { FakeRegistryImage($0) }

  init() throws { (registry, image, scene) = try Scene.ofOneTag(isPushed: false) }

  private func push(_ image: FakeRegistryImage) throws {
    registry.put(image, in: "app", tag: "stable")
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
  }

  /// A file of these lines.
  private func file(_ lines: [[String: Any]]) throws -> String {
    let path = "\(scene.directory)/\(UUID().uuidString).jsonl"
    let texts = try lines.map { line in
      String(
        decoding: try JSONSerialization.data(withJSONObject: line, options: .withoutEscapingSlashes), as: UTF8.self)
    }
    try texts.joined(separator: "\n").write(toFile: path, atomically: false, encoding: .utf8)
    return path
  }

  private func line(_ name: String, _ running: FakeRegistryImage) -> [String: Any] {
    ["name": name, "image": image, "digests": [running.imageID("linux/amd64").description]]
  }

  private func containers(_ arguments: [String]) throws -> [String: [String: Any]] {
    let found = try scene.json(["drift", "--json"] + arguments)["containers"] as? [[String: Any]] ?? []
    return Dictionary(uniqueKeysWithValues: found.map { ($0["name"] as? String ?? "", $0) })
  }

  /// The shape of amazonlinux:latest in the summer of 2026: five states, of which the last was only built anew.
  @Test func howFarBehind() throws {
    defer { registry.stop() }
    for image in Self.images { try push(image) }
    try push(Self.images[3].rebuilt())
    let path = try file([
      line("second", Self.images[1]), line("fourth", Self.images[3]), line("fifth", Self.images[3].rebuilt()),
      line("second-2", Self.images[1]),
    ])
    let found = try containers(["--from", path])
    let second = try #require(found["second"]?["behind"] as? [String: Any])
    #expect(second["states"] as? Int == 3 && second["classes"] as? [String] == ["content", "rebuilt"])
    let history = try scene.history(image)
    #expect(second["since"] as? String == history[2]["first_seen"] as? String)
    let events = try scene.run(["events", "--json", "--type", "changed"]).stdout.split(separator: "\n")
    let ids = try events.map { try object(String($0))["id"] as? String }
    #expect(second["changes"] as? [String?] == Array(ids.suffix(3)))
    let fourth = try #require(found["fourth"]?["behind"] as? [String: Any])
    #expect(fourth["states"] as? Int == 1 && fourth["classes"] as? [String] == ["rebuilt"])
    #expect(found["fifth"]?["state"] as? String == "current" && found["fifth"]?["behind"] is NSNull)
    #expect(found["fourth"]?["pull"] as? String == history[0]["pull"] as? String)

    let text = try scene.run(["drift", "--from", path, "--exit-code"])
    #expect(text.status == 1 && text.stderr.isEmpty)
    #expect(text.stdout.hasPrefix("4 containers (\(path)): 3 behind, 1 current\n"), "\(text.stdout)")
    #expect(text.stdout.contains("second and 1 more  ") && text.stdout.contains("  behind 3, content  "))
    #expect(text.stdout.contains("  behind 1, rebuilt only  "), "\(text.stdout)")
    #expect(try scene.run(["drift", "--from", path, "fifth", "--exit-code"]).status == 0)

    try push(Self.images[1])
    let back = try containers(["--from", path])
    #expect(back["second"]?["state"] as? String == "current")
    let behind = try #require(back["fourth"]?["behind"] as? [String: Any])
    #expect(behind["states"] as? Int == 2)
    #expect(
      (behind["rollback"] as? [String: Any])?["last_current"] as? String == history[3]["last_seen"] as? String)
    #expect(try scene.run(["drift", "--from", path, "fourth"]).stdout.contains("  behind 2, content, moved back  "))
  }

  @Test func containersArePickedByName() throws {
    defer { registry.stop() }
    try push(Self.images[0])
    let path = try file([line("shop/web-0/app", Self.images[0]), line("shop/web-1/app", Self.images[0])])
    #expect(try containers(["--from", path, "shop/web-0"]).count == 1)
    for name in ["shop", "shop/"] { #expect(try containers(["--from", path, name]).count == 2) }
    #expect(try containers(["--from", path, "shop/web-0/"]).count == 1)
    let unknown = try scene.run(["drift", "--from", path, "shop/web-0/app", "other"])
    #expect(unknown.status == 66 && unknown.stdout.contains("1 container "), "what is there is shown: \(unknown)")
    #expect(
      unknown.stderr == "watcher: error: there is no such container (other in \(path)): "
        + "there are shop/web-0/app, shop/web-1/app\n", "\(unknown.stderr)")
  }

  @Test func aFileThatCannotBeUsed() throws {
    defer { registry.stop() }
    try push(Self.images[0])
    let missing = try scene.run(["drift", "--from", "\(scene.directory)/none"])
    #expect(missing.status == 66 && missing.stderr.contains("No such file"), "\(missing)")
    let long = "\(scene.directory)/long"
    try #require(FileManager.default.createFile(atPath: long, contents: nil))
    try #require(truncate(long, off_t(Limits.containerFileBytes) + 1) == 0)
    for (path, words) in [
      (scene.directory, "Is a directory"), (long, "it is longer than \(Limits.containerFileBytes) bytes"),
    ] {
      let outcome = try scene.run(["drift", "--from", path])
      #expect(outcome.status == 64)
      #expect(outcome.stderr == "watcher: error: cannot read \(path) (\(words)): name another file\n")
    }
    let garbage = "\(scene.directory)/garbage"
    try "PASSWORD=canary\n".write(toFile: garbage, atomically: false, encoding: .utf8)
    let broken = try scene.run(["drift", "--from", garbage])
    #expect(broken.status == 64 && broken.stderr.contains("(\(garbage)): not JSON at byte 0"), "\(broken)")
    #expect(!broken.stderr.contains("canary"))
    #expect(try scene.run(["drift", "--from", garbage, "--engine", "/x"]).status == 64)
  }

  @Test func standardInputIsAFileAsWell() throws {
    defer { registry.stop() }
    try push(Self.images[0])
    let path = try file([line("web", Self.images[0])])
    let output = "\(scene.directory)/out"
    let child = try Child(
      WatcherBinary.path, ["drift", "--from", "-", "--json"], environment: ["WATCHER_DATABASE": scene.database],
      stdin: path, stdout: output)
    #expect(try child.finish() == 0)
    #expect(try object(WatcherBinary.text(output))["source"] as? String == "-")
  }

  @Test func aTagThatIsNotWatchedIsAskedForOnDemand() throws {
    defer { registry.stop() }
    try push(Self.images[0])
    registry.put(Self.images[1], in: "app", tag: "other")
    let digests = { (image: FakeRegistryImage) in ["\(image.index.digest)"] }
    let name = "\(registry.authority)/app:other"
    let path = try file([
      ["name": "same", "image": name, "digests": digests(Self.images[1])],
      ["name": "old", "image": name, "digests": digests(Self.images[2])],
      ["name": "gone", "image": "\(registry.authority)/app:gone", "digests": digests(Self.images[2])],
    ])
    #expect(try containers(["--from", path]).values.allSatisfy { $0["state"] as? String == "unwatched" })
    let resolved = try containers(["--from", path, "--resolve"])
    #expect(resolved["same"]?["state"] as? String == "current" && resolved["old"]?["state"] as? String == "other")
    #expect(resolved["gone"]?["state"] as? String == "unwatched" && resolved["gone"]?["reason"] is String)
    #expect(try scene.run(["history", name]).status == 66, "nothing of it is kept")
    // What Podman calls so is in no registry, whatever it is the image of.
    let local = try file([["name": "mine", "image": "localhost/mine:x", "digests": digests(Self.images[0])]])
    let mine = try containers(["--from", local, "--resolve"])["mine"]
    #expect(mine?["state"] as? String == "unwatched" && mine?["reason"] is NSNull, "\(mine ?? [:])")
  }

  @Test func anImageIDIsShownAsOne() throws {
    defer { registry.stop() }
    try push(Self.images[0])
    let id = Self.images[0].imageID("linux/amd64")
    let path = try file([["name": "web", "image": "\(id)", "digests": ["\(id)"]]])
    let text = try scene.run(["drift", "--from", path]).stdout
    #expect(!text.contains("\(id)") && text.contains("web        \(id.short)  current"), "\(text)")
    #expect(text.contains("an image of \(image)"), "\(text)")
    #expect(try scene.run(["drift", "--from", path, "--full"]).stdout.contains("\(id)"))
    let empty = "\(scene.directory)/empty"
    try "[]".write(toFile: empty, atomically: false, encoding: .utf8)
    #expect(try scene.run(["drift", "--from", empty]).stdout == "no containers (\(empty))\n")
  }

  /// Names of containers and images are anybody's text.
  @Test func noNameReachesATerminalAsItIs() throws {
    defer { registry.stop() }
    try push(Self.images[0])
    let path = try file([["name": "a\u{1b}[2J\u{202e}", "image": "b\u{9b}\n", "digests": [String]()]])
    for options in [[], ["--json"]] {
      let outcome = try scene.run(["drift", "--from", path] + options)
      #expect(outcome.status == 0)
      let bytes = Array(outcome.stdout.utf8)
      #expect(!bytes.contains(0x1b) && !outcome.stdout.unicodeScalars.contains { ["\u{9b}", "\u{202e}"].contains($0) })
    }
  }
}
