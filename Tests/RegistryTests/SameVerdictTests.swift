import Documents
import Hashing
import ImageModel
import TestSupport
import Testing

@testable import Registry

/// What is thought of a tag does not depend on what is in the database, nor on by which name its document can be had.
@Suite struct SameVerdictTests {
  private let image = FakeRegistryImage("one")

  /// A registry that calls the index something in its answers to HEAD and something in those to GET.
  private func harness(head: String?, get: String?) throws -> Harness {
    let harness = try Harness()
    harness.registry.put(image, in: "app", tag: "latest")
    let index = image.index
    harness.registry.setFault { request in
      guard request.path.hasSuffix("/latest") || request.path.hasSuffix(index.digest.description) else { return nil }
      let type = request.method == "HEAD" ? head : get
      let headers = [("Docker-Content-Digest", index.digest.description)] + (type.map { [("Content-Type", $0)] } ?? [])
      return ScriptedResponse(200, headers: headers, body: index.bytes)
    }
    return harness
  }

  private static let types: [String?] = [
    nil, "text/plain", MediaType.ociIndex.description, MediaType.ociManifest.description,
    MediaType.dockerList.description, MediaType.schema1Signed.description, "application/vnd.example.thing",
  ]

  @Test(arguments: types, types)
  func aContentTypeIsJudgedTheSameForNewAndForStoredDocuments(_ head: String?, _ get: String?) async throws {
    let new = try harness(head: head, get: get)
    let verdict = await new.failure()
    let stored = try harness(head: head, get: get)
    stored.store.add([image.index] + image.manifests + image.configs)
    let again = await stored.failure()
    #expect(again == verdict.map { $0.moved(from: new, to: stored) })
    // HEAD's word counts where it says something, else that of GET.
    let saying = [head, get].compactMap(\.self).first { MediaType($0).isSpecific }
    #expect((verdict == nil) == (saying == nil || saying == MediaType.ociIndex.description))
  }

  @Test func aTagThatComesBackIsJudgedAnew() async throws {
    let harness = try harness(head: MediaType.ociIndex.description, get: MediaType.ociIndex.description)
    _ = try await harness.snapshot()
    let (manifest, index) = (MediaType.ociManifest.description, image.index)
    harness.registry.setFault { request in
      guard request.path.hasSuffix("/latest") || request.path.hasSuffix(index.digest.description) else { return nil }
      return ScriptedResponse(
        200, headers: [("Docker-Content-Digest", index.digest.description), ("Content-Type", manifest)],
        body: index.bytes)
    }
    let failure = await harness.failure(known: Hash.digest(.sha256, of: [1]))
    #expect(failure?.code == .badDocument)
    #expect(failure?.what == "the document is sent as \(manifest) and calls itself \(MediaType.ociIndex)")
  }

  // MARK: By digest and by tag

  private func harness(byDigest: Int, byTag: Int?) throws -> Harness {
    let harness = try Harness()
    harness.registry.put(image, in: "app", tag: "latest")
    let index = image.index.digest.description
    harness.registry.setFault { request in
      guard request.method == "GET" else { return nil }
      if request.path.hasSuffix(index) { return ScriptedResponse(byDigest) }
      return request.path.hasSuffix("/latest") ? byTag.map { ScriptedResponse($0) } : nil
    }
    return harness
  }

  @Test(arguments: [400, 403, 404, 405, 410, 500])
  func whatIsRefusedByDigestIsAskedForByTag(_ status: Int) async throws {
    let harness = try harness(byDigest: status, byTag: nil)
    let snapshot = try await harness.snapshot()
    #expect(snapshot.digest == image.index.digest)
    #expect(
      harness.registry.log.prefix(3) == [
        "HEAD /v2/app/manifests/latest", "GET /v2/app/manifests/\(image.index.digest)", "GET /v2/app/manifests/latest",
      ])
  }

  /// HEAD names what is not there, for good or because the tag has moved since. What is thought of the next document is
  /// the same as if nothing had been.
  @Test(arguments: [true, false])
  func whatHeadNamedOnceIsNotHeldAgainstTheRegistry(_ hasMoved: Bool) async throws {
    let harness = try Harness()
    let (gone, next, count) = (FakeRegistryImage("gone").index, FakeRegistryImage("next"), LineBox())
    harness.registry.put(image, in: "app", tag: "latest")
    harness.registry.setFault { request in
      guard request.method == "HEAD" else { return nil }
      count.add("")
      guard !hasMoved || count.all.count == 1 else { return nil }
      return ScriptedResponse(
        200,
        headers: [
          ("Docker-Content-Digest", gone.digest.description), ("Content-Type", gone.mediaType.description),
        ])
    }
    #expect(try await harness.snapshot().digest == image.index.digest)
    harness.registry.setFault { request in
      guard request.method == "GET", request.path.contains("sha256:") else { return nil }
      return ScriptedResponse(200, headers: [("Content-Encoding", "x-secret")], body: next.index.bytes)
    }
    harness.registry.put(next, in: "app", tag: "latest")
    #expect(await harness.failure()?.code == .badResponse)
  }

  @Test(
    arguments: [
      // by digest, by tag, outcome: what is said of the tag
      (400, 400, .badRequest), (403, 403, .denied), (404, 404, .notFound), (405, 405, .badResponse),
      (500, 500, .server), (403, 429, .rateLimited), (500, 403, .denied), (404, 500, .server),
    ] as [(Int, Int, CheckFailure.Code)])
  func whereBothAreRefusedTheTagsAnswerIsTold(
    _ byDigest: Int, _ byTag: Int, _ code: CheckFailure.Code
  ) async throws {
    let harness = try harness(byDigest: byDigest, byTag: byTag)
    let failure = await harness.failure()
    #expect(failure?.code == code)
    #expect(failure?.what.hasPrefix("\(harness.registry.authority) answered \(byTag)") == true)
  }

  @Test(arguments: [(429, CheckFailure.Code.rateLimited), (503, .server), (401, .unauthorizedOrMissing)])
  func otherRefusalsAreNotAskedAgainByTag(_ status: Int, _ code: CheckFailure.Code) async throws {
    let harness = try harness(byDigest: status, byTag: nil)
    #expect(await harness.failure()?.code == code)
    #expect(harness.count("GET /v2/app/manifests/latest") == 0)
  }
}

extension CheckFailure {
  /// The same of another registry.
  fileprivate func moved(from one: Harness, to other: Harness) -> CheckFailure {
    CheckFailure(
      code, what.replacing(one.registry.authority, with: other.registry.authority), remedy: remedy,
      retryAfterSeconds: retryAfterSeconds)
  }
}
