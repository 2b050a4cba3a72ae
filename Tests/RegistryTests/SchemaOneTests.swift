import Documents
import Hashing
import ImageModel
import StrictJSON
import TestSupport
import Testing

@testable import Registry

/// Manifests from before images had configs. Their digest is not that of the bytes sent.
@Suite struct SchemaOneTests {
  private typealias Fake = FakeRegistryImage
  private static let layers = [Hash.digest(.sha256, of: [1]), Hash.digest(.sha256, of: [2])]
  private let payload = FakeSchema1.payload("old", layers: Self.layers)
  private var digest: Digest { Hash.digest(.sha256, of: payload) }

  /// A registry that signs anew for each answer and does not mind what it is asked for.
  private func harness(
    head: String? = MediaType.schema1Signed.description, get: String? = MediaType.schema1Signed.description
  ) throws -> Harness {
    let harness = try Harness()
    let (payload, digest, times) = (payload, digest, LineBox())
    harness.registry.setFault { request in
      times.add("")
      guard let type = request.method == "HEAD" ? head : get else { return nil }
      return ScriptedResponse(
        200, headers: [("Content-Type", type), ("Docker-Content-Digest", digest.description)],
        body: FakeSchema1.signed(payload, time: "\(times.all.count)"))
    }
    return harness
  }

  @Test(
    arguments: [
      // Content-Type of HEAD, of GET
      (MediaType.schema1Signed.description, MediaType.schema1Signed.description),
      (MediaType.schema1Signed.description, "application/json"), ("text/plain", MediaType.schema1Signed.description),
      (MediaType.schema1.description, MediaType.schema1.description), ("application/json", "text/plain; charset=utf-8"),
    ])
  func theDigestOfASignedOneIsThatOfItsPayload(_ head: String, _ get: String) async throws {
    let harness = try harness(head: head, get: get)
    let snapshot = try await harness.snapshot()
    #expect(snapshot.digest == digest && snapshot.mediaType == .schema1Signed && snapshot.isSingle)
    let image = try #require(snapshot.images.first)
    #expect(image.imageID == nil && image.configSize == nil && image.manifest == digest)
    #expect(image.artifactType == MediaType.schema1Signed.description)
    #expect(image.layers == Self.layers.reversed(), "the base first")
    #expect(image.platform?.description == "linux/amd64" && image.config?.created == "2015-01-01T00:00:00Z")
    let kept = try #require(snapshot.documents.first)
    #expect(kept.bytes != payload && ImageDocuments.isIntact(kept))
    #expect(ImageDocuments.layers(ofManifest: kept) == image.layers)
    // Signed anew it is the same.
    #expect(try await harness.snapshot(known: digest, mustWalk: true).digest == digest)
    guard case .unchanged = try await harness.observe(harness.registry.tag("app"), known: digest) else {
      Issue.record("moved without a push")
      return
    }
  }

  /// Whatever is asked, the registry answers with this as a signed manifest of that digest.
  private func answer(_ harness: Harness, _ body: [UInt8], _ digest: Digest) {
    harness.registry.setFault { _ in
      ScriptedResponse(
        200,
        headers: [
          ("Content-Type", MediaType.schema1Signed.description), ("Docker-Content-Digest", digest.description),
        ], body: body)
    }
  }

  @Test func aTagMayMoveToIt() async throws {
    let harness = try harness(head: nil, get: nil)
    let image = FakeRegistryImage("one")
    harness.registry.setFault(nil)
    harness.registry.put(image, in: "app", tag: "latest")
    let known = try await harness.snapshot().digest
    let (body, digest) = (FakeSchema1.signed(payload), digest)
    answer(harness, body, digest)
    #expect(try await harness.snapshot(known: known).digest == digest)
  }

  @Test func anUnsignedOneIsItsBytes() async throws {
    let harness = try Harness()
    let body = payload
    harness.registry.setFault { _ in
      ScriptedResponse(200, headers: [("Content-Type", MediaType.schema1.description)], body: body)
    }
    let snapshot = try await harness.snapshot()
    #expect(snapshot.digest == digest && snapshot.mediaType == .schema1)
    #expect(ImageDocuments.isIntact(try #require(snapshot.documents.first)))
  }

