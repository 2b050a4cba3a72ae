import Foundation
import ImageModel
import TestSupport
import Testing

/// The byte-exact documents of `amazonlinux:latest` of November 2022, behind a token flow, through the commands.
@Suite struct AmazonlinuxCommandTests {
  static let top = "sha256:a8e94ea6c17f7749b1beb0ac2c3245e0b99804190f31e05f68a0fabb5bea1787"
  static let amd64 = "sha256:6e809582795f51280dda491769531ca101af7ce73ff67ec039597b1f000fef8c"
  static let arm64 = "sha256:b63c3d5a14ae516d5edaa98abdd502ef3e1387825976894b400cc5e28c05c9f1"
  static let path = "library/amazonlinux"

  private let scene: Scene
  private let registry: FakeRegistry
  private let image: String

  init() throws {
    registry = try FakeRegistry(door: .anonymousToken)
    registry.put(
      manifest: FakeRegistryImage.document(.dockerList, bytes: try AmazonlinuxDocuments.bytes("index.json")),
      in: Self.path, tag: "latest")
    for name in ["amd64", "arm64"] {
      registry.put(
        manifest: FakeRegistryImage.document(
          .dockerManifest, bytes: try AmazonlinuxDocuments.bytes("\(name).manifest.json")),
        in: Self.path)
    }
    image = "\(registry.authority)/\(Self.path):latest"
    scene = try Scene(watch: [image])
  }

  @Test func resolveKnowsTheImageIDsThoughTheConfigBlobsAreMissing() throws {
    defer { registry.stop() }
    let answer = try scene.json(["resolve", image, "--json"])
    #expect(answer["digest"] as? String == Self.top)
    #expect(answer["size"] as? Int == 547)
    let platforms = try #require(answer["platforms"] as? [[String: Any]])
    #expect(platforms.map { $0["platform"] as? String } == ["linux/amd64", "linux/arm64"])
    #expect(platforms.map { $0["image_id"] as? String } == [Self.amd64, Self.arm64])
    #expect(platforms.allSatisfy { $0["created"] is NSNull })
    let raw = try scene.run(["resolve", image, "--raw"])
    #expect(Array(raw.stdout.utf8) == (try AmazonlinuxDocuments.bytes("index.json")))
    #expect(!FileManager.default.fileExists(atPath: scene.database), "resolve keeps nothing")
  }

  @Test func whichSaysWhatAnImageIDIsAndWhatPullsIt() throws {
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    for text in ["b63c3d5a", Self.arm64, "B63C3D5A14AE"] {
      let found = try scene.run(["which", text])
      #expect(found.status == 0 && found.stderr.isEmpty, "\(found)")
      #expect(found.stdout.contains("\n    \(registry.authority)/\(Self.path)@\(Self.top)\n"), "\(found.stdout)")
      #expect(found.stdout.contains("\n  an image ID: what Podman and Docker's classic image store show as IMAGE ID\n"))
    }
    let matches = try #require(scene.json(["which", "b63c3d5a", "--json"])["matches"] as? [[String: Any]])
    #expect(matches.count == 1 && matches[0]["kind"] as? String == "image_id")
    #expect(matches[0]["platform"] as? String == "linux/arm64" && matches[0]["current"] as? Bool == true)
    let index = try #require(scene.json(["which", "a8e94e", "--json"])["matches"] as? [[String: Any]])
    #expect(index.map { $0["kind"] as? String } == ["index"] && index[0]["pull_exact"] is NSNull)
  }

