import Credentials
import ImageModel
import TestSupport
import Testing
import Transport

@testable import Registry

/// A limit on pulls: what is fetched, what waits, and what is told meanwhile.
@Suite struct BudgetTests {
  private let first = FakeRegistryImage("one", platforms: ["linux/amd64", "linux/arm64"])
  private let second = FakeRegistryImage("two", platforms: ["linux/amd64", "linux/arm64"])

  private func harness(limit: Int) throws -> (harness: Harness, limit: PullLimit) {
    let harness = try Harness(door: .anonymousToken)
    harness.registry.put(first, in: "app", tag: "latest")
    let clock = harness.clock.clock
    let limit = PullLimit(limit, now: clock.now)
    limit.guards(harness.registry)
    return (harness, limit)
  }

  private func observe(_ harness: Harness, known: Digest?, mustWalk: Bool = false) async throws -> Observation {
    try await harness.observe(harness.registry.tag("app"), known: known, mustWalk: mustWalk)
  }

  private func moved(_ observation: Observation) -> Digest? {
    if case .moved(let moved, _) = observation { moved.digest } else { nil }
  }

  @Test(
    arguments: [
      ("100;w=21600", "76;w=21600", 100, 76, 21_600), (";w=21600", "20", nil, 20, 21_600), ("x", "", nil, nil, nil),
      (" 100 ; W = 60", "-3", 100, nil, 60), ("100;w=0", "5;x=1", 100, 5, nil),
      ("9223372036854775807", "99999999999999999999;w=9223372036854775807", 1 << 32, nil, 2_678_400),
    ] as [(String, String, Int?, Int?, Int?)])
  func headersAreRead(_ limit: String, _ remaining: String, _ l: Int?, _ r: Int?, _ window: Int?) {
    let budget = PullBudget(HTTPHeaders([("ratelimit-limit", limit), ("RateLimit-Remaining", remaining)]))
    #expect(budget.isLimited)
    #expect(budget.limit == l && budget.remaining == r && budget.windowSeconds == window)
  }

  @Test func whereNothingIsSaidThereIsNoLimit() {
    let budget = PullBudget(HTTPHeaders([]))
    #expect(!budget.isLimited && !budget.isSpent && !budget.isLow(reserve: 100) && budget.hasRoom)
  }

  @Test func aChangeIsToldAndCompletedLater() async throws {
    let (harness, limit) = try harness(limit: 100)
    guard case .found = try await observe(harness, known: nil) else { throw CheckFailure(.badResponse, "not found") }
    #expect(limit.used == 3)
    harness.registry.put(second, in: "app", tag: "latest")
    limit.set(3)
    #expect(moved(try await observe(harness, known: first.index.digest)) == second.index.digest)
    #expect(limit.used == 3 && limit.refused == 0, "nothing was tried that could not be had")
    limit.set(100)
    guard case .found(let snapshot, let head, _) = try await observe(harness, known: first.index.digest) else {
      throw CheckFailure(.badResponse, "not found")
    }
    #expect(snapshot.digest == second.index.digest && head == second.index.digest)
  }

  /// What was had before the limit was met is not fetched again.
  @Test(arguments: [4, 5]) func aWalkThatMeetsTheLimitIsAMoveAsWell(_ pulls: Int) async throws {
    let (harness, limit) = try harness(limit: 100)
    _ = try await observe(harness, known: nil)
    harness.registry.put(second, in: "app", tag: "latest")
    limit.set(pulls)
    let observation = try await observe(harness, known: first.index.digest)
    #expect(moved(observation) == second.index.digest)
    #expect(limit.used == pulls && limit.refused == 0)
    if case .moved(_, let documents) = observation { harness.store.add(documents) }
    limit.set(100)
    guard case .found = try await observe(harness, known: first.index.digest) else {
      throw CheckFailure(.badResponse, "not found")
    }
    #expect(limit.used == 6)
  }

