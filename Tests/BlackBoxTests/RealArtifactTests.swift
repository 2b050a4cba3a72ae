import Foundation
import ImageModel
import TestSupport
import Testing

/// Debian's registry with a chart, and with an index that lists a Windows version twice.
@Suite struct RealArtifactTests {
  private typealias Fake = FakeRegistryImage
  private static let isPossible = DockerRegistry.program != nil

  private let registry: DockerRegistry
  private let tag: String
  private let scene: Scene

  init() throws { (registry, tag, scene) = try DockerRegistry.scene(watching: "team/app:stable") }

  /// The types of the events of one poll.
  private func check() throws -> [String] {
    let outcome = try scene.run(["check", "--json", "--config", scene.config])
    #expect(outcome.status == 0, "\(outcome.stdout)\(outcome.stderr)")
    let results = try object(outcome.stdout)["results"] as? [[String: Any]]
    return (results?.first?["events"] as? [[String: Any]])?.compactMap { $0["type"] as? String } ?? []
  }

  @Test(.enabled(if: isPossible, "docker-registry is not installed")) func versionsOfAChartAreTold() throws {
    for version in ["1", "2"] {
      let config = Fake.document(MediaType("application/vnd.cncf.helm.config.v1+json"), bytes: Array("{}".utf8))
      let content = Fake.document(
        MediaType("application/vnd.cncf.helm.chart.content.v1.tar+gzip"), bytes: Array("chart \(version)".utf8))
      let manifest = Fake.document(
        .ociManifest,
        [
          "schemaVersion": 2, "mediaType": .text(MediaType.ociManifest), "config": Fake.descriptor(config),
          "layers": .array([Fake.descriptor(content)]),
        ])
      try registry.push(manifest, blobs: [config, content], to: "team/app", tag: "stable")
      #expect(try check() == [version == "1" ? "watcher.tag.first_seen" : "watcher.artifact.changed"])
      #expect(try check() == [])
    }
    let said = "no image ID (artifact: application/vnd.cncf.helm.config.v1+json)\n"
    for command in ["status", "resolve"] { #expect(try scene.run([command, tag]).stdout.contains(said)) }
    try registry.push(FakeRegistryImage("image"), to: "team/app", tag: "stable")
    #expect(try check() == ["watcher.image.changed"], "two platforms in the place of a chart")
  }

  @Test(.enabled(if: isPossible, "docker-registry is not installed")) func windowsIsASet() throws {
    let images = ["a", "b", "c"].map { FakeRegistryImage($0, platforms: ["windows/amd64"]) }
    for image in images { try registry.push(image, to: "team/app", tag: "part") }
    for (order, types) in [
      ([0, 1], ["watcher.tag.first_seen"]), ([1, 0], ["watcher.index.changed"]), ([2, 1], ["watcher.image.changed"]),
    ] {
      let entries: [JSONOutput] = order.map { number in
        guard case .object(let members) = Fake.entry(images[number].manifest("windows/amd64"), platform: nil) else {
          return .null
        }
        let platform: JSONOutput = .members([
          "os": "windows", "architecture": "amd64", "os.version": .string("10.0.20348.\(number)"),
        ])
        return .object(members + [.init("platform", platform)])
      }
      try registry.push(Fake.index(entries), to: "team/app", tag: "stable")
      #expect(try check() == types)
    }
    #expect(try scene.history(tag).count == 2)
    let resolved = try scene.run(["resolve", tag, "-v"])
    for said in [resolved.stdout, resolved.stderr] {
      #expect(said.contains("windows/amd64:10.0.20348 is listed more than once"), "\(resolved)")
    }
  }
}
