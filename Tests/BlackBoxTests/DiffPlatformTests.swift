import Foundation
import ImageModel
import TestSupport
import Testing

/// What `watcher diff` says of platforms that one of the states has no image of.
@Suite struct DiffPlatformTests {
  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws { (registry, image, scene) = try Scene.ofOneTag(isPushed: false) }

  private func push(_ name: String, _ there: [String] = ["linux/amd64", "linux/arm64"], watching: [String]) throws {
    try scene.set("defaults", ["interval": "10s", "platforms": watching] as [String: Any])
    registry.put(FakeRegistryImage(name, platforms: there), in: "app", tag: "stable")
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
  }

  private func expectLine(_ beginning: String, _ arguments: String...) throws {
    let text = try scene.run(["diff", image] + arguments).stdout
    #expect(text.contains("\n\(beginning)  "), "\(text)")
  }

  @Test func onlyWhatAnIndexLacksHasLeftOrCome() throws {
    defer { registry.stop() }
    try push("first", watching: ["*"])
    try push("second", watching: ["linux/amd64"])
    try expectLine("linux/arm64  not watched after")
    let answer = try scene.json(["diff", image, "--json"])
    let arm64 = try #require((answer["platforms"] as? [[String: Any]])?.last)
    #expect(arm64["platform"] as? String == "linux/arm64" && arm64["from"] is [String: Any] && arm64["to"] is NSNull)
    #expect(arm64["class"] is NSNull && arm64["layers"] is NSNull && arm64["only_build_time"] is NSNull)
    #expect(arm64["unknown"] as? [String] == ["to.image"])
    try push("third", watching: ["*"])
    try expectLine("linux/arm64  not watched before")
    try push("fourth", ["linux/amd64"], watching: ["*"])
    try expectLine("linux/arm64  removed")
    try push("fifth", watching: ["*"])
    try expectLine("linux/arm64  added")
    // Of what the registry says now as well, where another platform is watched than before.
    try push("fifth", watching: ["linux/amd64"])
    try expectLine("linux/arm64  not watched after", "1", "--resolve")
  }

  /// No platform of it can be told but its own.
  @Test func aManifestAloneHasOnePlatform() throws {
    defer { registry.stop() }
    try push("first", watching: ["*"])
    let single = FakeRegistryImage("second", platforms: ["linux/amd64"])
    registry.put(single, in: "app", tag: "other")
    registry.put(manifest: single.manifest("linux/amd64"), in: "app", tag: "stable")
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    try expectLine("linux/arm64  removed")
  }
}
