import Hashing
import ImageModel
import TestSupport
import Testing

@testable import Registry

/// Registries that send the wrong thing: nothing of it is recorded.
@Suite struct IntegrityTests {
  private typealias Fake = FakeRegistryImage
  private let image = FakeRegistryImage("one")

  private func harness() throws -> Harness {
    let harness = try Harness()
    harness.registry.put(image, in: "app", tag: "latest")
    return harness
  }

  private static func flipped(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes[bytes.count / 2] ^= 1
    return bytes
  }

  private func replace(_ harness: Harness, _ document: Document, by bytes: [UInt8]) {
    harness.registry.setFault { request in
      guard request.method == "GET", request.path.hasSuffix(document.digest.description) else { return nil }
      return ScriptedResponse(200, headers: [("Content-Type", document.mediaType.description)], body: bytes)
    }
  }

  @Test func aFlippedBitIsNoNews() async throws {
    for document in [image.index, image.manifest("linux/amd64")] {
      let harness = try harness()
      replace(harness, document, by: Self.flipped(document.bytes))
      #expect(await harness.failure()?.code == .digestMismatch)
    }
  }

  @Test func aFlippedBitInAConfigLeavesDetailsUnknown() async throws {
    let harness = try harness()
    let config = image.config("linux/amd64")
    replace(harness, config, by: Self.flipped(config.bytes))
    let snapshot = try await harness.snapshot()
    #expect(snapshot.images.first?.config == nil)
    #expect(snapshot.images.first?.imageID == config.digest)
    #expect(!snapshot.documents.contains { $0.digest == config.digest })
  }

  @Test func aWrongSizeIsAnError() async throws {
    let manifest = image.manifest("linux/amd64")
    let entry = JSONOutput.members([
      "mediaType": .text(manifest.mediaType), "digest": .text(manifest.digest),
      "size": .number(manifest.bytes.count + 1),
      "platform": .members(["os": "linux", "architecture": "amd64"]),
    ])
    let harness = try harness()
    harness.registry.put(manifest: Fake.index([entry]), in: "app", tag: "latest")
    #expect(await harness.failure()?.code == .badDocument)
  }

  @Test func oversizeIsStoppedBeforeOrWhileItComes() async throws {
    let promised = try harness()
    let entry = JSONOutput.members([
      "mediaType": .text(MediaType.ociManifest), "digest": .text(image.index.digest),
      "size": .number(Limits.manifestBytes + 1), "platform": .members(["os": "linux", "architecture": "amd64"]),
    ])
    promised.registry.put(manifest: Fake.index([entry]), in: "app", tag: "latest")
    #expect(await promised.failure()?.code == .tooLarge)

    let sent = try harness()
    replace(sent, image.index, by: [UInt8](repeating: 0x20, count: Limits.manifestBytes + 1))
    #expect(await sent.failure()?.code == .tooLarge)

    let endless = try harness()
    endless.registry.setFault { $0.method == "GET" ? ScriptedResponse(200, behaviour: .endlessChunked) : nil }
    #expect(await endless.failure()?.code == .tooLarge)
  }

  @Test func brokenTransfersAreNoNews() async throws {
    for behaviour in [ScriptedResponse.Behaviour.drop, .dropMidBody(after: 10), .rawBytes(Array("junk\r\n\r\n".utf8))] {
      let harness = try harness()
      harness.registry.setFault { request in
        request.method == "GET"
          ? ScriptedResponse(200, body: [UInt8](repeating: 1, count: 100), behaviour: behaviour) : nil
      }
      let code = await harness.failure()?.code
      #expect(code == .network || code == .badResponse)
    }
  }

