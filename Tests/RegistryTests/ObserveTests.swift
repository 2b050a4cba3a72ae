import Hashing
import ImageModel
import TestSupport
import Testing

@testable import Registry

/// HEAD, GET by digest, and what replaces them.
@Suite struct ObserveTests {
  private let image = FakeRegistryImage("one")

  private func harness() throws -> Harness {
    let harness = try Harness()
    harness.registry.put(image, in: "app", tag: "latest")
    return harness
  }

  private func head(_ observation: Observation) -> Digest? {
    if case .found(_, let head, _) = observation { head } else { nil }
  }

  /// One request a second, the index and two images with their configs: the answer to HEAD is older than the walk.
  @Test func aSlowWalkSaysHowOldItsAnswerIs() async throws {
    let harness = try Harness { _ in RegistryAccess(usesPlainHTTP: true, requestsPerSecond: 1) }
    let image = FakeRegistryImage("one", platforms: ["linux/amd64", "linux/arm64"])
    harness.registry.put(image, in: "app", tag: "latest")
    guard case .found(_, _, let age) = try await harness.observe(harness.registry.tag("app")) else {
      Issue.record("unchanged")
      return
    }
    #expect(age > .zero && age == .milliseconds(harness.clock.sleeps.reduce(0, +)))
  }

  @Test func aTagThatStandsStillCostsOneHead() async throws {
    let harness = try harness()
    let known = head(try await harness.observe(harness.registry.tag("app")))
    #expect(known == image.index.digest)
    let before = harness.registry.requests.count
    guard case .unchanged = try await harness.observe(harness.registry.tag("app"), known: known) else {
      Issue.record("moved without a push")
      return
    }
    #expect(harness.registry.log.dropFirst(before) == ["HEAD /v2/app/manifests/latest"])
  }

  @Test func aMovedTagCostsWhatIsNew() async throws {
    let harness = try harness()
    let known = head(try await harness.observe(harness.registry.tag("app")))
    let next = image.rebuilt()
    harness.registry.put(next, in: "app", tag: "latest")
    let before = harness.registry.requests.count
    let snapshot = try await harness.snapshot(known: known)
    let expected =
      ["HEAD /v2/app/manifests/latest", "GET /v2/app/manifests/\(next.index.digest)"]
      + next.platforms.flatMap { platform in
        ["GET /v2/app/manifests/\(next.manifest(platform).digest)", "GET /v2/app/blobs/\(next.imageID(platform))"]
      }
    #expect(harness.registry.log.dropFirst(before) == expected[...])
    #expect(snapshot.documents.count == 5)
    #expect(snapshot.images.map(\.imageID) == next.platforms.map { next.imageID($0) })
    #expect(snapshot.images.map(\.layers) == image.platforms.map { [image.layer($0)] })
  }

  @Test func aTagThatMovesBackCostsOneHead() async throws {
    let harness = try harness()
    _ = try await harness.snapshot()
    harness.registry.put(image.rebuilt(), in: "app", tag: "latest")
    _ = try await harness.snapshot()
    harness.registry.move(tag: "latest", of: "app", to: image.index.digest)
    let before = harness.registry.requests.count
    let snapshot = try await harness.snapshot(known: image.rebuilt().index.digest)
    #expect(harness.registry.log.dropFirst(before) == ["HEAD /v2/app/manifests/latest"])
    #expect(snapshot.digest == image.index.digest)
    #expect(snapshot.documents.isEmpty)
    #expect(snapshot.images.map(\.imageID) == image.platforms.map { image.imageID($0) })
    #expect(snapshot.images.allSatisfy { $0.config?.created == "2024-01-01T00:00:00Z" })
  }

  @Test func walksAgainOnRequestThoughHeadIsEqual() async throws {
    let harness = try harness()
    let amd64 = PlatformSelection.only([try platform("linux/amd64")])
    let first = try await harness.snapshot(amd64)
    #expect(first.images.map { $0.platform?.description } == ["linux/amd64"])
    let second = try await harness.snapshot(.all, known: image.index.digest, mustWalk: true)
    #expect(second.images.count == 2)
    #expect(second.documents.map(\.digest) == [image.manifest("linux/arm64").digest, image.imageID("linux/arm64")])
  }

  @Test func missingDetailsAreTriedAgain() async throws {
    let harness = try harness()
    harness.registry.delete(blob: image.imageID("linux/arm64"), of: "app")
    let first = try await harness.snapshot()
    #expect(first.images.map { $0.config == nil } == [false, true])
    #expect(first.images.map(\.imageID) == image.platforms.map { image.imageID($0) })
    harness.registry.put(blob: image.config("linux/arm64"), in: "app")
    let second = try await harness.snapshot(known: image.index.digest, mustWalk: true)
    #expect(second.images.map { $0.config == nil } == [false, false])
    #expect(second.documents.map(\.digest) == [image.imageID("linux/arm64")])
  }

  @Test func aStoreThatFailsCostsRequestsOnly() async throws {
    let harness = try harness()
    let observation = try await harness.client.observe(
      harness.registry.tag("app"), known: KnownTag(), selection: .all,
      stored: { _ in throw CheckFailure(.server, "the store is broken") })
    guard case .found(let snapshot, _, _) = observation else {
      Issue.record("unchanged")
      return
    }
    #expect(snapshot.images.count == 2)
  }

