import FoundationEssentials
import Hashing
import ImageModel
import TestSupport
import Testing

@testable import Registry

/// The byte-exact documents of `amazonlinux:latest` of November 2022, behind the token flow of Docker Hub.
@Suite struct AmazonlinuxTests {
  static let top = "sha256:a8e94ea6c17f7749b1beb0ac2c3245e0b99804190f31e05f68a0fabb5bea1787"
  static let amd64 = "sha256:6e809582795f51280dda491769531ca101af7ce73ff67ec039597b1f000fef8c"
  static let arm64 = "sha256:b63c3d5a14ae516d5edaa98abdd502ef3e1387825976894b400cc5e28c05c9f1"

  private func fixture(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return Array(try Data(contentsOf: folder.appending(path: "fixtures/amazonlinux/\(name)")))
  }

  private func harness() throws -> Harness {
    let harness = try Harness(door: .anonymousToken, domain: "docker.io", access: { _ in RegistryAccess() })
    let index = FakeRegistryImage.document(.dockerList, bytes: try fixture("index.json"))
    harness.registry.put(manifest: index, in: "library/amazonlinux", tag: "latest")
    for name in ["amd64", "arm64"] {
      let manifest = FakeRegistryImage.document(.dockerManifest, bytes: try fixture("\(name).manifest.json"))
      harness.registry.put(manifest: manifest, in: "library/amazonlinux")
    }
    return harness
  }

  @Test func findsTheImageIDsThoughTheConfigBlobsAreMissing() async throws {
    let harness = try harness()
    let resolution = try await harness.client.resolve(ImageReference("amazonlinux"), selection: .all)
    let snapshot = resolution.snapshot
    #expect(snapshot.digest.description == Self.top)
    #expect(snapshot.size == 547)
    #expect(snapshot.images.map { $0.platform?.description } == ["linux/amd64", "linux/arm64"])
    #expect(snapshot.images.map { $0.imageID?.description } == [Self.amd64, Self.arm64])
    #expect(snapshot.images.map(\.configSize) == [1478, 1493])
    #expect(snapshot.images.map(\.manifestSize) == [529, 529])
    #expect(snapshot.images.allSatisfy { $0.config == nil && $0.layers.count == 1 })
    #expect(resolution.top.bytes == (try fixture("index.json")))
    #expect(resolution.top.mediaType == .dockerList)
  }

  @Test func asksTheTokenServerAsTheProtocolSays() async throws {
    let harness = try harness()
    let tag = TagReference(domain: "docker.io", path: "library/amazonlinux", tag: "latest")
    guard case .found(_, let head, _) = try await harness.observe(tag) else {
      Issue.record("unchanged at first sight")
      return
    }
    #expect(head?.description == Self.top)
    #expect(
      harness.registry.log.prefix(4) == [
        "HEAD /v2/library/amazonlinux/manifests/latest",
        "GET /token",
        "HEAD /v2/library/amazonlinux/manifests/latest",
        "GET /v2/library/amazonlinux/manifests/\(Self.top)",
      ])
    let token = try #require(harness.registry.requests.first { $0.path == "/token" })
    #expect(token.target == "/token?service=fake&scope=repository:library/amazonlinux:pull")
    #expect(token.header("Authorization") == nil)
    #expect(harness.count("GET /token") == 1)
    let accept = harness.registry.requests.filter { $0.path.contains("/manifests/") }.map { $0.header("Accept") }
    #expect(Set(accept) == [MediaType.manifestTypes.map(\.description).joined(separator: ", ")])

    let observed = try await harness.observe(tag, known: head)
    guard case .unchanged = observed else {
      Issue.record("moved without a push")
      return
    }
    #expect(harness.registry.log.last == "HEAD /v2/library/amazonlinux/manifests/latest")
    #expect(harness.count("GET /token") == 1)
  }

  @Test func findsOneWatchedPlatformOnly() async throws {
    let harness = try harness()
    let tag = TagReference(domain: "docker.io", path: "library/amazonlinux", tag: "latest")
    guard case .found(let snapshot, _, _) = try await harness.observe(tag, .only([try platform("linux/arm64/v8")]))
    else {
      Issue.record("unchanged at first sight")
      return
    }
    #expect(snapshot.images.map { $0.imageID?.description } == [Self.arm64])
    #expect(snapshot.documents.map(\.bytes) == [try fixture("index.json"), try fixture("arm64.manifest.json")])
  }
}
