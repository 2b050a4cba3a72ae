import Foundation
import TestSupport
import Testing

/// `platform_match: compatible`, from the configuration to what is told.
@Suite struct CompatibleCommandTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag() }

  private func push(_ content: String, _ platforms: [String]) {
    registry.put(FakeRegistryImage(content, platforms: platforms), in: "app", tag: "stable")
  }

  private func check(_ match: String) throws {
    try scene.configure(watch: [["image": image, "platforms": ["linux/arm/v7"], "platform_match": match]])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
  }

  /// What `status` says of the platform, and what it calls missing.
  private func status() throws -> (platforms: [[String: Any]], missing: [String]?) {
    let tag = try scene.status(image)
    return (tag["platforms"] as? [[String: Any]] ?? [], tag["missing_platforms"] as? [String])
  }

  @Test func thePlatformKeepsItsNameAndSaysWhatIsThere() throws {
    defer { registry.stop() }
    push("first", ["linux/arm/v6", "linux/amd64"])
    try check("strict")
    #expect(try status().platforms.isEmpty && status().missing == ["linux/arm/v7"])
    try check("compatible")
    #expect(try status().platforms.map { $0["platform"] as? String } == ["linux/arm/v7"])
    #expect(try status().platforms.map { $0["found"] as? String } == ["linux/arm/v6"] && status().missing == [])
    #expect(try scene.run(["status"]).stdout.contains("linux/arm/v7 (linux/arm/v6) "))
    push("first", ["linux/arm/v6", "linux/arm/v7"])
    try check("compatible")
    #expect(try status().platforms.map { $0["found"] as? String } == [nil])
    push("second", ["linux/arm/v5"])
    try check("compatible")
    let count = scene.eventLines().count
    let events = try scene.eventLines().map(object).filter { $0["type"] as? String == "watcher.image.changed" }
    let changes = events.compactMap { (($0["data"] as? [String: Any])?["changes"] as? [[String: Any]])?.first }
    #expect(changes.map { $0["platform"] as? String } == ["linux/arm/v7", "linux/arm/v7"])
    func found(_ change: [String: Any], _ side: String) -> String? {
      (change[side] as? [String: Any])?["found"] as? String
    }
    #expect(changes.map { found($0, "previous") } == ["linux/arm/v6", nil])
    #expect(changes.map { found($0, "current") } == [nil, "linux/arm/v5"])
    // Without a word: what is watched is another matter than what is there.
    try check("strict")
    #expect(try status().platforms.isEmpty && status().missing == ["linux/arm/v7"])
    #expect(scene.eventLines().count == count)
  }
}
