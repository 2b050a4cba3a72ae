import Documents
import ImageModel
import TestSupport
import Testing
import Transport

@testable import Registry

/// What a registry gets to see of a poll besides its steps, and what of its answers is let lie.
@Suite struct WireTests {
  private typealias Fake = FakeRegistryImage
  private let image = FakeRegistryImage("one", platforms: ["linux/amd64"])

  private func harness(door: FakeRegistry.Door = .open) throws -> Harness {
    let harness = try Harness(door: door)
    harness.registry.put(image, in: "app", tag: "latest")
    return harness
  }

  /// distribution evaluates a condition before `Accept`, and proxies weaken tags: a 304 would speak of a document that
  /// was never seen. HEAD is as cheap. Source: distribution `registry/handlers/manifests.go`.
  @Test func nothingIsAskedUnderACondition() async throws {
    let harness = try harness(door: .anonymousToken)
    let digest = image.index.digest
    harness.registry.setHeaders { request in
      [("ETag", request.method == "HEAD" ? "\"\(digest)\"" : "W/\"\(digest)-gzip\""), ("Set-Cookie", "a=b")]
    }
    for mustWalk in [false, true] { _ = try await harness.snapshot(known: nil, mustWalk: mustWalk) }
    _ = try await harness.observe(harness.registry.tag("app"), known: digest)
    let repository = RepositoryReference(domain: harness.registry.authority, path: "app")
    _ = try await harness.client.list(
      WantedTags(repository: repository, selection: TagSelection(maxTags: 1)))
    let allowed = ["host", "accept", "user-agent", "authorization", "accept-encoding"]
    let seen = Set(harness.registry.requests.flatMap { $0.headers.map { $0.name.lowercased() } })
    #expect(seen.subtracting(allowed).isEmpty)
  }

  /// distribution and Quay know the types of the list alone, by their letters: no wildcard, no weight, no parameter.
  @Test func theListOfTypesIsOneLineWithoutWeights() async throws {
    let harness = try harness()
    _ = try await harness.snapshot()
    let lines = harness.registry.requests.filter { $0.path.contains("/manifests/") }
      .map { request in request.headers.filter { $0.name.lowercased() == "accept" }.map(\.value) }
    #expect(Set(lines).count == 1 && lines.allSatisfy { $0.count == 1 })
    #expect(lines.joined().allSatisfy { !$0.contains("*") && !$0.contains(";") })
  }

  /// Only the digest is needed of HEAD; proxies drop lengths (moby#50065), and some give it a body.
  @Test(arguments: ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"])
  func aHeadNeedsNoLengthAndHasNoBody(_ line: String) async throws {
    let harness = try harness()
    let digest = image.index.digest
    harness.registry.setFault { request in
      guard request.method == "HEAD" else { return nil }
      let head = line + "Docker-Content-Digest: \(digest)\r\nConnection: close\r\n\r\njunk!"
      return ScriptedResponse(200, behaviour: .rawBytes(Array(head.utf8)))
    }
    guard case .unchanged = try await harness.observe(harness.registry.tag("app"), known: digest) else {
      Issue.record("moved without a push")
      return
    }
    #expect(harness.registry.log == ["HEAD /v2/app/manifests/latest"])
  }

  /// A descriptor may name other places for its document, and hold it: both are for others to say what counts.
  @Test func urlsAndDataOfAnEntryAreLetLie() async throws {
    let other = try LoopbackServer { _ in ScriptedResponse(200) }
    defer { other.stop() }
    let manifest = image.manifest("linux/amd64")
    guard case .object(var entry) = Fake.entry(manifest, platform: "linux/amd64") else { return }
    entry.append(.init("urls", .array([.string("\(other.origin)/m")])))
    entry.append(.init("data", .string("e30=")))
    let harness = try harness()
    harness.registry.put(manifest: Fake.index([.object(entry)]), in: "app", tag: "latest")
    let snapshot = try await harness.snapshot()
    #expect(snapshot.images.map(\.imageID) == [image.imageID("linux/amd64")])
    #expect(harness.count("GET /v2/app/manifests/\(manifest.digest)") == 1 && other.requests.isEmpty)
  }

  /// docker-library/official-images#16859: clients choose by the index.
  @Test func whereIndexAndConfigDifferTheIndexSaysThePlatform() async throws {
    let harness = try harness()
    let entry = Fake.entry(image.manifest("linux/amd64"), platform: "linux/arm64")
    harness.registry.put(manifest: Fake.index([entry]), in: "app", tag: "latest")
    let snapshot = try await harness.snapshot(.only([try platform("linux/arm64")]))
    #expect(snapshot.images.map { $0.platform?.description } == ["linux/arm64"])
    #expect(snapshot.images.map(\.imageID) == [image.imageID("linux/amd64")])
  }

  /// Engines differ in what they make of `os.features`; that the first of equal entries counts is common to all.
  @Test func featuresOfAnEntryMakeNoOtherPlatform() async throws {
    let platform = JSONOutput.members([
      "os": "linux", "architecture": "amd64", "os.features": .array([.string("sse4")]),
    ])
    let other = image.rebuilt()
    guard case .object(var entry) = Fake.entry(image.manifest("linux/amd64"), platform: nil) else { return }
    entry.append(.init("platform", platform))
    let harness = try harness()
    harness.registry.put(other, in: "app")
    let second = Fake.entry(other.manifest("linux/amd64"), platform: "linux/amd64")
    harness.registry.put(manifest: Fake.index([.object(entry), second]), in: "app", tag: "latest")
    let snapshot = try await harness.snapshot()
    #expect(snapshot.images.map(\.imageID) == [image.imageID("linux/amd64")])
    #expect(snapshot.remarks.contains { $0.hasPrefix("linux/amd64 is listed more than once") })
  }

  /// Source: distribution-spec, Warnings.
  @Test func aWarningIsToldAndChangesNothing() async throws {
    let harness = try harness(door: .anonymousToken)
    harness.registry.setHeaders { request in
      let token = request.header("Authorization") ?? "none"
      return [
        ("Warning", "299 - \"This registry closes\u{1b}[2J in May\""), ("Warning", "299 - \"it got \(token)\""),
        ("Warning", "110 cache \"stale\""),
      ]
    }
    #expect(try await harness.snapshot().digest == image.index.digest)
    let name = harness.registry.authority
    #expect(harness.trace.contains(#"\#(name) warns: 299 - "This registry closes\u{1b}[2J in May""#))
    #expect(!harness.trace.contains { $0.contains("fake-token") || $0.contains("stale") })
  }
}
