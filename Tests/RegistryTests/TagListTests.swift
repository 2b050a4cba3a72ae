import ImageModel
import Synchronization
import TestSupport
import Testing

@testable import Registry

/// Lists of tags, page by page.
@Suite struct TagListTests {
  private let harness: Harness

  init() throws { harness = try Harness() }

  private func list(
    _ path: String = "app", max: Int = 50, given: [String] = []
  ) async throws(CheckFailure) -> TagListing {
    try await harness.client.list(
      WantedTags(
        repository: RepositoryReference(domain: harness.registry.authority, path: path),
        selection: TagSelection(maxTags: max), given: given))
  }

  private func failure() async -> CheckFailure? {
    do {
      _ = try await list()
      return nil
    } catch {
      return error
    }
  }

  /// Answers pages by their number, from 0.
  private func answer(_ page: @escaping @Sendable (Int, ReceivedRequest) -> ScriptedResponse?) {
    let counter = Counter()
    harness.registry.setFault { request in
      request.path.hasSuffix("/tags/list") ? page(counter.next(), request) : nil
    }
  }

  private static func page(_ tags: String, link: String? = nil) -> ScriptedResponse {
    ScriptedResponse(
      200, headers: [("Content-Type", "application/json")] + (link.map { [("Link", $0)] } ?? []),
      body: Array("{\"name\":\"app\",\"tags\":\(tags)}".utf8))
  }

  @Test func walksAllPages() async throws {
    let image = FakeRegistryImage("one")
    for number in 0..<2_500 { harness.registry.put(manifest: image.index, in: "app", tag: "1.\(number)") }
    let listing = try await list(max: 3, given: ["1.7", "gone"])
    #expect(listing.picked == ["1.2499", "1.2498", "1.2497"] && listing.absent == ["gone"])
    #expect(listing.listed == 2_500 && listing.fitting == 2_500)
    #expect(harness.registry.log == Array(repeating: "GET /v2/app/tags/list", count: 3))
    #expect(harness.registry.requests.map { $0.query("n") } == ["1000", "1000", "1000"])
    #expect(harness.registry.requests.first?.header("Accept") == "application/json")
  }