  /// A registry that has it only for those who name the kind, and says 404 to all others.
  @Test func oneThatIsNotOfferedIsNotGone() async throws {
    let harness = try Harness()
    let document = Document(digest: digest, mediaType: .schema1Signed, bytes: FakeSchema1.signed(payload))
    harness.registry.put(manifest: document, in: "app", tag: "latest")
    #expect(try await harness.snapshot().digest == digest)
    #expect(
      harness.registry.log == [
        "HEAD /v2/app/manifests/latest", "GET /v2/app/manifests/latest", "HEAD /v2/app/manifests/latest",
        "GET /v2/app/manifests/latest",
      ])
    let reference = try ImageReference("\(harness.registry.authority)/app@\(digest)")
    #expect(try await harness.client.resolve(reference, selection: .all).top == document)
  }

  /// Whether it is gone is not known where the second question has no answer.
  @Test(
    arguments: [
      (429, .rateLimited), (503, .server), (401, .unauthorizedOrMissing), (404, .tagMissing), (415, .tagMissing),
      (403, .tagMissing), (405, .tagMissing), (500, .tagMissing),
    ] as [(Int, CheckFailure.Code)])
  func aSecondQuestionWithoutAnswerIsNoDeletion(_ status: Int, _ code: CheckFailure.Code) async throws {
    let harness = try Harness()
    harness.registry.put(FakeRegistryImage("one"), in: "app")
    harness.registry.setFault { request in
      guard request.method == "HEAD", request.header("Accept")?.contains("v1+prettyjws") == true else { return nil }
      return ScriptedResponse(status)
    }
    #expect(await harness.failure()?.code == code)
  }

  @Test func anArtifactManifestOfOldIsNotGoneEither() async throws {
    let harness = try Harness()
    harness.registry.put(
      manifest: Fake.document(.ociArtifact, ["mediaType": .text(MediaType.ociArtifact), "blobs": .array([])]),
      in: "app", tag: "latest")
    #expect(await harness.failure()?.code == .unsupportedDocument)
  }

  /// What is not understood is said before anyone cries tampering.
  @Test(
    arguments: [
      ("application/vnd.example.thing+json", #"{"a":1}"#, .unsupportedDocument),
      ("application/json", #"{"mediaType":"application/vnd.example.thing+json"}"#, .unsupportedDocument),
      ("text/html", "<html>maintenance</html>", .badResponse),
      ("application/json", #"{"errors":[{"code":"UNAVAILABLE"}]}"#, .badDocument),
      ("application/vnd.oci.image.manifest.v1+json", #"{"schemaVersion":2}"#, .digestMismatch),
      ("application/vnd.docker.distribution.manifest.v1+json", #"{"schemaVersion":1}"#, .digestMismatch),
    ] as [(String, String, CheckFailure.Code)])
  func theKindIsLookedAtBeforeTheDigest(_ type: String, _ body: String, _ code: CheckFailure.Code) async throws {
    let harness = try Harness()
    harness.registry.setFault { _ in
      let digest = Hash.digest(.sha256, of: [9]).description
      return ScriptedResponse(
        200, headers: [("Content-Type", type), ("Docker-Content-Digest", digest)], body: Array(body.utf8))
    }
    let failure = await harness.failure()
    #expect(failure?.code == code)
  }

  @Test func anotherPayloadIsAMismatch() async throws {
    let harness = try Harness()
    let (digest, other) = (digest, FakeSchema1.signed(FakeSchema1.payload("other")))
    answer(harness, other, digest)
    #expect(await harness.failure()?.code == .digestMismatch)
  }

  @Test(
    arguments: [
      MediaType.ociManifest.description, MediaType.dockerManifest.description, MediaType.ociIndex.description,
    ])
  func calledSomethingElseItIsRefused(_ type: String) async throws {
    let failure = await (try harness(head: type, get: type)).failure()
    #expect(failure?.code == .badDocument)
    #expect(failure?.what == "the document is called \(type) and is a schema 1 manifest")
  }
}
