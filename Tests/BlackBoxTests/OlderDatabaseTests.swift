import Foundation
import TestSupport
import Testing

/// A database that an older version has written is opened, gone on with and answers as it did. What it answered is kept
/// in `HistoryTests/fixtures/answers`, byte for byte, and never written again.
@Suite struct OlderDatabaseTests {
  private static let fixtures = URL(filePath: ProjectFile.path("Tests/HistoryTests/fixtures"))
  private static let answers = [
    (["status"], "status"), (["events"], "events"),
    (["history", "amazonlinux:latest"], "history-image"),
    (["history", "ghcr.io/example/app:stable"], "history-artifact"),
  ]

  /// What a history has had since, and what it was before.
  private static let since = [
    (#","rollback":null"#, ""), (#","removed":[]"#, ""), (#""ended":"changed""#, #""ended":null"#),
  ]

  private let registry: FakeRegistry
  private let scene: Scene
  private let image: String

  init() throws {
    (registry, image, scene) = try Scene.ofOneTag()
    let config = """
      {
        "watch": ["amazonlinux:latest"],
        "sinks": {"ops": {"type": "webhook", "url": "https://127.0.0.1:1/"}, "journal": {"type": "stdout"}}
      }
      """
    try Data(config.utf8).write(to: URL(fileURLWithPath: scene.config))
  }

  @Test(arguments: ["v1", "v2", "v3"]) func answersAsItDidAndGoesOn(version: String) throws {
    defer { registry.stop() }
    let database = Self.fixtures.appending(path: "\(version).db")
    try FileManager.default.copyItem(at: database, to: URL(fileURLWithPath: scene.database))
    let before = try scene.run(["status", "--json"])
    #expect(before.status == (version == "v3" ? 0 : 65), "\(before.stderr)")

    // A writer migrates it. The tag is new to it, and the old ones are left alone.
    let check = try scene.run(["check", image, "--config", scene.config])
    #expect(check.status == 0, "\(check.stderr)")
    for (command, name) in Self.answers {
      let answer = try scene.run(command + ["--json"])
      let expected = try String(contentsOf: Self.fixtures.appending(path: "answers/\(name).json"), encoding: .utf8)
      // The baseline of the new tag is an event as well.
      var old = name == "events" ? String(answer.stdout.prefix(expected.count)) : answer.stdout
      if command[0] == "history" { old = Self.since.reduce(old) { $0.replacing($1.0, with: $1.1) } }
      let isKept = try name == "events" ? old == expected : keeps(object(old), object(expected))
      #expect(answer.status == 0 && isKept, "\(command): \(answer.stderr)\(answer.stdout)")
    }
    // What waited for its second attempt has had it.
    let waiting = try #require(try scene.json(["deliveries", "list", "--json"])["deliveries"] as? [[String: Any]])
    #expect(waiting.map { $0["id"] as? String } == ["event-2-1800"] && waiting[0]["attempts"] as? Int == 2)
    #expect(try scene.history(image).count == 1)
    registry.put(FakeRegistryImage("second"), in: "app", tag: "stable")
    let next = try scene.run(["check", image, "--config", scene.config])
    #expect(next.status == 0 && next.stdout.contains("changed"), "\(next.stdout)\(next.stderr)")
    #expect(try scene.history(image).count == 2)
  }

  /// Members may be added to a document; none goes away or changes.
  private func keeps(_ new: Any, _ old: Any) -> Bool {
    switch (new, old) {
    case (let new as [String: Any], let old as [String: Any]):
      old.allSatisfy { key, value in new[key].map { keeps($0, value) } ?? false }
    case (let new as [Any], let old as [Any]): new.count == old.count && zip(new, old).allSatisfy(keeps)
    default: "\(new)" == "\(old)"
    }
  }
}
