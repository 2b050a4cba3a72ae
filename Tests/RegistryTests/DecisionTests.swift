import ImageModel
import TestSupport
import Testing

@testable import Registry

/// The decision table once more, over the wire: HEAD without a body first, then what GET adds.
@Suite struct DecisionTests {
  private let image = FakeRegistryImage("one", platforms: ["linux/amd64"])

  private func harness(_ rate: Double? = nil) throws -> Harness {
    let harness = try Harness { _ in RegistryAccess(usesPlainHTTP: true, requestsPerSecond: rate) }
    harness.registry.put(image, in: "app", tag: "latest")
    return harness
  }

  @Test(
    arguments: [
      // status, code in the body, outcome, requests: where it may be there as a legacy kind, that is asked by HEAD
      (400, "NAME_INVALID", .badRequest, 2), (403, "DENIED", .denied, 2), (404, "MANIFEST_UNKNOWN", .tagMissing, 3),
      (404, "NAME_UNKNOWN", .repositoryMissing, 2), (404, "", .notFound, 2), (405, "UNSUPPORTED", .badResponse, 2),
      (410, "MANIFEST_UNKNOWN", .tagMissing, 3), (500, "UNKNOWN", .server, 2), (501, "", .server, 2),
      (401, "UNAUTHORIZED", .unauthorizedOrMissing, 1), (406, "", .unsupportedDocument, 3),
      (407, "", .authUnsupported, 1),
      (408, "", .server, 1), (425, "", .server, 1), (429, "TOOMANYREQUESTS", .rateLimited, 1),
      (431, "", .badRequest, 1),
      (451, "", .denied, 1), (502, "", .server, 1), (503, "UNAVAILABLE", .server, 1), (504, "", .server, 1),
      (304, "", .badResponse, 1), (302, "", .redirectRefused, 1),
    ] as [(Int, String, CheckFailure.Code, Int)])
  func decides(_ status: Int, _ code: String, _ expected: CheckFailure.Code, _ requests: Int) async throws {
    let harness = try harness()
    let body = code.isEmpty ? "" : #"{"errors":[{"code":"\#(code)","message":"no"}]}"#
    harness.registry.setFault { _ in
      ScriptedResponse(status, headers: [("Retry-After", "1700000090")], body: Array(body.utf8))
    }
    let failure = await harness.failure()
    #expect(failure?.code == expected)
    #expect(harness.registry.requests.count == requests)
    #expect(failure?.what.hasPrefix("\(harness.registry.authority) answered \(status)") == true)
    #expect(failure?.remedy?.isEmpty == false)
    let waits = expected == .rateLimited || expected == .server && status != 501 || expected == .notFound
    #expect(failure?.retryAfterSeconds == (waits || status == 501 ? 90 : nil))
  }

  @Test func tellsAGoneTagFromAGoneRepository() async throws {
    let harness = try harness()
    harness.registry.delete(tag: "latest", of: "app")
    #expect(await harness.failure()?.code == .tagMissing)
    harness.registry.delete(repository: "app")
    #expect(await harness.failure()?.code == .repositoryMissing)
  }

  @Test func redirectsToNowhereEnd() async throws {
    let harness = try harness()
    harness.registry.setFault { ScriptedResponse(307, headers: [("Location", $0.path)]) }
    #expect(await harness.failure()?.code == .redirectRefused)
    #expect(harness.registry.requests.count == Limits.redirects + 1)
  }

  @Test func retryAfterIsMeasuredByTheRegistrysClock() async throws {
    let harness = try harness()
    harness.registry.setFault { _ in
      ScriptedResponse(
        503,
        headers: [("Retry-After", "Tue, 14 Nov 2028 22:14:20 GMT"), ("Date", "Tue, 14 Nov 2028 22:13:20 GMT")])
    }
    #expect(await harness.failure()?.retryAfterSeconds == 60)
  }

  @Test func requestsKeepTheirRate() async throws {
    let harness = try harness(2)
    _ = try await harness.snapshot()
    // HEAD, index, manifest, config: two at once, then one every half second.
    #expect(harness.registry.requests.count == 4)
    #expect(harness.clock.sleeps == [500, 500])
  }

  @Test func aDomainThatIsNoHostIsSaidSo() async throws {
    let harness = try harness()
    let tag = TagReference(domain: "example.com:99999", path: "x", tag: "y")
    await #expect(throws: CheckFailure.self) { try await harness.observe(tag) }
  }

  @Test func theTraceTellsEachRequestAndDecision() async throws {
    let harness = try harness()
    harness.registry.put(image.attested("a"), in: "app", tag: "latest")
    let resolution = try await harness.client.resolve(
      ImageReference("\(harness.registry.authority)/app:latest"), selection: .only([try platform("linux/s390x")]))
    #expect(resolution.snapshot.otherPlatforms == [try platform("linux/amd64")])
    let index = image.attested("a").index
    let top = index.digest
    let manifests = "\(harness.registry.origin)/v2/app/manifests"
    #expect(
      harness.trace == [
        "HEAD \(manifests)/latest -> 200 \(top), 0 bytes",
        "GET \(manifests)/\(top) -> 200 \(top), \(index.bytes.count) bytes",
        "\(image.manifest("linux/amd64").digest) is for linux/amd64: not asked for",
        "\(image.attested("a").manifests[1].digest) is an attestation, not an image",
      ])
    #expect(harness.registry.requests.allSatisfy { $0.header("User-Agent") == "watcher-test/1" })
  }

  @Test func theSecondImageOfAPlatformIsPassedOver() async throws {
    let harness = try harness()
    let other = FakeRegistryImage("two", platforms: ["linux/amd64"])
    harness.registry.put(image, in: "app")
    harness.registry.put(other, in: "app")
    let entries = [image, other].map {
      FakeRegistryImage.entry($0.manifest("linux/amd64"), platform: "linux/amd64")
    }
    harness.registry.put(manifest: FakeRegistryImage.index(entries), in: "app", tag: "latest")
    let resolution = try await harness.client.resolve(
      ImageReference("\(harness.registry.authority)/app:latest"), selection: .all)
    #expect(resolution.snapshot.images.map(\.manifest) == [image.manifest("linux/amd64").digest])
    #expect(resolution.snapshot.otherPlatforms.isEmpty)
    #expect(
      harness.trace.last == "\(other.manifest("linux/amd64").digest) is for linux/amd64: not the first one for it")
  }

  /// What other tests build on.
  @Test func fakeImagesDifferWhereTheyShould() {
    let platform = "linux/amd64"
    let (packed, rebuilt, attested) = (image.repacked(), image.rebuilt(), image.attested("a"))
    #expect(FakeRegistryImage("one", platforms: [platform]).index == image.index)
    #expect(packed.imageID(platform) == image.imageID(platform))
    #expect(packed.manifest(platform) != image.manifest(platform) && packed.layer(platform) != image.layer(platform))
    #expect(rebuilt.imageID(platform) != image.imageID(platform) && rebuilt.layer(platform) == image.layer(platform))
    #expect(attested.index != image.index && attested.manifest(platform) == image.manifest(platform))
    #expect(FakeRegistryImage("two").imageID(platform) != image.imageID(platform))
  }
}