  @Test func aMissingChildIsNoMissingTag() async throws {
    let harness = try harness()
    harness.registry.delete(manifest: image.manifest("linux/amd64").digest, of: "app")
    let failure = await harness.failure()
    #expect(failure?.code == .notFound)
    let name = "the manifest \(image.manifest("linux/amd64").digest.short)"
    #expect(
      failure?.what == "\(harness.registry.authority) answered 404 MANIFEST_UNKNOWN (manifest unknown) for \(name)")
  }

  /// The same bytes must not be an index to one reader and a manifest to another (CVE-2021-41190).
  @Test(
    arguments: [
      // (Content-Type, body, outcome)
      ("application/vnd.oci.image.index.v1+json", #"{"schemaVersion":2,"manifests":[],"layers":[]}"#, .badDocument),
      ("application/vnd.oci.image.index.v1+json", #"{"schemaVersion":2,"manifests":[],"config":{}}"#, .badDocument),
      ("application/vnd.oci.image.manifest.v1+json", #"{"schemaVersion":2,"manifests":[],"layers":[]}"#, .badDocument),
      ("application/vnd.oci.image.manifest.v1+json", #"{"schemaVersion":2,"manifests":[]}"#, .badDocument),
      ("application/vnd.oci.image.index.v1+json", #"{"schemaVersion":2,"layers":[]}"#, .badDocument),
      (
        "application/vnd.oci.image.manifest.v1+json",
        #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#, .badDocument
      ),
      (
        "application/vnd.oci.image.index.v1+json",
        #"{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.list.v2+json","manifests":[]}"#,
        .badDocument
      ),
      ("application/vnd.oci.image.index.v1+json", #"{"schemaVersion":2,"manifests":[],"manifests":[]}"#, .badDocument),
      ("application/vnd.oci.image.index.v1+json", #"{"schemaVersion":2,"manifests":{}}"#, .badDocument),
      ("application/vnd.oci.image.index.v1+json", #"{"schemaVersion":3,"manifests":[]}"#, .badDocument),
      ("application/vnd.oci.image.index.v1+json", #"{"manifests":[]}"#, .badDocument),
      ("application/vnd.oci.image.index.v1+json", #"[]"#, .badDocument),
      ("application/vnd.oci.image.index.v1+json", "\u{feff}{}", .badDocument),
      ("text/html", "<html>log in to the wireless network</html>", .badResponse),
      ("application/json", "{}", .badDocument),
      ("application/json", #"{"schemaVersion":2}"#, .badDocument),
      (
        "application/vnd.oci.image.index.v1+json",
        #"{"schemaVersion":2,"manifests":[{"mediaType":"\#(MediaType.ociManifest)","digest":"sha256:AB","size":1}]}"#,
        .badDocument
      ),
      // Said by one side only, or by neither.
      ("application/vnd.oci.image.index.v1+json; charset=utf-8", #"{"schemaVersion":2,"manifests":[]}"#, nil),
      ("APPLICATION/VND.OCI.IMAGE.INDEX.V1+JSON", #"{"schemaVersion":2,"manifests":[]}"#, nil),
      (
        "application/json",
        #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#, nil
      ),
      ("text/plain", #"{"schemaVersion":2,"manifests":[]}"#, nil),
      ("application/vnd.oci.image.index.v1+json", #"{"schemaVersion":2,"manifests":[],"config":null}"#, nil),
      // Kinds that are not known.
      ("application/vnd.oci.artifact.manifest.v1+json", #"{"blobs":[]}"#, .unsupportedDocument),
    ] as [(String, String, CheckFailure.Code?)])
  func ambiguousDocumentsAreRefused(_ type: String, _ text: String, _ code: CheckFailure.Code?) async throws {
    let harness = try harness()
    let body = Array(text.utf8)
    let digest = Hash.digest(.sha256, of: body)
    harness.registry.setFault { _ in
      ScriptedResponse(
        200, headers: [("Content-Type", type), ("Docker-Content-Digest", digest.description)], body: body)
    }
    #expect(await harness.failure()?.code == code)
  }

  @Test func aChildMustBeWhatTheIndexSays() async throws {
    let index = Fake.index([])
    let manifest = image.manifest("linux/amd64")
    for (document, type) in [(index, MediaType.ociManifest), (manifest, .ociIndex)] {
      let harness = try harness()
      let lie = Document(digest: document.digest, mediaType: type, bytes: document.bytes)
      harness.registry.put(manifest: lie, in: "app")
      harness.registry.put(manifest: Fake.index([Fake.entry(lie, platform: "linux/amd64")]), in: "app", tag: "latest")
      #expect(await harness.failure()?.code == .badDocument)
    }
  }

  @Test func deepAndLongDocumentsAreRefused() async throws {
    for body in [
      String(repeating: "[", count: 100_000),
      String(repeating: #"{"a":"#, count: 65) + "1" + String(repeating: "}", count: 65),
      "[" + String(repeating: "0,", count: 200_000) + "0]",
    ] {
      let harness = try harness()
      let bytes = Array(body.utf8)
      harness.registry.put(manifest: Fake.document(.ociIndex, bytes: bytes), in: "app", tag: "latest")
      #expect(await harness.failure()?.code == .tooLarge)
    }
  }
}
