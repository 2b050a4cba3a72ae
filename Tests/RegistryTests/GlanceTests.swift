import Credentials
import ImageModel
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Registry

/// Looks at tags that are judged on the network's thread, and what they leave to the asynchronous way.
@Suite(.timeLimit(.minutes(1))) struct GlanceTests {
  private let image = FakeRegistryImage("one", platforms: ["linux/amd64", "linux/arm64"])
  private let other = FakeRegistryImage("two", platforms: ["linux/amd64", "linux/arm64"])

  private func harness(
    _ door: FakeRegistry.Door = .open, _ change: (inout RegistryAccess) -> Void = { _ in }
  ) throws -> Harness {
    var access = RegistryAccess(usesPlainHTTP: true)
    change(&access)
    let harness = try Harness(door: door, isTraced: false) { [access] _ in access }
    for path in ["app", "web"] { harness.registry.put(image, in: path, tag: "latest") }
    return harness
  }

  /// Glances at `app:latest` under the name 0, and at `web:latest` under 1.
  private func glance(_ harness: Harness) async -> (left: [Int], news: Glimpses) {
    let names = ["app", "web"]
    let heard = Heard()
    let left = harness.client.glance(
      names.enumerated().map { .init($0, harness.registry.tag($1), image.index.digest) }, for: heard.watch)
    await heard.wait(for: names.count - left.count)
    return (left, heard.news)
  }

  @Test func aTagThatStandsStillCostsOneHEAD() async throws {
    let harness = try harness()
    let (left, news) = await glance(harness)
    #expect(left.isEmpty)
    #expect(news.unchanged.sorted() == [0, 1])
    #expect(news.others.isEmpty)
    #expect(Set(harness.registry.log) == ["HEAD /v2/app/manifests/latest", "HEAD /v2/web/manifests/latest"])
    #expect(harness.registry.requests.allSatisfy { $0.header("Accept")?.contains("oci.image.index") == true })
  }

  @Test func whatHasMovedIsGoneOnFromWithoutBeingAskedTwice() async throws {
    let harness = try harness()
    harness.registry.put(other, in: "web", tag: "latest")
    let (left, news) = await glance(harness)
    #expect(left.isEmpty)
    #expect(news.unchanged == [0])
    #expect(news.others.map(\.name) == [1])
    let meter = RequestMeter()
    let observation = try await harness.client.observe(
      harness.registry.tag("web"), known: KnownTag(headDigest: image.index.digest), selection: .all,
      stored: { _ in nil }, meter: meter, first: news.others[0].first)
    guard case .found(let snapshot, let head, _) = observation else {
      Issue.record("\(observation)")
      return
    }
    #expect(snapshot.digest == other.index.digest && head == other.index.digest)
    #expect(harness.count("HEAD /v2/web/manifests/latest") == 1)
    #expect(meter.requests == harness.registry.log.count { $0.contains("/v2/web/") })
  }

  @Test(arguments: [401, 404, 429, 500, 503]) func aFailureIsWhatItIsWithoutAGlance(_ status: Int) async throws {
    let harness = try harness()
    harness.registry.setFault { request in
      request.path.hasPrefix("/v2/web/") ? ScriptedResponse(status, headers: [("Retry-After", "7")]) : nil
    }
    let (_, news) = await glance(harness)
    #expect(news.unchanged == [0])
    let known = KnownTag(headDigest: image.index.digest)
    func failure(_ first: FirstAnswer?) async -> CheckFailure? {
      do throws(CheckFailure) {
        _ = try await harness.client.observe(
          harness.registry.tag("web"), known: known, selection: .all, stored: { _ in nil }, first: first)
        return nil
      } catch {
        return error
      }
    }
    let (glanced, asked) = (await failure(try #require(news.others.first?.first)), await failure(nil))
    #expect(glanced != nil)
    #expect(glanced == asked)
  }

  /// Most of the verdicts of a HEAD, told with and without a glance.
  @Test(arguments: [
    [], [("Docker-Content-Digest", "sha256:none")],
    [("docker-content-digest", "same"), ("RateLimit-Remaining", "0;w=9")],
    [("RateLimit-Limit", "100;w=21600"), ("Docker-Content-Digest", "same")],
  ]) func anAnswerThatSaysMoreOrLessIsLookedAt(_ headers: [(String, String)]) async throws {
    let harness = try harness()
    let same = image.index.digest.description
    harness.registry.setFault { request in
      guard request.method == "HEAD", request.path.hasPrefix("/v2/web/") else { return nil }
      return ScriptedResponse(200, headers: headers.map { ($0, $1 == "same" ? same : $1) })
    }
    let (_, news) = await glance(harness)
    #expect(news.unchanged == [0])
    #expect(news.others.map(\.name) == [1])
  }

  @Test func aTokenAtHandIsSentAndOneThatIsNotIsNotAskedFor() async throws {
    let harness = try harness(.anonymousToken)
    // Nobody knows yet that one is wanted.
    let first = await glance(harness)
    #expect(first.left.isEmpty)
    #expect(first.news.others.map(\.name).sorted() == [0, 1])
    for (name, answer) in first.news.others {
      let observation = try await harness.client.observe(
        harness.registry.tag(["app", "web"][name]), known: KnownTag(headDigest: image.index.digest), selection: .all,
        stored: { _ in nil }, first: answer)
      guard case .unchanged = observation else {
        Issue.record("\(observation)")
        continue
      }
    }
    let tokens = harness.count("GET /token")
    #expect(tokens == 2)
    let second = await glance(harness)
    #expect(second.left.isEmpty)
    #expect(second.news.unchanged.sorted() == [0, 1])
    let sent = harness.registry.requests.suffix(2).compactMap { $0.header("Authorization") }
    #expect(sent.count == 2 && Set(sent).count == 2, "each with its own")
    harness.clock.advance(seconds: 3_600)
    #expect(await glance(harness).left == [0, 1], "they have run out")
    #expect(harness.count("GET /token") == tokens)
  }

  @Test func whatWaitsForItsTurnOrIsLoggedInIsLeft() async throws {
    #expect(try await glance(harness { $0.requestsPerSecond = 5 }).left == [0, 1])
    #expect(try await glance(harness { $0.credentials = .token(file: "/nowhere") }).left == [0, 1])
    let wanted = AgreedTime()
    wanted.countLoopback(true)
    #expect(try await glance(harness { $0.agreedTime = wanted }).left == [0, 1])
  }

  @Test func whereLinesAreTracedAllOfThemAre() async throws {
    let harness = try Harness()
    harness.registry.put(image, in: "app", tag: "latest")
    let heard = Heard()
    #expect(harness.client.glance([.init(3, harness.registry.tag("app"), image.index.digest)], for: heard.watch) == [3])
  }

  @Test func aRepositoryWithoutHEADIsLeft() async throws {
    let harness = try harness()
    harness.registry.setFault { $0.method == "HEAD" && $0.path.hasPrefix("/v2/web/") ? ScriptedResponse(405) : nil }
    for _ in 0..<2 {
      let (_, news) = await glance(harness)
      let first = try #require(news.others.first?.first)
      _ = try await harness.client.observe(
        harness.registry.tag("web"), known: KnownTag(headDigest: image.index.digest), selection: .all,
        stored: { _ in nil }, first: first)
    }
    let (left, news) = await glance(harness)
    #expect(left == [1])
    #expect(news.unchanged == [0])
  }
}

private struct Heard: Sendable {
  private final class State: Sendable {
    let news = Mutex(Glimpses())
  }

  private let state: State
  let watch: GlanceWatch

  init() {
    let state = State()
    self.state = state
    watch = GlanceWatch { more in
      state.news.withLock { news in
        news.unchanged += more.unchanged
        news.others += more.others
      }
    }
  }

  var news: Glimpses { state.news.withLock { $0 } }

  func wait(for count: Int) async {
    let deadline = ContinuousClock.now + .seconds(10)
    while news.unchanged.count + news.others.count < count {
      guard ContinuousClock.now < deadline else {
        Issue.record("\(news) of \(count) glances after 10 s")
        return
      }
      try? await Task.sleep(for: .milliseconds(2))
    }
  }
}
