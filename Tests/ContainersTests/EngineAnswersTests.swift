import ImageModel
import TestSupport
import Testing

@testable import Containers

/// What engines answer, in both image stores of Docker and of Podman.
@Suite struct EngineAnswersTests {
  private func listed(_ name: String) throws -> [EngineContainer] { try EngineAnswers.containers(fixture(name)) }

  @Test func dockersClassicStore() throws {
    try EngineAnswers.checkVersion(fixture("docker-classic-version"))
    let listed = try listed("docker-classic-containers")
    #expect(listed.map(\.image) == ["amazonlinux:latest", nil, "shop-app", "amazonlinux:latest"])
    let images = try ["a", "b", "c", "b"].map { try EngineAnswers.image(fixture("docker-classic-image-\($0)")) }
    let started = try EngineAnswers.startedWith(fixture("docker-classic-container-moved"))
    let containers = zip(listed, images).map { $0.container($1, startedWith: started, gap: nil) }
    #expect(containers.map(\.name) == ["web", "moved", "built", "old"])
    #expect(containers.map(\.image) == ["amazonlinux:latest", "amazonlinux:latest", "shop-app", "amazonlinux:latest"])
    #expect(containers.map(\.isRunning) == [true, true, true, false])
    #expect(containers.allSatisfy { $0.platform == Samples.amd64 })
    #expect(containers.map(\.isLocal) == [false, false, true, false])
    #expect(containers.map(\.configDigest) == (try ["a", "b", "c", "b"].map { try Samples.digest($0) }))
    #expect(containers[0].digests == [try known("d", .pulled), try known("a", .id)])
    #expect(!"\(containers)".contains("canary"))
  }

  /// The ID that it shows is what the image was pulled by, and that of no config.
  @Test func dockersContainerdStore() throws {
    let listed = try #require(listed("docker-containerd-containers").first)
    let image = try EngineAnswers.image(fixture("docker-containerd-image-d"))
    let container = listed.container(image, startedWith: nil, gap: nil)
    #expect(container.platform == Samples.arm64 && container.configDigest == nil)
    #expect(container.digests == [try known("d", .pulled), try known("f", .pulled)])
  }

  @Test func podman() throws {
    try EngineAnswers.checkVersion(fixture("podman-version"))
    let listed = try #require(listed("podman-containers").first)
    let container = listed.container(
      try EngineAnswers.image(fixture("podman-image")), startedWith: nil, gap: nil)
    #expect(container.name == "web" && container.image == "127.0.0.1:5077/team/app:stable" && !container.isRunning)
    #expect(container.configDigest?.short == "e6decc36b0f2" && container.platform == Samples.amd64)
    #expect(!container.isLocal)
  }

  /// What it built itself Podman says to have come from a registry `localhost`.
  @Test func whatPodmanBuiltIsLocal() throws {
    let text = String(decoding: try fixture("podman-image"), as: UTF8.self)
    let image = try EngineAnswers.image(Array(text.replacing("127.0.0.1:5077/team/app", with: "localhost/app").utf8))
    let listed = try #require(listed("podman-containers").first)
    #expect(listed.container(image, startedWith: nil, gap: nil).isLocal)
    #expect(!listed.container(nil, startedWith: nil, gap: "gone").isLocal, "nobody says so")
  }

  /// Whoever may pull images can give one any number of names.
  @Test func anImageOfManyNames() throws {
    let names = (0..<20_000).map {
      "\"a.example/app@sha256:" + String(repeating: "0", count: 59) + String(10_000 + $0) + "\""
    }
    let image = try EngineAnswers.image(Array("{\"RepoDigests\":[\(names.joined(separator: ","))]}".utf8))
    let container = try #require(listed("podman-containers").first).container(image, startedWith: nil, gap: nil)
    #expect(container.digests.count == Limits.containerDigests + 1 && container.configDigest != nil)
    #expect(!container.tellsOrigin, "of those that are left out one may name a registry")
    #expect(container.gap == "of the 20000 digests of its image 100 were looked for")
  }

  private func failure(_ body: () throws(ContainerFailure) -> Void) -> String? {
    do throws(ContainerFailure) {
      try body()
      return nil
    } catch {
      return error.message
    }
  }

  @Test(arguments: [
    ("1.40", "1.40 of Docker's API, and 1.41 or newer"), ("1.41", nil), ("1.99", nil), ("2.0", nil),
    ("0.99", "0.99 of"),
    ("one", "that is none"), ("1", "that is none"),
  ]) func oldVersionsAreNotAsked(_ version: String, _ words: String?) {
    let message = failure { () throws(ContainerFailure) in
      try EngineAnswers.checkVersion(Array("{\"ApiVersion\":\"\(version)\"}".utf8))
    }
    #expect(words.map { message?.contains($0) == true } ?? (message == nil), "\(message ?? "")")
    do throws(ContainerFailure) {
      try EngineAnswers.checkVersion(Array("{\"ApiVersion\":\"\(version)\"}".utf8))
    } catch {
      #expect(error.remedy?.hasPrefix("update the engine") ?? !error.message.contains("1.41"))
    }
  }

  /// An ID goes into a path.
  @Test(arguments: [
    "{}", "7", "<html>", "", "[{}]", "[{\"Id\":\"../../x\",\"Names\":[\"/a\"]}]", "[{\"Id\":\"0123456789ab\"}]",
    "[{\"Id\":\"0123456789ab?x\",\"Names\":[\"/a\"]}]", "[{\"Id\":\"0123456789ab\",\"Names\":[7]}]",
  ]) func listsThatAreNone(_ text: String) {
    #expect(failure { () throws(ContainerFailure) in _ = try EngineAnswers.containers(Array(text.utf8)) } != nil)
  }
}
