import Hashing
import ImageModel
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Registry

/// HEAD says that nothing moved, and now and then that is not taken for granted.
@Suite struct VerifyTests {
  private let old = FakeRegistryImage("old")
  private let new = FakeRegistryImage("new")
  private var oldHead: Digest { old.index.digest }

  private func harness() throws -> Harness {
    let harness = try Harness()
    for image in [old, new] { harness.registry.put(image, in: "app") }
    harness.registry.move(tag: "latest", of: "app", to: oldHead)
    harness.store.add([old.index] + old.manifests + old.configs)
    return harness
  }

  /// - Parameter states: what is recorded, the newest first; `old` where it is `nil`.
  private func verify(
    _ harness: Harness, mustWalk: Bool = false, mustVerify: Bool = true, states: [Digest]? = nil
  ) async throws(CheckFailure) -> Observation {
    let store = harness.store
    return try await harness.client.observe(
      harness.registry.tag("app"),
      known: KnownTag(
        headDigest: oldHead, mustWalk: mustWalk, mustVerify: mustVerify, states: states ?? [oldHead]),
      selection: .all, stored: { store[$0] })
  }

  /// The state of the tag, what HEAD named, and what was odd; `nil` for unchanged.
  private func found(_ observation: Observation) -> (digest: Digest, head: Digest?, remarks: [String])? {
    guard case .found(let snapshot, let head, _) = observation else { return nil }
    return (snapshot.digest, head, snapshot.remarks)
  }

  /// Answers HEAD by tag with a digest; `nil` leaves it to the registry.
  private func answerHead(_ harness: Harness, _ digest: @escaping @Sendable (ReceivedRequest) -> Digest?) {
    let type = MediaType.ociIndex.description
    harness.registry.setFault { request in
      guard request.method == "HEAD", let digest = digest(request) else { return nil }
      return ScriptedResponse(
        200, headers: [("Docker-Content-Digest", digest.description), ("Content-Type", type)])
    }
  }

  @Test func aTagThatStandsStillIsVerifiedWithOneGet() async throws {
    let harness = try harness()
    let result = try #require(found(try await verify(harness)))
    #expect(result.digest == oldHead && result.head == oldHead && result.remarks.isEmpty)
    #expect(harness.registry.log == ["HEAD /v2/app/manifests/latest", "GET /v2/app/manifests/latest"])
  }

  @Test(arguments: [true, false])
  func aHeadThatSticksIsFoundOut(_ mustWalk: Bool) async throws {
    let harness = try harness()
    let oldHead = oldHead
    harness.registry.move(tag: "latest", of: "app", to: new.index.digest)
    answerHead(harness) { _ in oldHead }
    let result = try #require(found(try await verify(harness, mustWalk: mustWalk)))
    #expect(result.digest == new.index.digest)
    #expect(result.head == oldHead, "HEAD is compared with itself")
    #expect(result.remarks.count == 1)
    #expect(result.remarks[0].hasPrefix("HEAD names \(oldHead.short) and GET by tag sends \(new.index.digest.short): "))
    // Without the wish to verify, nothing is seen of it.
    guard case .unchanged = try await harness.observe(harness.registry.tag("app"), known: oldHead) else {
      Issue.record("seen without a look")
      return
    }
  }

  /// Also a header that both HEAD and GET have wrong.
  @Test func aHeaderThatSticksIsFoundOut() async throws {
    let harness = try harness()
    let (oldHead, index) = (oldHead, new.index)
    harness.registry.setFault { request in
      guard request.path.hasSuffix("/latest") else { return nil }
      return ScriptedResponse(
        200, headers: [("Docker-Content-Digest", oldHead.description), ("Content-Type", index.mediaType.description)],
        body: index.bytes)
    }
    let result = try #require(found(try await verify(harness)))
    #expect(result.digest == index.digest && result.head == oldHead && result.remarks.count == 1)
  }

  @Test func aTagThatMovesInBetweenIsNoLie() async throws {
    let harness = try harness()
    let (oldHead, count) = (oldHead, LineBox())
    harness.registry.move(tag: "latest", of: "app", to: new.index.digest)
    answerHead(harness) { _ in
      count.add("")
      return count.all.count == 1 ? oldHead : nil
    }
    let result = try #require(found(try await verify(harness)))
    #expect(result.digest == new.index.digest && result.head == new.index.digest && result.remarks.isEmpty)
  }

  /// The tag has moved from `new` to `old`, and what is cached of GET is not so far.
  @Test func aGetThatIsBehindIsNoNews() async throws {
    let harness = try harness()
    let index = new.index
    harness.registry.setFault { request in
      guard request.method == "GET", request.path.hasSuffix("/latest"), request.header("Cache-Control") == nil
      else { return nil }
      return ScriptedResponse(200, headers: [("Content-Type", index.mediaType.description)], body: index.bytes)
    }
    let result = try #require(found(try await verify(harness)))
    #expect(result.digest == oldHead && result.head == oldHead)
    #expect(result.remarks.map { $0.hasPrefix("GET by tag sent \(index.digest.short) out of a cache") } == [true])
  }

