import Foundation
import ImageModel
import TestSupport
import Testing

/// A tag that names a chart, and tags that go or move to and fro, as the commands tell of them.
@Suite struct ArtifactCommandTests {
  private typealias Fake = FakeRegistryImage
  private let registry: FakeRegistry
  private let scene: Scene
  private let tag: String

  init() throws { (registry, tag, scene) = try Scene.ofOneTag(isPushed: false) }

  private func check(_ arguments: String...) throws -> WatcherBinary.Outcome {
    try scene.run(["check", "--config", scene.config] + arguments)
  }

  @discardableResult
  private func pushChart(_ version: String, type: String = "application/vnd.cncf.helm.config.v1+json") -> Document {
    let config = Fake.document(MediaType(type), bytes: Array("{}".utf8))
    let chart = Fake.document(
      .ociManifest,
      [
        "schemaVersion": 2, "mediaType": .text(MediaType.ociManifest), "config": Fake.descriptor(config),
        "layers": .array([]), "annotations": .members(["version": .string(version)]),
      ])
    registry.put(manifest: chart, in: "app", tag: "stable")
    return chart
  }

  @Test func aNewVersionOfAChartIsTold() throws {
    defer { registry.stop() }
    let first = pushChart("1")
    let said = "no image ID (artifact: application/vnd.cncf.helm.config.v1+json)"
    #expect(try scene.run(["resolve", tag]).stdout.hasSuffix("\n\n\(said)\n"))
    #expect(try check().stdout.contains("first seen  \(tag)  manifest \(first.digest.short)\n"))
    let second = pushChart("2")
    let outcome = try check("--exit-code")
    #expect(outcome.status == 1)
    #expect(
      outcome.stdout.hasPrefix(
        "changed     \(tag)  content manifest \(first.digest.short) -> manifest \(second.digest.short)\n"),
      "\(outcome.stdout)")
    #expect(try scene.run(["status", tag]).stdout.contains("\n    manifest \(second.digest.short)\n    \(said)\n"))
    let events = try scene.run(["events", "--type", "watcher.artifact.*", "--json"]).stdout
    #expect(events.split(separator: "\n").count == 1 && events.contains(#""image_id":null"#), "\(events)")
    #expect(try scene.history(tag).compactMap { $0["event"] as? String }.first == "watcher.artifact.changed")
    #expect(try scene.run(["history", tag]).stdout.contains(")  artifact changed\n"))
    let one = try scene.run(["history", tag, "--platform", "linux/amd64"])
    #expect(one.status == 0 && one.stdout.contains("artifact changed"))
    #expect(
      one.stderr == "watcher: warning: --platform leaves nothing out where no platform is known (\(tag) in "
        + "\(scene.database)): an artifact has none\n")
  }

  @Test func whatARegistryCallsItIsMadeSafe() throws {
    defer { registry.stop() }
    pushChart("1", type: "application/\u{1b}[2Jx\u{202e}")
    let said = #"no image ID (artifact: application/\u{1b}[2jx\u{202e})"#
    #expect(try check().status == 0)
    for command in ["resolve", "status"] {
      let output = try scene.run([command, tag])
      #expect(output.status == 0 && output.stdout.contains(said), "\(output)")
      let json = try scene.run([command, tag, "--json"]).stdout
      #expect(!json.contains("\u{1b}") && !json.contains("\u{202e}"))
    }
  }

  /// Whoever saw it there did not misspell it.
  @Test func aTagThatIsGoneIsNotMisspelt() throws {
    defer { registry.stop() }
    registry.put(FakeRegistryImage("one"), in: "app", tag: "stable")
    registry.put(FakeRegistryImage("one"), in: "app", tag: "other")
    #expect(try check().status == 0)
    registry.delete(tag: "stable", of: "app")
    let gone = "the tag was here and is gone; ask whoever pushes it"
    let outcome = try check()
    #expect(outcome.status == 2 && outcome.stdout.contains(gone), "\(outcome)")
    let resolved = try scene.run(["resolve", tag])
    #expect(resolved.status == 66 && resolved.stderr.contains(gone), "\(resolved)")
    let never = try scene.run(["resolve", tag + "x"])
    #expect(never.status == 66 && never.stderr.contains("check the spelling"), "\(never)")
    let elsewhere = try scene.binary.run(
      ["resolve", tag], environment: ["WATCHER_DATABASE": scene.directory + "/none.db"])
    #expect(elsewhere.status == 66 && elsewhere.stderr.contains("check the spelling"), "\(elsewhere)")
  }

  @Test func aMoveThatIsNotAnnouncedIsReportedAsChanged() throws {
    defer { registry.stop() }
    let images = [FakeRegistryImage("one"), FakeRegistryImage("two")]
    var reports: [[String: Any]] = []
    for step in 0..<6 {
      registry.put(images[step % 2], in: "app", tag: "stable")
      let outcome = try check("--json", "--exit-code")
      #expect(outcome.status == (step == 0 ? 0 : 1), "\(step)")
      reports.append(try object(outcome.stdout))
    }
    let results = reports.compactMap { ($0["results"] as? [[String: Any]])?.first }
    #expect(results.map { $0["outcome"] as? String } == ["first_seen"] + Array(repeating: "changed", count: 5))
    #expect(results.map { $0["withheld"] as? Bool } == [nil, nil, nil, nil, nil, true])
    #expect(results.map { ($0["events"] as? [Any])?.count } == [1, 1, 1, 1, 1, 0])
    #expect(reports.map { $0["changed"] as? Int } == [0, 1, 1, 1, 1, 1])
    registry.put(images[0], in: "app", tag: "stable")
    let said = "moved to and fro, which is told when it has been quiet"
    #expect(try check().stdout.hasPrefix("changed     \(tag)  \(said)\n"))
  }
}