  /// What was not found is an error that names what there is; what was found is printed beside it.
  @Test(arguments: ["text", "json"]) func resolveSaysWhichPlatformsThereAre(form: String) throws {
    defer { registry.stop() }
    let options = form == "json" ? ["--json"] : []
    let none = try scene.run(["resolve", image, "--platform", "linux/s390x"] + options)
    #expect(none.status == 66)
    #expect(none.stdout.isEmpty)
    #expect(
      none.stderr == "watcher: error: there is no image for linux/s390x (\(image)): "
        + "there is one for linux/amd64, linux/arm64\n")
    let some = try scene.run(["resolve", image, "--platform", "linux/s390x,linux/arm64"] + options)
    #expect(some.status == 66)
    #expect(some.stdout.contains("linux/arm64") && !some.stdout.contains("linux/amd64"))
    #expect(
      some.stderr.contains("there is no image for linux/s390x (\(image)): there is one for linux/arm64, linux/amd64"))
    let traced = try scene.run(["resolve", image, "-v", "--platform", "linux/arm64"] + options)
    #expect(traced.status == 0)
    #expect(traced.stderr.contains(" is for linux/amd64: not asked for\n"))
    #expect(!traced.stderr.contains("watched"))
  }

  @Test func historyHasThem() throws {
    defer { registry.stop() }
    let check = try scene.json(["check", "--json", "--config", scene.config])
    #expect(check["first_seen"] as? Int == 1)
    let entries = try scene.history(image)
    #expect(entries.count == 1)
    #expect(entries[0]["digest"] as? String == Self.top)
    #expect(entries[0]["event"] as? String == "watcher.tag.first_seen")
    let platforms = try #require(entries[0]["platforms"] as? [[String: Any]])
    #expect(platforms.map { $0["image_id"] as? String } == [Self.amd64, Self.arm64])
  }

  @Test func onlyTheARMConfigChangesAndThatIsOneEvent() throws {
    defer { registry.stop() }
    _ = try scene.json(["check", "--json", "--config", scene.config])
    let config = FakeRegistryImage.document(.dockerConfig, ["architecture": "arm64", "os": "linux"])
    let manifest = FakeRegistryImage.document(
      .dockerManifest,
      [
        "schemaVersion": 2, "mediaType": .text(MediaType.dockerManifest),
        "config": FakeRegistryImage.descriptor(config), "layers": .array([]),
      ])
    registry.put(manifest: manifest, in: Self.path)
    let amd64 = FakeRegistryImage.document(
      .dockerManifest, bytes: try AmazonlinuxDocuments.bytes("amd64.manifest.json"))
    let index = FakeRegistryImage.index(
      [
        FakeRegistryImage.entry(amd64, platform: "linux/amd64"),
        FakeRegistryImage.entry(manifest, platform: "linux/arm64"),
      ], type: .dockerList)
    registry.put(manifest: index, in: Self.path, tag: "latest")

    let outcome = try scene.run(["check", "--json", "--exit-code", "--config", scene.config])
    #expect(outcome.status == 1)
    let results = try #require(try object(outcome.stdout)["results"] as? [[String: Any]])
    let events = try #require(results[0]["events"] as? [[String: Any]])
    #expect(events.map { $0["type"] as? String } == ["watcher.image.changed"])
    let changes = (events[0]["data"] as? [String: Any])?["changes"] as? [[String: Any]]
    #expect(changes?.map { $0["platform"] as? String } == ["linux/arm64"])
    #expect(try scene.history(image).count == 2)
  }

  @Test func onlyTheIndexChangesAndNobodyIsTold() throws {
    defer { registry.stop() }
    _ = try scene.json(["check", "--json", "--config", scene.config])
    let amd64 = FakeRegistryImage.document(
      .dockerManifest, bytes: try AmazonlinuxDocuments.bytes("amd64.manifest.json"))
    let arm64 = FakeRegistryImage.document(
      .dockerManifest, bytes: try AmazonlinuxDocuments.bytes("arm64.manifest.json"))
    registry.put(
      manifest: FakeRegistryImage.index([
        FakeRegistryImage.entry(amd64, platform: "linux/amd64"),
        FakeRegistryImage.entry(arm64, platform: "linux/arm64/v8"),
      ]), in: Self.path, tag: "latest")
    let outcome = try scene.run(["check", "--json", "--exit-code", "--config", scene.config])
    #expect(outcome.status == 0)
    let results = try #require(try object(outcome.stdout)["results"] as? [[String: Any]])
    #expect(results[0]["outcome"] as? String == "unchanged")
    let events = try #require(results[0]["events"] as? [[String: Any]])
    #expect(events.map { $0["type"] as? String } == ["watcher.index.changed"])
    #expect(try scene.history(image).count == 1)
  }
}