  @Test(arguments: [400, 405, 500, 501])
  func withoutHeadGetIsUsedForADay(_ status: Int) async throws {
    let harness = try harness()
    harness.registry.setFault { $0.method == "HEAD" ? ScriptedResponse(status) : nil }
    let first = try await harness.observe(harness.registry.tag("app"))
    #expect(head(first) == nil)
    #expect(harness.registry.log.prefix(2) == ["HEAD /v2/app/manifests/latest", "GET /v2/app/manifests/latest"])
    // Once may be an accident.
    _ = try await harness.snapshot()
    harness.clock.advance(seconds: 23 * 3_600)
    _ = try await harness.snapshot()
    #expect(harness.count("HEAD /v2/app/manifests/latest") == 2)
    harness.clock.advance(seconds: 3_600)
    harness.registry.setFault(nil)
    let last = try await harness.observe(harness.registry.tag("app"))
    #expect(head(last) == image.index.digest)
  }

  @Test func anOutageIsNotTakenForALackOfHead() async throws {
    let harness = try harness()
    harness.registry.setOutage(500)
    #expect(await harness.failure()?.code == .server)
    harness.registry.setOutage(nil)
    #expect(head(try await harness.observe(harness.registry.tag("app"))) == image.index.digest)
  }

  @Test func withoutADigestHeaderTheTagIsFetched() async throws {
    let harness = try harness()
    harness.registry.setDigestHeader(false)
    let observation = try await harness.observe(harness.registry.tag("app"))
    #expect(head(observation) == nil)
    #expect(harness.registry.log.prefix(2) == ["HEAD /v2/app/manifests/latest", "GET /v2/app/manifests/latest"])
    #expect(try await harness.snapshot().digest == image.index.digest)
  }

  @Test(arguments: ["blake3:\(String(repeating: "a", count: 64))", String(repeating: "a", count: 64), "", "sha256:ABC"])
  func aDigestThatIsNoneCountsAsMissing(_ text: String) async throws {
    let harness = try harness()
    harness.registry.setFault {
      $0.method == "HEAD" ? ScriptedResponse(200, headers: [("Docker-Content-Digest", text)]) : nil
    }
    let observation = try await harness.observe(harness.registry.tag("app"))
    #expect(head(observation) == nil)
  }

  @Test func aRedirectedHeadThatIsForbiddenIsFollowedByGet() async throws {
    let harness = try harness()
    harness.registry.setFault { request in
      switch (request.method, request.path) {
      case ("HEAD", "/signed"): ScriptedResponse(403)
      case ("HEAD", _): ScriptedResponse(307, headers: [("Location", "/signed")])
      default: nil
      }
    }
    #expect(try await harness.snapshot().digest == image.index.digest)
  }

  @Test func headThatLiesIsComparedWithItselfOnly() async throws {
    let harness = try harness()
    let lie = Hash.digest(.sha256, of: [1])
    harness.registry.setFault { request in
      request.method == "HEAD"
        ? ScriptedResponse(200, headers: [("Docker-Content-Digest", lie.description)]) : nil
    }
    let observation = try await harness.observe(harness.registry.tag("app"))
    guard case .found(let snapshot, let head, _) = observation else {
      Issue.record("unchanged")
      return
    }
    #expect(snapshot.digest == image.index.digest)
    #expect(head == lie)
    guard case .unchanged = try await harness.observe(harness.registry.tag("app"), known: head) else {
      Issue.record("the same HEAD is no change")
      return
    }
    // What it names next is looked for under its digest again: another tag's lie would be held against this one.
    let other = Hash.digest(.sha256, of: [2])
    harness.registry.setFault { request in
      request.method == "HEAD"
        ? ScriptedResponse(200, headers: [("Docker-Content-Digest", other.description)]) : nil
    }
    let before = harness.registry.requests.count
    _ = try await harness.snapshot(known: head)
    #expect(
      harness.registry.log.dropFirst(before) == [
        "HEAD /v2/app/manifests/latest", "GET /v2/app/manifests/\(other)", "GET /v2/app/manifests/latest",
      ])
  }

  @Test func aLyingHeaderOnGetDoesNotCount() async throws {
    let harness = try harness()
    let index = image.index
    harness.registry.setFault { request in
      guard request.path.hasSuffix("/latest") else { return nil }
      let lie = request.method == "GET" ? [("Docker-Content-Digest", Hash.digest(.sha256, of: [1]).description)] : []
      return ScriptedResponse(200, headers: lie + [("Content-Type", index.mediaType.description)], body: index.bytes)
    }
    #expect(try await harness.snapshot().digest == index.digest)
  }

  @Test func resolvesDigestReferences() async throws {
    let harness = try harness()
    let manifest = image.manifest("linux/arm64")
    let reference = try ImageReference("\(harness.registry.authority)/app@\(manifest.digest)")
    let resolution = try await harness.client.resolve(reference, selection: .all)
    #expect(resolution.top == manifest)
    #expect(resolution.snapshot.isSingle)
    #expect(resolution.snapshot.images.map { $0.platform?.description } == ["linux/arm64"])
    let missing = try ImageReference("\(harness.registry.authority)/app@\(Hash.digest(.sha256, of: []))")
    await #expect(throws: CheckFailure.self) { try await harness.client.resolve(missing, selection: .all) }
  }

  @Test(arguments: [(200, true), (401, true), (404, false), (503, false)])
  func knowsWhetherARegistryAnswers(_ status: Int, _ expected: Bool) async throws {
    let harness = try harness()
    harness.registry.setFault { _ in ScriptedResponse(status) }
    #expect(await harness.client.isAnswering(harness.registry.authority) == expected)
    #expect(harness.registry.log == ["GET /v2/"])
  }

  @Test func aDeadRegistryDoesNotAnswer() async throws {
    let harness = try harness()
    harness.registry.stop()
    #expect(await harness.client.isAnswering(harness.registry.authority) == false)
    #expect(await harness.failure()?.code == .connect)
  }
}
