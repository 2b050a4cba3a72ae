import Foundation
import ImageModel
import TestSupport
import Testing

/// A cache before the registry that keeps the answer to HEAD for ever.
@Suite struct StuckHeadTests {
  private let registry: FakeRegistry
  private let image: String
  private let scene: Scene
  private let old = FakeRegistryImage("old")
  private let new = FakeRegistryImage("new")

  init() throws { (registry, image, scene) = try Scene.ofOneTag(isPushed: false) }

  @Test func isFoundOutWithinADay() throws {
    defer { registry.stop() }
    registry.put(old, in: "app", tag: "stable")
    #expect(try check() == ["outcome": "first_seen"])
    let digest = old.index.digest.description
    registry.setFault { request in
      guard request.method == "HEAD", request.path.hasSuffix("/stable") else { return nil }
      return ScriptedResponse(
        200, headers: [("Docker-Content-Digest", digest), ("Content-Type", MediaType.ociIndex.description)])
    }
    registry.put(new, in: "app", tag: "stable")
    #expect(try check() == ["outcome": "unchanged"], "nothing to be seen")
    try letADayPass()
    #expect(try check(noting: "odd_document") == ["outcome": "changed", "event": "watcher.image.changed"])
    #expect(try scene.status(image)["digest"] as? String == new.index.digest.description)
    let gets = registry.log.count { $0 == "GET /v2/app/manifests/stable" }
    for _ in 0..<3 { #expect(try check() == ["outcome": "unchanged"]) }
    #expect(registry.log.count { $0 == "GET /v2/app/manifests/stable" } == gets, "once a day")
    // A walk of the documents, for details were missing, does not go by what HEAD names either.
    try scene.change("UPDATE tag SET details_pending = 1")
    #expect(try check() == ["outcome": "unchanged"])
    #expect(try scene.status(image)["digest"] as? String == new.index.digest.description)
    let later = registry.log.count { $0 == "GET /v2/app/manifests/stable" }
    try letADayPass()
    #expect(try check() == ["outcome": "unchanged"], "it lies as it did yesterday")
    #expect(registry.log.count { $0 == "GET /v2/app/manifests/stable" } > later)
  }

  /// As if the last time had been that long ago.
  private func letADayPass() throws {
    try scene.change("UPDATE tag SET verified_ms = verified_ms - 2 * 86400000")
  }

  /// - Parameter note: what the log has to say.
  private func check(noting note: String = "") throws -> [String: String] {
    let outcome = try scene.run(["check", "--json", "--config", scene.config])
    #expect(outcome.status == 0 && (note.isEmpty || outcome.stderr.contains(note)), "\(outcome.stderr)")
    let result = try #require(try (object(outcome.stdout)["results"] as? [[String: Any]])?.first)
    var told = ["outcome": result["outcome"] as? String ?? ""]
    if let event = (result["events"] as? [[String: Any]])?.first, event["type"] as? String != "watcher.tag.first_seen" {
      told["event"] = event["type"] as? String
    }
    return told
  }
}
