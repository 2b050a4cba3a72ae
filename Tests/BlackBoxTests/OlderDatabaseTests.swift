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
    (#","gaps":[]"#, ""), (#","also":[]"#, ""),
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

  /// Byte for byte, but for the baseline of the new tag, which is an event as well, and for members that `status` has
  /// had since. Of a sink to which something had failed it said that all was well.
  private func isStillSaid(_ expected: String, by answer: String, _ name: String) -> Bool {
    switch name {
    case "events": answer.hasPrefix(expected)
    case "status": (try? says(object(answer), withoutSinkStates(object(expected)))) == true
    default: Self.since.reduce(answer) { $0.replacing($1.0, with: $1.1) } == expected
    }
  }

  private func withoutSinkStates(_ status: [String: Any]) -> [String: Any] {
    var status = status
    status["sinks"] = (status["sinks"] as? [[String: Any]])?.map { sink in sink.filter { $0.key != "state" } }
    return status
  }

  private func says(_ answer: Any?, _ expected: Any) -> Bool {
    switch (answer, expected) {
    case (let answer as [String: Any], let expected as [String: Any]):
      expected.allSatisfy { says(answer[$0.key], $0.value) }
    case (let answer as [Any], let expected as [Any]):
      answer.count == expected.count && zip(answer, expected).allSatisfy { says($0, $1) }
    case (let answer as NSObject, let expected as NSObject): answer == expected
    default: false
    }
  }

  @Test(arguments: ["v1", "v2", "v3", "v4", "v5", "v6", "v7"]) func answersAsItDidAndGoesOn(version: String) throws {
    defer { registry.stop() }
    let database = Self.fixtures.appending(path: "\(version).db")
    try FileManager.default.copyItem(at: database, to: URL(fileURLWithPath: scene.database))
    let before = try scene.run(["status", "--json"])
    #expect(before.status == (version == "v7" ? 0 : 65), "\(before.stderr)")

    // A writer migrates it. The tag is new to it, and the old ones are left alone.
    let check = try scene.run(["check", image, "--config", scene.config])
    #expect(check.status == 0, "\(check.stderr)")
    for (command, name) in Self.answers {
      let answer = try scene.run(command + ["--json"])
      let expected = try String(contentsOf: Self.fixtures.appending(path: "answers/\(name).json"), encoding: .utf8)
      #expect(answer.status == 0 && isStillSaid(expected, by: answer.stdout, name), "\(command): \(answer.stdout)")
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
}
