import Foundation
import ImageModel
import TestSupport
import Testing

/// The commands against Debian's `docker-registry`, which knows nothing of these tests.
@Suite struct RealRegistryTests {
  private static let first = FakeRegistryImage("first")
  private static let second = FakeRegistryImage("second")
  private static let platforms = ["linux/amd64", "linux/arm64"]

  private let registry: DockerRegistry
  private let image: String
  private let scene: Scene

  init() throws { (registry, image, scene) = try DockerRegistry.scene(watching: "team/app:stable") }

  @Test(.enabled(if: DockerRegistry.program != nil, "docker-registry is not installed"))
  func movesBackAndForthAndIsGone() throws {
    try registry.push(Self.first, to: "team/app", tag: "stable")
    let seen = try check(status: 0)
    #expect(seen["outcome"] as? String == "first_seen")
    #expect(try check(status: 0)["outcome"] as? String == "unchanged")
    #expect(try imageIDs() == [Self.ids(Self.first)])

    try registry.push(Self.second, to: "team/app", tag: "stable")
    let moved = try #require(try onlyEvent(check(status: 1)))
    #expect(moved["digest"] as? String == Self.second.index.digest.description)
    #expect((moved["previous"] as? [String: Any])?["digest"] as? String == Self.first.index.digest.description)
    #expect(moved["rollback"] is NSNull)
    let changes = try #require(moved["changes"] as? [[String: Any]])
    #expect(changes.map { $0["platform"] as? String } == Self.platforms)
    #expect(changes.map { ($0["current"] as? [String: Any])?["image_id"] as? String } == Self.ids(Self.second))
    #expect(changes.map { ($0["previous"] as? [String: Any])?["image_id"] as? String } == Self.ids(Self.first))

    try registry.push(Self.first, to: "team/app", tag: "stable")
    let back = try #require(try onlyEvent(check(status: 1)))
    let rollback = try #require(back["rollback"] as? [[String: Any]])
    #expect(rollback.map { $0["platform"] as? String } == Self.platforms)
    #expect(rollback.map { $0["image_id"] as? String } == Self.ids(Self.first))
    #expect(
      rollback.map { $0["digest"] as? String } == [
        Self.first.index.digest.description, Self.first.index.digest.description,
      ])
    #expect(try imageIDs() == [Self.ids(Self.first), Self.ids(Self.second), Self.ids(Self.first)])

    let before = try scene.history(image)
    try registry.stop()
    let failed = try check(status: 2)
    #expect(failed["outcome"] as? String == "failed")
    #expect((failed["error"] as? [String: Any])?["code"] as? String == "connect")
    #expect((failed["events"] as? [Any])?.isEmpty == true)
    let after = try scene.history(image)
    #expect(NSArray(array: after) == NSArray(array: before), "a check that failed leaves the history as it was")
    #expect(try scene.status(image)["state"] as? String == "failing")
    #expect(scene.eventLines().count == 3)
  }

  @Test(.enabled(if: DockerRegistry.program != nil, "docker-registry is not installed"))
  func resolveGivesTheBytesThatWerePushed() throws {
    try registry.push(Self.first.attested("built here"), to: "team/app", tag: "stable")
    let index = Self.first.attested("built here").index
    #expect(Array(try scene.run(["resolve", image, "--raw"]).stdout.utf8) == index.bytes)
    let answer = try scene.json(["resolve", image, "--json"])
    #expect(answer["digest"] as? String == index.digest.description)
    let platforms = try #require(answer["platforms"] as? [[String: Any]])
    #expect(platforms.map { $0["image_id"] as? String } == Self.ids(Self.first), "attestations are no platforms")
    #expect(platforms.map { $0["created"] as? String } == [Self.first.created, Self.first.created])
    let missing = try scene.run(["resolve", "\(registry.authority)/team/app:nothing"])
    #expect(missing.status == 66, "\(missing.stderr)")
    #expect(try scene.run(["resolve", "\(registry.authority)/nobody/app:stable"]).status == 66)
  }

  /// The one result of a `check`.
  private func check(status: Int32) throws -> [String: Any] {
    let outcome = try scene.run(["check", "--json", "--exit-code", "--config", scene.config])
    #expect(outcome.status == status, "\(outcome.stderr)")
    return try #require(try (object(outcome.stdout)["results"] as? [[String: Any]])?.first)
  }

  /// The data of the one event of a result, which must be a changed image.
  private func onlyEvent(_ result: [String: Any]) throws -> [String: Any]? {
    #expect(result["outcome"] as? String == "changed")
    let events = try #require(result["events"] as? [[String: Any]])
    #expect(events.map { $0["type"] as? String } == ["watcher.image.changed"])
    return events.first?["data"] as? [String: Any]
  }

  private func imageIDs() throws -> [[String?]] {
    try scene.history(image).map { entry in
      (entry["platforms"] as? [[String: Any]] ?? []).map { $0["image_id"] as? String }
    }
  }

  private static func ids(_ image: FakeRegistryImage) -> [String?] {
    platforms.map { image.imageID($0).description }
  }
}