  /// Others pull from the same address meanwhile.
  @Test func aRefusalInTheMiddleIsOneAsWell() async throws {
    let harness = try Harness(door: .open)
    harness.registry.put(first, in: "app", tag: "latest")
    _ = try await observe(harness, known: nil)
    harness.registry.put(second, in: "app", tag: "latest")
    let child = second.manifests[0].digest.description
    harness.registry.setFault { request in
      request.path.hasSuffix(child)
        ? ScriptedResponse(429, body: Array(#"{"message": "You have reached your pull rate limit."}"#.utf8)) : nil
    }
    #expect(moved(try await observe(harness, known: first.index.digest)) == second.index.digest)
  }

  /// A registry that says nothing of its limit before it is met.
  @Test func noPullIsAskedForBeforeTheTimeThatARefusalNames() async throws {
    let harness = try Harness(door: .open)
    harness.registry.put(first, in: "app", tag: "latest")
    _ = try await observe(harness, known: nil)
    harness.registry.put(second, in: "app", tag: "latest")
    harness.registry.setFault { request in
      guard request.method == "GET", request.path.contains("/manifests/") else { return nil }
      return ScriptedResponse(
        429, headers: [("Retry-After", "3600")],
        body: Array(#"{"message": "You have reached your pull rate limit."}"#.utf8))
    }
    func pulls() -> Int { harness.count("GET /v2/app/manifests/\(second.index.digest)") }
    for _ in 1...2 { #expect(moved(try await observe(harness, known: first.index.digest)) == second.index.digest) }
    #expect(pulls() == 1)
    func report() -> RegistryReport? { harness.client.reports { Timestamp(milliseconds: $0.milliseconds) }.first }
    let refused = try #require(report())
    #expect(refused.remaining == 0 && refused.limit == nil)
    #expect(refused.resets?.milliseconds == harness.clock.clock.now().milliseconds + 3_600_000)
    harness.clock.advance(seconds: 3_600)
    harness.registry.setFault(nil)
    guard case .found = try await observe(harness, known: first.index.digest) else {
      throw CheckFailure(.badResponse, "not found")
    }
    #expect(pulls() == 2 && report()?.remaining == nil)
  }

  @Test func whatIsKeptForChangesIsSpentOnNothingElse() async throws {
    let (harness, limit) = try harness(limit: 10)
    _ = try await observe(harness, known: nil)
    limit.set(3)
    let other = FakeRegistryImage("three", platforms: ["linux/amd64"])
    harness.registry.put(other, in: "new", tag: "latest")
    let seen = try await harness.observe(harness.registry.tag("new"))
    #expect(moved(seen) == other.index.digest)
    guard case .unchanged = try await observe(harness, known: first.index.digest, mustWalk: true) else {
      throw CheckFailure(.badResponse, "walked")
    }
    #expect(limit.used == 3 && limit.refused == 0)
    #expect(harness.trace.contains { $0.hasSuffix("has few pulls left (0): they are kept for changes") })
  }

  @Test(arguments: [(20, true), (19, false), (0, false), (100, true)]) func theReserveIsAsConfigured(
    _ reserve: Int, _ isKept: Bool
  ) async throws {
    let harness = try Harness(door: .open) { _ in RegistryAccess(usesPlainHTTP: true, pullReserve: reserve) }
    harness.registry.put(first, in: "app", tag: "latest")
    harness.registry.setHeaders { _ in [("RateLimit-Limit", "100;w=21600"), ("RateLimit-Remaining", "20;w=21600")] }
    #expect((moved(try await observe(harness, known: nil)) != nil) == isKept)
  }

  @Test func whatHEADDoesNotSayFailsWithItsOwnCode() async throws {
    let (harness, limit) = try harness(limit: 0)
    harness.registry.setDigestHeader(false)
    let failure = await harness.failure()
    #expect(failure?.code == .pullLimited)
    #expect(limit.refused == 1)
  }

  @Test func requestsAreCountedAndForWhom() async throws {
    let (harness, _) = try harness(limit: 100)
    let meter = RequestMeter()
    _ = try await harness.client.observe(
      harness.registry.tag("app"), known: KnownTag(), selection: .all, stored: { _ in nil }, meter: meter)
    #expect(meter.requests == harness.registry.requests.count)
    #expect(meter.account == "anonymous")
  }

  @Test func theAccountIsThatOfTheTokenAsWell() async throws {
    let file = SecretFile("pw")
    let harness = try Harness(door: .token(username: "ann", password: "pw")) { _ in
      RegistryAccess(usesPlainHTTP: true, credentials: .basic(username: "ann", passwordFile: file.path))
    }
    harness.registry.put(first, in: "app", tag: "latest")
    for _ in 0..<2 {
      let meter = RequestMeter()
      _ = try await harness.client.observe(
        harness.registry.tag("app"), known: KnownTag(headDigest: first.index.digest), selection: .all,
        stored: { _ in nil }, meter: meter)
      #expect(meter.account == "ann")
    }
  }

  // MARK: HEAD

  /// By repository, and only where it says so twice.
  @Test func oneTagThatHasNoHEADTakesItFromNoOther() async throws {
    let harness = try Harness(door: .open)
    for path in ["app", "other"] { harness.registry.put(first, in: path, tag: "latest") }
    harness.registry.setFault { request in
      request.method == "HEAD" && request.path.hasPrefix("/v2/app/") ? ScriptedResponse(500) : nil
    }
    func heads(_ path: String) -> Int { harness.count("HEAD /v2/\(path)/manifests/latest") }
    for round in 1...3 {
      for path in ["app", "other"] { _ = try await harness.observe(harness.registry.tag(path)) }
      #expect(heads("app") == min(round, 2))
      #expect(heads("other") == round)
    }
    harness.registry.setFault(nil)
    harness.clock.advance(seconds: 86_401)
    _ = try await harness.observe(harness.registry.tag("app"))
    #expect(heads("app") == 3)
  }
}
