import Documents
import Hashing
import ImageModel
import TestSupport
import Testing

@testable import Registry

/// Registries that address documents by other digests than SHA-256.
@Suite struct AlgorithmTests {
  private typealias Fake = FakeRegistryImage
  private let image = FakeRegistryImage("one")

  /// A document under its digest of another algorithm.
  private func named(_ document: Document, _ algorithm: Digest.Algorithm) -> Document {
    Document(
      digest: Hash.digest(algorithm, of: document.bytes), mediaType: document.mediaType, bytes: document.bytes)
  }

  private func harness(_ algorithm: Digest.Algorithm) throws -> (Harness, Document) {
    let harness = try Harness()
    harness.registry.put(image, in: "app")
    let top = named(image.index, algorithm)
    harness.registry.put(manifest: top, in: "app", tag: "latest")
    return (harness, top)
  }

  @Test(arguments: Digest.Algorithm.allCases)
  func aDocumentKeepsTheDigestThatItWasFetchedBy(_ algorithm: Digest.Algorithm) async throws {
    let (harness, top) = try harness(algorithm)
    guard case .found(let snapshot, let head, _) = try await harness.observe(harness.registry.tag("app")) else {
      Issue.record("unchanged")
      return
    }
    #expect(snapshot.digest == top.digest && head == top.digest)
    #expect(harness.count("GET /v2/app/manifests/\(top.digest)") == 1)
    #expect(snapshot.documents.contains(top), "it is found by that later")
    // By HEAD it stands still, and of what is stored nothing is fetched again.
    guard case .unchanged = try await harness.observe(harness.registry.tag("app"), known: head) else {
      Issue.record("moved without a push")
      return
    }
    let before = harness.registry.requests.count
    #expect(try await harness.snapshot(known: head, mustWalk: true).digest == top.digest)
    #expect(harness.registry.requests.count == before + 1)
    let reference = try ImageReference("\(harness.registry.authority)/app@\(top.digest)")
    #expect(try await harness.client.resolve(reference, selection: .all).snapshot.digest == top.digest)
  }

  @Test(arguments: Digest.Algorithm.allCases)
  func fetchedByTagItHasTheDigestThatCameWithIt(_ algorithm: Digest.Algorithm) async throws {
    let (harness, top) = try harness(algorithm)
    harness.registry.setFault { $0.method == "HEAD" ? ScriptedResponse(405) : nil }
    #expect(try await harness.snapshot().digest == top.digest)
    harness.registry.setDigestHeader(false)
    #expect(try await harness.snapshot().digest == image.index.digest, "nobody names one: SHA-256")
  }

  @Test func aDigestByWhichNothingCanBeHadIsNotPrinted() async throws {
    let (harness, top) = try harness(.sha512)
    harness.registry.setFault { $0.path.hasSuffix(top.digest.description) ? ScriptedResponse(404) : nil }
    guard case .found(let snapshot, let head, _) = try await harness.observe(harness.registry.tag("app")) else {
      Issue.record("unchanged")
      return
    }
    #expect(snapshot.digest == image.index.digest)
    #expect(head == top.digest)
  }

  @Test(arguments: [Digest.Algorithm.sha384, .sha512])
  func anotherDocumentIsAMismatchInAnyAlgorithm(_ algorithm: Digest.Algorithm) async throws {
    let (harness, top) = try harness(algorithm)
    harness.registry.setFault { request in
      guard request.method == "GET", request.path.hasSuffix(top.digest.description) else { return nil }
      return ScriptedResponse(
        200, headers: [("Content-Type", top.mediaType.description)], body: top.bytes + Array("\n".utf8))
    }
    #expect(await harness.failure()?.code == .digestMismatch)
  }

  @Test(arguments: [Digest.Algorithm.sha384, .sha512])
  func imageIDsAndManifestsAreAsTheRegistryNamesThem(_ algorithm: Digest.Algorithm) async throws {
    let harness = try Harness()
    let config = named(image.config("linux/amd64"), algorithm)
    let manifest = named(
      Fake.document(
        .ociManifest, ["schemaVersion": 2, "config": Fake.descriptor(config), "layers": .array([])]), algorithm)
    harness.registry.put(blob: config, in: "app")
    harness.registry.put(manifest: manifest, in: "app")
    harness.registry.put(
      manifest: Fake.index([Fake.entry(manifest, platform: "linux/amd64")]), in: "app", tag: "latest")
    let snapshot = try await harness.snapshot()
    #expect(snapshot.images.map(\.imageID) == [config.digest])
    #expect(snapshot.images.map(\.manifest) == [manifest.digest])
    #expect(snapshot.images.first?.config?.created == image.created)
    #expect(snapshot.documents.allSatisfy(ImageDocuments.isIntact))
  }
}
