import ImageModel
import TestSupport
import Testing

@testable import Containers

/// What `--from` takes.
@Suite struct ContainerFileTests {
  private func read(_ text: String) throws -> [RunningContainer] { try ContainerFile.containers(in: Array(text.utf8)) }

  private func failure(_ text: String) -> String? {
    do throws(ContainerFile.Failure) {
      _ = try ContainerFile.containers(in: Array(text.utf8))
      return nil
    } catch {
      return error.message
    }
  }

  @Test func dockersInspection() throws {
    let containers = try ContainerFile.containers(in: fixture("docker-inspect"))
    #expect(
      containers == [
        RunningContainer(name: "web", image: "amazonlinux:latest", digests: [try known("a", .id)]),
        RunningContainer(
          name: "old", image: "amazonlinux:latest", digests: [try known("b", .id)], isRunning: false),
      ])
  }

  /// There the image's ID is an index, and the manifest stands beside it.
  @Test func dockersInspectionOfTheContainerdStore() throws {
    let containers = try ContainerFile.containers(in: fixture("docker-containerd-inspect"))
    #expect(containers.map(\.platform) == [Samples.arm64])
    #expect(Set(containers[0].digests) == [try known("d", .pulled), try known("f", .pulled)])
  }

  @Test func podmansInspection() throws {
    let container = try #require(ContainerFile.containers(in: fixture("podman-inspect")).first)
    #expect(container.name == "web" && container.image == "127.0.0.1:5077/team/app:stable" && !container.isRunning)
    #expect(
      container.digests.map { "\($0.kind) \($0.digest.short)" } == ["pulled 7250bf68a120", "id e6decc36b0f2"])
  }

  /// Of a Pod's containers the status has the digest, and another name of the image than it was started with.
  @Test func podsOfKubernetes() throws {
    let containers = try ContainerFile.containers(in: fixture("kubectl-pods"))
    #expect(
      containers.map(\.name) == [
        "shop/web-0/app", "shop/web-0/side", "shop/web-1/app", "shop/job-7/app", "shop/new/app",
      ])
    #expect(containers.allSatisfy { $0.image == "amazonlinux:latest" && $0.platform == nil })
    #expect(
      containers.map(\.digests) == [
        [try known("d", .pulled)], [try known("a", .id)], [try known("d", .pulled)], [try known("b", .id)], [],
      ])
    #expect(containers.map(\.isRunning) == [true, true, true, false, false])
    #expect(containers.last?.gap != nil)
  }

  @Test func linesOfJSON() throws {
    let digit = try Samples.digest("a")
    let containers = try read(
      """
      {"name":"web","image":"amazonlinux","digests":["\(digit)"]}

      {"name":"b","image":"a.example/b:1","digests":["a.example/b@\(digit)"],"platform":"linux/arm64","more":[1]}\r
      {"name":"c","image":"c"}
      """)
    #expect(
      containers == [
        RunningContainer(name: "web", image: "amazonlinux", digests: [try known("a", .unspecified)]),
        RunningContainer(
          name: "b", image: "a.example/b:1", platform: Samples.arm64, digests: [try known("a", .pulled)]),
        RunningContainer(name: "c", image: "c", digests: []),
      ])
  }

  @Test func whatIsNotUnderstoodSaysWhere() {
    for (text, words) in [
      ("", "not JSON at byte 0"), ("web amazonlinux", "not JSON at byte 0"), ("7", "neither what docker inspect"),
      ("{}", "neither what docker inspect"), ("[{\"Id\":\"x\"}]", "element 1: neither what docker inspect"),
      ("{\"name\":\"a\",\"image\":\"b\"}\n{\"image\":\"b\"}", "line 2: there is no \"name\""),
      ("{\"name\":\"a\",\"image\":7}", "there is no \"image\""),
      ("{\"name\":\"a\",\"image\":\"b\"}\n{", "line 2: not JSON at byte 1"),
      ("{\"name\":\"a\",\"image\":\"b\",\"digests\":[\"sha256:1\"]}", "\"digests\" takes sha256:"),
      ("{\"name\":\"a\",\"image\":\"b\",\"platform\":\"amd64\"}", "\"platform\" is os/arch"),
      ("{\"kind\":\"Deployment\"}", "neither a Pod nor a list"),
      ("{\"kind\":\"List\",\"items\":[{\"kind\":\"Service\"}]}", "a list without a Pod"),
    ] {
      #expect(failure(text)?.contains(words) == true, "\(text): \(failure(text) ?? "understood")")
    }
  }

  @Test func moreThanAnybodyRunsIsRefused() {
    let line = "{\"name\":\"a\",\"image\":\"b\"}\n"
    #expect(failure(String(repeating: line, count: Limits.containers)) == nil)
    #expect(failure(String(repeating: line, count: Limits.containers + 1))?.contains("more than") == true)
    #expect(failure("[" + String(repeating: "[", count: 100))?.contains("too_deep") == true)
  }

  /// What goes wrong in a document is told without what stands there.
  @Test func noSecretIsQuoted() throws {
    let text = String(decoding: try fixture("docker-inspect"), as: UTF8.self)
    for broken in [
      text.replacing("\"PASSWORD=canary", with: "PASSWORD=canary"), text.replacing("canary", with: "\"canary"),
    ] {
      #expect(failure(broken)?.contains("canary") == false)
    }
    for name in ["docker-inspect", "docker-containerd-inspect", "podman-inspect", "kubectl-pods"] {
      #expect(!"\(try ContainerFile.containers(in: fixture(name)))".contains("canary"))
    }
  }
}