  @Test(
    arguments: [
      // limit, remaining, whether there is room
      (nil, nil, true), ("100;w=21600", "51;w=21600", true), ("100;w=21600", "50;w=21600", false),
      ("100;w=21600", "0;w=21600", false), (";w=21600", ";w=21600", false), ("100", nil, false), (nil, "100", false),
      (" 200 ; w=21600", "200", true), ("-1", "5", false), ("99999999999999999999", "5", false), ("0", "0", false),
    ] as [(String?, String?, Bool)])
  func onlyWhereTheLimitLeavesRoom(_ limit: String?, _ remaining: String?, _ hasRoom: Bool) async throws {
    let harness = try harness()
    let headers =
      (limit.map { [("ratelimit-limit", $0)] } ?? []) + (remaining.map { [("RateLimit-Remaining", $0)] } ?? [])
    #expect(PullBudget(HTTPHeaders(headers.map { (name: $0.0, value: $0.1) })).hasRoom == hasRoom)
    let oldHead = oldHead
    harness.registry.setFault { request in
      guard request.method == "HEAD" else { return nil }
      let named = [
        ("Docker-Content-Digest", oldHead.description), ("Content-Type", MediaType.ociIndex.description),
      ]
      return ScriptedResponse(200, headers: named + headers)
    }
    let observation = try await verify(harness)
    #expect((found(observation) != nil) == hasRoom)
    #expect(harness.registry.requests.count == (hasRoom ? 2 : 1))
  }

  @Test(arguments: [401, 403, 404, 429, 500, 503])
  func aGetThatIsRefusedIsNoFailure(_ status: Int) async throws {
    let harness = try harness()
    harness.registry.setFault { $0.method == "GET" ? ScriptedResponse(status) : nil }
    #expect(found(try await verify(harness)) == nil, "HEAD has answered: unchanged")
    harness.registry.setFault { $0.method == "GET" ? ScriptedResponse(200, behaviour: .drop) : nil }
    #expect(found(try await verify(harness)) == nil)
  }

  /// As for a tag that is new: HEAD's type counts, and one that contradicts the document refuses it.
  @Test(
    arguments: [
      (MediaType.ociIndex.description, "text/html", true), (MediaType.ociManifest.description, nil, false),
      ("application/vnd.example.thing", MediaType.ociIndex.description, false),
      (nil, MediaType.ociManifest.description, false), (nil, MediaType.ociIndex.description, true),
    ] as [(String?, String?, Bool)])
  func theTypeIsJudgedAsEver(_ head: String?, _ get: String?, _ isTaken: Bool) async throws {
    let harness = try harness()
    let index = old.index
    harness.registry.setFault { request in
      guard request.path.hasSuffix("/latest") else { return nil }
      let type = request.method == "HEAD" ? head : get
      let headers = [("Docker-Content-Digest", index.digest.description)] + (type.map { [("Content-Type", $0)] } ?? [])
      return ScriptedResponse(200, headers: headers, body: index.bytes)
    }
    if isTaken {
      #expect(found(try await verify(harness))?.remarks == [])
    } else {
      await #expect(throws: CheckFailure.self) { try await verify(harness) }
    }
  }

  @Test(
    arguments: [
      ("text/html", "<html>log in</html>"), ("application/json", #"{"errors":[{"code":"UNAVAILABLE"}]}"#),
      ("application/json", "{"), ("application/vnd.example.thing", "{}"),
      (MediaType.ociIndex.description, #"{"schemaVersion":2,"manifests":[],"config":{}}"#),
    ])
  func aGetThatBringsRubbishIsNoFailure(_ type: String, _ body: String) async throws {
    let harness = try harness()
    harness.registry.setFault { request in
      request.method == "GET"
        ? ScriptedResponse(200, headers: [("Content-Type", type)], body: Array(body.utf8)) : nil
    }
    #expect(found(try await verify(harness)) == nil, "HEAD has answered: unchanged")
  }

  // MARK: What is recorded and what HEAD names are not the same

  /// HEAD sticks at `old`, `new` is recorded, and the next poll has to walk, or to verify.
  @Test(arguments: [(true, false), (true, true), (false, true)])
  func aHeadThatSticksIsNotBelievedLater(_ mustWalk: Bool, _ mustVerify: Bool) async throws {
    let harness = try harness()
    let oldHead = oldHead
    harness.registry.move(tag: "latest", of: "app", to: new.index.digest)
    harness.store.add([new.index] + new.manifests)
    answerHead(harness) { _ in oldHead }
    let observation = try await verify(
      harness, mustWalk: mustWalk, mustVerify: mustVerify, states: [new.index.digest, oldHead])
    let result = try #require(found(observation))
    #expect(result.digest == new.index.digest && result.head == oldHead)
  }

  /// It can be had by the digest that is recorded, and by the one that HEAD names perhaps not.
  @Test func theSameDocumentKeepsItsRecordedName() async throws {
    let harness = try harness()
    let named = Hash.digest(.sha512, of: old.index.bytes)
    answerHead(harness) { _ in named }
    let observation = try await harness.client.observe(
      harness.registry.tag("app"), known: KnownTag(headDigest: named, mustVerify: true, states: [oldHead]),
      selection: .all, stored: { _ in nil })
    let result = try #require(found(observation))
    #expect(result.digest == oldHead && result.head == named && result.remarks.isEmpty)
  }

  /// The tag has moved from `new` to `old`, and what is before the registry sends `new` for GET, asked however.
  @Test func aGetThatSendsAnEarlierStateConvictsNobody() async throws {
    let harness = try harness()
    let index = new.index
    harness.registry.setFault { request in
      guard request.method == "GET", request.path.hasSuffix("/latest") else { return nil }
      return ScriptedResponse(200, headers: [("Content-Type", index.mediaType.description)], body: index.bytes)
    }
    let result = try #require(found(try await verify(harness, states: [oldHead, index.digest])))
    #expect(result.digest == oldHead && result.head == oldHead)
    #expect(result.remarks.map { $0.hasPrefix("HEAD names \(oldHead.short) and GET by tag sends ") } == [true])
    // Recorded by its name of another algorithm.
    let other = Hash.digest(.sha512, of: index.bytes)
    #expect(found(try await verify(harness, states: [oldHead, other]))?.digest == oldHead)
  }
}