  @Test(arguments: [#"{"name":"app","tags":null}"#, #"{"name":"app","tags":[]}"#, #"{"name":"app"}"#])
  func anEmptyListIsOne(body: String) async throws {
    answer { _, _ in ScriptedResponse(200, body: Array(body.utf8)) }
    #expect(try await list(given: ["a"]) == TagListing(picked: [], absent: ["a"], listed: 0, fitting: 0))
  }

  @Test func whatIsNoTagIsPassedBy() async throws {
    let long = String(repeating: "a", count: 128)
    answer { _, _ in Self.page("[\"ok\",\"\",\"a b\",\"-x\",\"ä\",\"\(long)\",\"\(long)a\",\"a:b\"]") }
    #expect(try await list().picked == ["ok", long])
  }

  @Test(
    arguments: [
      (nil, nil), ("</v2/app/tags/list?last=x>; rel=\"next\"", "/v2/app/tags/list?last=x"),
      ("</v2/a?x=1,2;3>; title=\"a, b; c\"; rel=next", "/v2/a?x=1,2;3"),
      ("</first>; rel=\"first\", </second>; REL=\"prev next\"", "/second"),
      ("</v2/x>; rel=\"prev\"", nil), ("</v2/x>", nil), ("no link", nil), ("<unclosed; rel=\"next\"", nil),
    ] as [(String?, String?)])
  func understandsLinks(_ header: String?, _ target: String?) {
    #expect(LinkHeader.next(header.map { [$0] } ?? []) == target)
  }

  /// By path, by query alone, and with a host that is the registry's own.
  @Test(arguments: [
    "/v2/app/tags/list?last=1", "?last=1", "http://AUTHORITY/v2/app/tags/list?last=1",
    "//AUTHORITY/v2/app/tags/list?last=1",
  ])
  func goesOnWhereTheLinkLeads(link: String) async throws {
    let link = link.replacing("AUTHORITY", with: harness.registry.authority)
    answer { number, _ in
      number == 0 ? Self.page("[\"1\"]", link: "<\(link)>; rel=\"next\"") : Self.page("[\"2\"]")
    }
    #expect(try await list().picked == ["2", "1"])
    #expect(harness.registry.requests.last?.query("last") == "1")
  }

  @Test(arguments: [
    ("http://other.example/v2/app/tags/list", CheckFailure.Code.redirectRefused),
    ("https://127.0.0.1:1/v2/app/tags/list", .redirectRefused), ("//other.example/x", .redirectRefused),
    ("ftp://127.0.0.1/", .badResponse), ("http://user@127.0.0.1/", .badResponse), ("v2/app", .badResponse),
  ])
  func goesNowhereElse(link: String, code: CheckFailure.Code) async throws {
    answer { _, _ in Self.page("[\"1\"]", link: "<\(link)>; rel=\"next\"") }
    #expect(await failure()?.code == code)
    #expect(harness.registry.requests.count == 1)
  }

  @Test func pagesThatGoInACircleEnd() async throws {
    answer { number, _ in
      Self.page("[\"1\"]", link: "</v2/app/tags/list?last=\(number % 3)>; rel=\"next\"")
    }
    #expect(await failure()?.code == .badResponse)
    #expect(harness.registry.requests.count == 4)
  }

  @Test func pagesWithoutEndEnd() async throws {
    answer { number, _ in Self.page("[]", link: "</v2/app/tags/list?last=\(number)>; rel=\"next\"") }
    #expect(await failure()?.code == .badResponse)
    #expect(harness.registry.requests.count == Limits.tagPages)
  }

  @Test func moreTagsThanALimitAreAFailure() async throws {
    let tags = "[" + (0..<40_000).map { "\"t\($0)\"" }.joined(separator: ",") + "]"
    answer { number, _ in Self.page(tags, link: "</v2/app/tags/list?last=\(number)>; rel=\"next\"") }
    let failure = await failure()
    #expect(failure?.code == .tooLarge)
    #expect(failure?.what == "127.0.0.1:\(harness.registry.port) lists more than 100000 tags")
    #expect(harness.registry.requests.count == 3)
  }

  @Test func aPageWithMoreThanThatIsOneAsWell() async throws {
    let tags = "[" + Array(repeating: "\"t\"", count: 110_000).joined(separator: ",") + "]"
    answer { _, _ in Self.page(tags) }
    #expect(await failure()?.code == .tooLarge)
  }

  @Test func aPageThatIsTooLongIsAFailure() async throws {
    answer { _, _ in Self.page("[\"" + String(repeating: "a", count: Limits.tagPageBytes) + "\"]") }
    let failure = await failure()
    #expect(failure?.code == .tooLarge)
    #expect(
      failure?.what == "127.0.0.1:\(harness.registry.port) sends more than 4194304 bytes of tags in one page")
    #expect(failure?.remedy == "list fewer tags: name those that matter with \"image\"")
  }

  @Test(arguments: [#"{"tags":7}"#, #"{"tags":[7]}"#, "[]", "{}", "<html>", #"{"name":"app","tags":["a""#])
  func whatIsNoListIsAFailure(body: String) async throws {
    answer { _, _ in ScriptedResponse(200, body: Array(body.utf8)) }
    #expect(await failure()?.code == .badResponse)
  }

  /// Some take no number.
  @Test func asksWithoutANumberWhereThatIsRefused() async throws {
    answer { _, request in
      request.query("n") == nil ? Self.page("[\"1\"]") : ScriptedResponse(400, body: [])
    }
    #expect(try await list().picked == ["1"])
  }

  @Test(arguments: [
    (404, "NAME_UNKNOWN", CheckFailure.Code.repositoryMissing), (401, "UNAUTHORIZED", .unauthorizedOrMissing),
    (403, "DENIED", .denied), (429, "TOOMANYREQUESTS", .rateLimited), (500, "UNKNOWN", .server),
    (405, "UNSUPPORTED", .badResponse), (404, "MANIFEST_UNKNOWN", .repositoryMissing),
    (400, "NAME_INVALID", .badRequest),
  ])
  func saysWhyThereIsNoList(status: Int, code: String, expected: CheckFailure.Code) async throws {
    answer { _, _ in
      ScriptedResponse(status, body: Array("{\"errors\":[{\"code\":\"\(code)\",\"message\":\"m\"}]}".utf8))
    }
    #expect(await failure()?.code == expected)
  }

  @Test func usesTheTokenOfTheRepository() async throws {
    let harness = try Harness(door: .anonymousToken)
    harness.registry.put(FakeRegistryImage("one"), in: "app", tag: "1.0")
    let listing = try await harness.client.list(
      WantedTags(
        repository: RepositoryReference(domain: harness.registry.authority, path: "app"),
        selection: TagSelection(maxTags: 1)))
    #expect(listing.picked == ["1.0"])
  }
}

private final class Counter: Sendable {
  private let count = Atomic(-1)
  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
