import ImageModel
import TestSupport
import Testing

@testable import Containers

/// What `--from` takes.
@Suite struct ContainerFileTests {
  private func read(_ text: String) throws -> [RunningContainer] { try ContainerFile.containers(in: Array(text.utf8)) }

  private func failure(_ text: String) -> String? {
    do throws(ContainerFailure) {
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
        RunningContainer(
          name: "web", id: String(repeating: "1", count: 64), image: "amazonlinux:latest",
          digests: [try known("a", .id)]),
        RunningContainer(
          name: "old", id: String(repeating: "4", count: 64), image: "amazonlinux:latest",
          digests: [try known("b", .id)], isRunning: false),
      ])
    // Without the other store there is none, however that is written.
    let text = String(decoding: try fixture("docker-inspect"), as: UTF8.self)
    let null = text.replacing("\"Name\": \"/", with: "\"ImageManifestDescriptor\": null, \"Name\": \"/")
    #expect(try null != text && read(null) == containers)
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
    // Podman says of a paused one that it does not run; its list counts it.
    let text = String(decoding: try fixture("podman-inspect"), as: UTF8.self)
    let paused = try read(text.replacing("\"Status\": \"created\"", with: "\"Status\": \"paused\""))
    #expect(paused.map(\.isRunning) == [true])
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

  /// They run as long as the Pod does, or as somebody looks into it; what only prepares the Pod has ended.
  @Test func podsHaveOthersBesideTheirContainers() throws {
    let digest = try Samples.digest("a")
    func status(_ name: String, _ state: String) -> String {
      #"{"name":"\#(name)","image":"x","imageID":"a.example/x@\#(digest)","state":{"\#(state)":{}}}"#
    }
    let containers = try read(
      #"{"kind":"Pod","metadata":{"namespace":"shop","name":"web"},"spec":{"containers":[{"name":"app","image":"app:1"}],"#
        + #""initContainers":[{"name":"setup","image":"setup:1"},"#
        + #"{"name":"proxy","image":"proxy:1","restartPolicy":"Always"}],"#
        + #""ephemeralContainers":[{"name":"look","image":"tools:1"},{"name":"looked","image":"tools:1"}]},"#
        + #""status":{"containerStatuses":[\#(status("app", "running"))],"#
        + #""initContainerStatuses":[\#(status("setup", "terminated")),\#(status("proxy", "running"))],"#
        + #""ephemeralContainerStatuses":[\#(status("look", "running")),\#(status("looked", "terminated"))]}}"#)
    #expect(containers.map(\.name) == ["app", "proxy", "look", "looked"].map { "shop/web/\($0)" })
    #expect(containers.map(\.image) == ["app:1", "proxy:1", "tools:1", "tools:1"])
    #expect(containers.map(\.isRunning) == [true, true, true, false])
    #expect(containers.allSatisfy { $0.digests.map(\.digest) == [digest] })
  }

  @Test func linesOfJSON() throws {
    let digit = try Samples.digest("a")
    let containers = try read(
      """
      {"name":"web","image":"amazonlinux","digests":["\(digit)"]}

      {"name":"b","image":"a.example/b:1","digests":["a.example/b@\(digit)"],"platform":"linux/arm64","more":[1]}\r
      {"name":"c","image":"c","digests":null}
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
      ("{\"name\":\"a\",\"image\":\"b\",\"digests\":\"sha256:1\"}", "digests are a list: \"digests\": ["),
      ("{\"name\":\"a\",\"image\":\"b\",\"digest\":[\"sha256:1\"]}", "digests are a list: \"digests\": ["),
      ("{\"name\":\"a\",\"image\":\"b\",\"platform\":\"amd64\"}", "\"platform\" is os/arch"),
      (
        "{\"name\":\"a\",\"image\":\"b\"}" + String(repeating: "\n", count: 100_000) + "{\"image\":\"b\"}",
        "line 100001: there is no \"name\""
      ),
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
    func digests(_ count: Int) -> String {
      let digests = (0..<count).map { "\"" + String(repeating: "0", count: 60) + String(1_000 + $0) + "\"" }
      return "{\"name\":\"a\",\"image\":\"b\",\"digests\":[\(digests.joined(separator: ","))]}"
    }
    #expect(failure(digests(Limits.containerDigests)) == nil)
    #expect(failure(digests(Limits.containerDigests + 1)) == "it has more than \(Limits.containerDigests) digests")
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
