import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

/// A real Podman behind its socket, with an image from Debian's registry. Its containers are created and not started,
/// which no sandbox forbids.
@Suite struct RealPodmanTests {
  private static let isPossible = DockerRegistry.program != nil && LoginTool.podman.isThere && LoginTool.skopeo.isThere

  @Test(.enabled(if: isPossible && geteuid() == 0, "docker-registry, skopeo or podman is not installed, or not root"))
  func aContainerFallsBehind() throws {
    let (registry, image, scene) = try DockerRegistry.scene(watching: "team/app:stable")
    let podman = try Podman()
    defer { podman.remove() }
    try push("one", to: registry, scene)
    try podman.run(["pull", "--quiet", "--tls-verify=false", image])
    try podman.run(["create", "--name", "web", "--env", "PASSWORD=canary", image])
    let current = try container("web", scene, podman)
    #expect(current["state"] as? String == "current" && current["image"] as? String == image)
    #expect(current["platform"] as? String == "linux/amd64")
    try push("two", to: registry, scene)
    let behind = try container("web", scene, podman)
    #expect(behind["state"] as? String == "behind")
    #expect((behind["behind"] as? [String: Any])?["classes"] as? [String] == ["content"])
    // Pulling alone changes nothing of what runs.
    try podman.run(["pull", "--quiet", "--tls-verify=false", image])
    #expect(try container("web", scene, podman)["state"] as? String == "behind")
    try podman.run(["create", "--name", "next", image])
    #expect(try container("next", scene, podman)["state"] as? String == "current")
    #expect(
      try scene.run(["drift", "--engine", podman.socket]).stdout.hasPrefix("no containers "), "none of them runs")

    let inspected = "\(scene.directory)/inspected.json"
    try podman.run(["inspect", "web", "next"], to: inspected)
    let imported = try scene.json(["import", "engine", "--json", "--from", inspected])
    let skipped = imported["skipped"] as? [[String: Any]] ?? []
    #expect(skipped.map { $0["why"] as? String } == ["it does not run", "it does not run"])
    let states = try scene.json(["drift", "--from", inspected, "--all", "--json"])["counts"] as? [String: Int]
    #expect(states?["behind"] == 1 && states?["current"] == 1)
  }

  private func container(_ name: String, _ scene: Scene, _ podman: Podman) throws -> [String: Any] {
    let outcome = try scene.run(["drift", name, "--all", "--engine", podman.socket, "--json"])
    #expect(outcome.status == 0 && !outcome.stdout.contains("canary"), "\(outcome) \(podman.log)")
    return try #require((object(outcome.stdout)["containers"] as? [[String: Any]])?.first)
  }

  /// An image of one file, and a look at its tag.
  private func push(_ content: String, to registry: DockerRegistry, _ scene: Scene) throws {
    let directory = "\(scene.directory)/image.\(content)"
    try FileManager.default.createDirectory(atPath: directory + "/files", withIntermediateDirectories: true)
    try content.write(toFile: directory + "/files/file", atomically: false, encoding: .utf8)
    let tar = "\(directory)/layer.tar"
    #expect(try Child("tar", ["-cf", tar, "-C", directory + "/files", "file"]).finish() == 0)
    let layer = FakeRegistryImage.document(.ociConfig, bytes: Array(try Data(contentsOf: URL(fileURLWithPath: tar))))
    let config = FakeRegistryImage.document(
      .ociConfig,
      [
        "created": "2026-01-01T00:00:00Z", "architecture": "amd64", "os": "linux",
        "config": .members(["Cmd": .array(["/file"])]),
        "rootfs": .members(["type": "layers", "diff_ids": .array([.text(layer.digest)])]),
      ])
    let manifest = FakeRegistryImage.document(
      .ociManifest,
      [
        "schemaVersion": 2, "mediaType": .text(MediaType.ociManifest), "config": FakeRegistryImage.descriptor(config),
        "layers": .array([
          .members([
            "mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": .text(layer.digest),
            "size": .number(layer.bytes.count),
          ])
        ]),
      ])
    try registry.push(manifest, blobs: [config, layer], to: "team/app", tag: "stable")
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
  }
}

/// Podman with a store of its own, and its service on a socket.
private final class Podman {
  let socket: String
  private let directory: String
  private let service: Child
  private let environment: [String: String]
  private static let limitSeconds = 120.0

  /// Podman takes no path of more than fifty characters for its state.
  init() throws {
    var template = Array("/tmp/watcher-XXXXXX".utf8CString)
    let directory = String(cString: try #require(mkdtemp(&template)))
    self.directory = directory
    socket = "\(directory)/podman.sock"
    environment = try LoginTool.environment(directory).filter { $0.key != "DOCKER_HOST" }
    service = try Child(
      try #require(LoginTool.podman.path),
      Self.options(directory) + ["system", "service", "--time", "0", "unix://\(socket)"], environment: environment,
      stdout: "\(directory)/podman.log", stderr: "\(directory)/podman.log")
    let path = socket
    guard eventually({ access(path, F_OK) == 0 }) else {
      let log = self.log
      remove()
      throw Failure(log: log)
    }
  }

  private struct Failure: Error {
    let log: String
  }

  var log: String { WatcherBinary.text("\(directory)/podman.log") }

  private static func options(_ directory: String) -> [String] {
    [
      "--root", "\(directory)/store", "--runroot", "\(directory)/state", "--storage-driver", "vfs", "--cgroup-manager",
      "cgroupfs", "--events-backend", "file",
    ]
  }

  func run(_ arguments: [String], to output: String? = nil) throws {
    let status = try Child(
      try #require(LoginTool.podman.path), Self.options(directory) + arguments, environment: environment,
      stdout: output ?? "\(directory)/podman.log", stderr: "\(directory)/podman.log"
    ).finish(within: Self.limitSeconds)
    try #require(status == 0, "podman \(arguments): \(log)")
  }

  func remove() {
    service.signal(SIGTERM)
    _ = try? service.finish()
    try? run(["rm", "--force", "--all"])
    try? FileManager.default.removeItem(atPath: directory)
  }
}
