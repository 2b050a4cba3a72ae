import Hashing
import ImageModel
import TestSupport
import Testing

@testable import Registry

/// The byte-exact documents of `amazonlinux:latest` of November 2022, behind the token flow of Docker Hub.
@Suite struct AmazonlinuxTests {
  private func harness() throws -> Harness {
    let harness = try Harness(door: .anonymousToken, domain: "docker.io", access: { _ in RegistryAccess() })
    let index = FakeRegistryImage.document(.dockerList, bytes: try AmazonlinuxDocuments.bytes("index.json"))
    harness.registry.put(manifest: index, in: "library/amazonlinux", tag: "latest")
    for name in ["amd64", "arm64"] {
      let manifest = FakeRegistryImage.document(
        .dockerManifest, bytes: try AmazonlinuxDocuments.bytes("\(name).manifest.json"))
      harness.registry.put(manifest: manifest, in: "library/amazonlinux")
    }
    return harness
  }

  @Test func findsTheImageIDsThoughTheConfigBlobsAreMissing() async throws {
    let harness = try harness()
    let resolution = try await harness.client.resolve(ImageReference("amazonlinux"), selection: .all)
    let snapshot = resolution.snapshot
    #expect(snapshot.digest.description == AmazonlinuxDocuments.top)
    #expect(snapshot.size == 547)
    #expect(snapshot.images.map { $0.platform?.description } == ["linux/amd64", "linux/arm64"])
    #expect(
      snapshot.images.map { $0.imageID?.description } == [AmazonlinuxDocuments.amd64, AmazonlinuxDocuments.arm64])
    #expect(snapshot.images.map(\.configSize) == [1478, 1493])
    #expect(snapshot.images.map(\.manifestSize) == [529, 529])
    #expect(snapshot.images.allSatisfy { $0.config == nil && $0.layers.count == 1 })
    #expect(resolution.top.bytes == (try AmazonlinuxDocuments.bytes("index.json")))
    #expect(resolution.top.mediaType == .dockerList)
  }

  @Test func asksTheTokenServerAsTheProtocolSays() async throws {
    let harness = try harness()
    let tag = TagReference(domain: "docker.io", path: "library/amazonlinux", tag: "latest")
    guard case .found(_, let head, _) = try await harness.observe(tag) else {
      Issue.record("unchanged at first sight")
      return
    }
    #expect(head?.description == AmazonlinuxDocuments.top)
    #expect(
      harness.registry.log.prefix(4) == [
        "HEAD /v2/library/amazonlinux/manifests/latest",
        "GET /token",
        "HEAD /v2/library/amazonlinux/manifests/latest",
        "GET /v2/library/amazonlinux/manifests/\(AmazonlinuxDocuments.top)",
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
    #expect(snapshot.images.map { $0.imageID?.description } == [AmazonlinuxDocuments.arm64])
    #expect(
      snapshot.documents.map(\.bytes) == [
        try AmazonlinuxDocuments.bytes("index.json"), try AmazonlinuxDocuments.bytes("arm64.manifest.json"),
      ])
  }
}
