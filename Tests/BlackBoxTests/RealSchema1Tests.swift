import Foundation
import Glibc
import TestSupport
import Testing

/// Debian's registry and schema 1 manifests: it signs them anew for each answer.
@Suite struct RealSchema1Tests {
  private static let isPossible = DockerRegistry.program != nil && access("/usr/bin/skopeo", X_OK) == 0

  private let registry: DockerRegistry
  private let image: String
  private let scene: Scene

  init() throws { (registry, image, scene) = try DockerRegistry.scene(watching: "team/app:old") }

  @Test(.enabled(if: isPossible, "docker-registry or skopeo is not installed"))
  func isRecordedWithoutAnImageID() throws {
    try registry.pushSchema1("one", to: "team/app", tag: "old")
    #expect(try check()["outcome"] as? String == "first_seen")
    #expect(try check()["outcome"] as? String == "unchanged")
    let entry = try #require(try scene.history(image).first)
    #expect(entry["media_type"] as? String == "application/vnd.docker.distribution.manifest.v1+prettyjws")
    let platform = try #require((entry["platforms"] as? [[String: Any]])?.first)
    #expect(platform["image_id"] is NSNull)
    #expect(platform["manifest"] as? String == entry["digest"] as? String)
    let pull = try #require(entry["pull"] as? String)
    #expect(try scene.json(["resolve", pull, "--json"])["digest"] as? String == entry["digest"] as? String)
    try soundness()

    try registry.pushSchema1("two", to: "team/app", tag: "old")
    let moved = try check()
    #expect((moved["error"] as? [String: Any]) == nil)
    #expect((moved["events"] as? [[String: Any]])?.map { $0["type"] as? String } == ["watcher.artifact.changed"])
    #expect(try scene.history(image).count == 2)
    try soundness()
  }

  @Test(.enabled(if: isPossible, "docker-registry or skopeo is not installed"))
  func aKnownTagMovesToItAndBack() throws {
    let now = FakeRegistryImage("now", platforms: ["linux/amd64"])
    try registry.push(now, to: "team/app", tag: "old")
    #expect(try check()["outcome"] as? String == "first_seen")
    try registry.pushSchema1("one", to: "team/app", tag: "old")
    for _ in 0..<2 {
      let moved = try check()
      #expect(moved["outcome"] as? String == "changed", "\(moved)")
      #expect((moved["events"] as? [[String: Any]])?.map { $0["type"] as? String } == ["watcher.image.changed"])
      #expect(try check()["outcome"] as? String == "unchanged")
      try registry.push(now, to: "team/app", tag: "old")
    }
    try soundness()
  }

  private func check() throws -> [String: Any] {
    let outcome = try scene.run(["check", "--json", "--config", scene.config])
    #expect(outcome.status == 0, "\(outcome.stdout)\(outcome.stderr)")
    return try #require(try (object(outcome.stdout)["results"] as? [[String: Any]])?.first)
  }

  private func soundness() throws {
    let outcome = try scene.run(["db", "check"])
    #expect(outcome.status == 0, "\(outcome.stdout)\(outcome.stderr)")
  }
}
