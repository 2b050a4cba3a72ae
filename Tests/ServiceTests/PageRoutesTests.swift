import FoundationEssentials
import History
import Host
import ImageModel
import TestSupport
import Testing

@testable import Endpoint
@testable import Service

/// The pages over a real database.
@Suite struct PageRoutesTests {
  private let directory: TemporaryDirectory
  private var database: String { directory.path + "/watcher.db" }
  private static let start = Timestamp(milliseconds: 1_700_000_000_000)

  init() throws { directory = try TemporaryDirectory() }

  private func time(_ hours: Int) -> Timestamp { Self.start.advanced(bySeconds: 3_600 * hours) }

  private func routes(_ prepare: (HistoryTransaction) throws -> Void = { _ in }) throws -> PageRoutes {
    let writer = try HistoryWriter.open(database)
    defer { writer.close() }
    try writer.transactionSync(prepare)
    let now = time(1_000)
    let pool = ReaderPool(database)
    return PageRoutes(readers: pool, differences: pool, problem: DaemonProblem { nil }, now: { now })
  }

  private func get(_ uri: String, _ routes: PageRoutes) async throws -> (status: Int, text: String) {
    let reply = try #require(await routes.answer(EndpointRequest(.get, uri, from: nil, body: [])))
    return (reply.status, String(decoding: reply.body, as: UTF8.self).replacing("<wbr>", with: ""))
  }

  /// A tag with so many states, each with an event.
  ///
  /// - Parameter hours: when each was seen; `nil` for an hour apart.
  private func fill(_ history: HistoryTransaction, states: Int, at hours: ((Int) -> Int)? = nil) throws {
    let tag = try history.registerTags([
      WatchedTag(tag: Samples.tag, selection: .only([Samples.amd64]), intervalSeconds: 900)
    ])[0]
    for number in 0..<states {
      let hex = String(String(1_000 + number).dropFirst())
      let seen = time(hours?(number) ?? number)
      let image = PlatformImage(
        platform: Samples.amd64, manifest: try Samples.digest("a\(hex)"), manifestSize: 1,
        imageID: try Samples.digest("b\(hex)"), configSize: 1, layers: [], config: nil)
      let snapshot = TagSnapshot(
        digest: try Samples.digest("c\(hex)"), mediaType: .ociIndex, size: 1, images: [image], documents: [])
      let id = try history.insertSnapshot(tag: tag.id, snapshot: snapshot, classes: [.content], at: seen)
      let event = ChangeEvent(
        id: "event-\(number)", type: .imageChanged, tag: Samples.tag, time: seen, notAfter: seen)
      _ = try history.appendEvent(event, tag: tag.id, snapshot: id, sinks: [])
    }
    var state = TagState()
    (state.lastSuccess, state.lastMove) = (time(states), time(states - 1))
    try history.updateState(tag.id, state)
  }

  private func links(_ text: String, _ pattern: some RegexComponent<(Substring, Substring)>) -> [String] {
    text.matches(of: pattern).map { String($0.output.1).replacing("&amp;", with: "&") }
  }

  @Test func theWatchlistIsSearched() async throws {
    let routes = try routes { try fill($0, states: 2) }
    let all = try await get("/", routes)
    #expect(all.status == 200)
    #expect(all.text.contains("href=\"/tags/docker.io/library/amazonlinux:latest\">amazonlinux:latest</a>"))
    #expect(try await get("/?q=AMAZON+latest&state=ok", routes).text.contains(">amazonlinux:latest</a>"))
    // What is no number asks for the first page.
    #expect(try await get("/?page=99999999999999999999", routes).text.contains(">amazonlinux:latest</a>"))
    for none in ["/?q=debian", "/?state=failing", "/?page=2", "/?page=999999999", "/?q=%3Cb%3E&page=-1"] {
      let page = try await get(none, routes)
      #expect(page.status == 200 && !page.text.contains(">amazonlinux:latest</a>"), "\(none)")
      #expect(!page.text.contains("<b>\""))
    }
  }

  /// Every state of a tag is shown once, whatever page it is on, and what is drawn leads to it; also where a clock was
  /// a year ahead for one of them, or stands still.
  @Test(arguments: [{ $0 }, { $0 == 65 ? 9_000 : $0 }, { _ in 7 }] as [@Sendable (Int) -> Int])
  func allStatesAreReached(hours: @escaping @Sendable (Int) -> Int) async throws {
    let routes = try routes { try fill($0, states: 120, at: hours) }
    var next: String? = "/tags/docker.io/library/amazonlinux:latest"
    var states: [String] = []
    var pages = 0
    while let path = next, pages < 9 {
      let page = try await get(path, routes)
      #expect(page.status == 200)
      let onPage = links(page.text, /<tbody id="([^"]*)"/)
      states += onPage
      let drawn = links(page.text, /<a href="([^"]*)" class="segment/)
      #expect(drawn.count == 120 - 50 * pages)
      for link in [drawn.first, drawn.last].compactMap(\.self) {
        let parts = link.split(separator: "#")
        #expect(try await get(String(parts[0]), routes).text.contains("<tbody id=\"\(parts[1])\""), "\(link)")
      }
      next = links(page.text, /rel="next" href="([^"]*)"/).first
      pages += 1
    }
    #expect(pages == 3)
    #expect(states == (1...120).reversed().map { "s\($0)" })
    #expect(
      try await get("/tags/amazonlinux?before=1", routes).text.contains("Nothing earlier is recorded of this tag."))
  }

  /// Many who fail bury what moved; and few among many are found from page to page.
  @Test func whatMovedIsShownAlone() async throws {
    let routes = try routes { history in
      try fill(history, states: 2)
      let tag = try #require(try history.tag(Samples.tag))
      for number in 0..<45_000 {
        let type: EventType = number % 2 == 0 ? .tagUnreachable : .tagRecovered
        let event = ChangeEvent(id: "trouble-\(number)", type: type, tag: Samples.tag, time: time(3), notAfter: time(3))
        _ = try history.appendEvent(event, tag: tag.id, snapshot: nil, sinks: [])
      }
    }
    #expect(try await get("/events", routes).text.contains("class=\"type good\""))
    #expect(try await get("/events?show=trouble", routes).text.contains("class=\"type good\""))
    let ofTag = try await get("/events?show=moves&tag=amazonlinux", routes)
    #expect(links(ofTag.text, /<li value="([0-9]*)"/) == ["2", "1"])
    var next: String? = "/events?show=moves"
    var pages: [[String]] = []
    while let uri = next, pages.count < 9 {
      let page = try await get(uri, routes)
      pages.append(links(page.text, /<li value="([0-9]*)"/))
      next = links(page.text, /rel="next" href="([^"]*)"/).first
      #expect(pages.last?.isEmpty == false || page.text.contains("of moves has happened here of late."))
    }
    #expect(pages == [[], [], ["2", "1"]])
    #expect(
      try await get("/events?show=moves&before=1", routes).text.contains("Nothing else of moves has happened yet."))
  }

  /// What somebody has is a digest, from `docker image ls`.
  @Test func anImageIsFoundByItsDigest() async throws {
    let routes = try routes { try fill($0, states: 3) }
    let digest = try Samples.digest("b001").description
    for text in [digest, String(digest.dropFirst(7).prefix(12)), String(digest.dropFirst(7).prefix(8))] {
      let page = try await get("/?q=\(text.percentEncoded())", routes).text
      #expect(page.contains("Where <code title=\"\(digest)\">") && page.contains("<td>image id</td>"), "\(text)")
      #expect(links(page, /<a class="row" href="([^"]*)"/) == ["/tags/docker.io/library/amazonlinux:latest"])
      #expect(!page.contains("No tag fits."))
    }
    for none in ["b001b0", "ffffffffff", "latest"] {
      #expect(try await !get("/?q=\(none)", routes).text.contains("id=\"uses\""), "\(none)")
    }
  }

  @Test func whatIsWrongBesideTagsIsSaid() async throws {
    let repository = RepositoryReference(domain: "r.example", path: "team/gone")
    _ = try routes { history in
      _ = try history.registerRepositories([(repository, selection: "")])
      var state = ListingState()
      (state.failure, state.failingSince) = (CheckFailure(.notFound, "r.example answered 404"), time(1))
      _ = try history.record(ListingChange(repository: repository, state: state, arriving: [], leaving: []))
    }
    let pool = ReaderPool(database)
    let routes = PageRoutes(
      readers: pool, differences: pool, problem: DaemonProblem { "the last reload failed, see the log" })
    let page = try await get("/", routes).text
    #expect(page.contains("<p class=\"note bad\">the last reload failed, see the log</p>"))
    #expect(page.contains("r.example/team/gone<p class=\"bad\">Since ") && page.contains("r.example answered 404"))
  }

  /// What leads to a difference names the very state that it stands at.
  @Test func statesAreNamedWhateverClocksSaid() async throws {
    let routes = try routes { try fill($0, states: 5, at: { [0, 9_000, 2, 2, 3][$0] }) }
    let page = try await get("/tags/docker.io/library/amazonlinux:latest", routes)
    func images(_ links: [String]) async throws -> [[String]] {
      var images: [[String]] = []
      for link in links {
        let page = try await get(String(link.prefix { $0 != "#" }), routes)
        let part = page.text.split(separator: "What changed</h2>").last?.split(separator: "</section>").first ?? ""
        images.append(part.matches(of: />([0-9a-f]{12})<\/code><\/span>/).map { String($0.output.1) })
      }
      return images
    }
    let names = try (0..<5).map { try Samples.digest("b00\($0)").short }
    #expect(
      try await images(links(page.text, /href="([^"]*)">what changed<\/a>/))
        == (1..<5).reversed().map { [names[$0 - 1], names[$0]] })
    #expect(
      try await images(links(page.text, /href="([^"]*)">what changed since<\/a>/))
        == (0..<4).reversed().map { [names[$0], names[4]] })
  }

  @Test func whatIsTooLargeIsNotCompared() async throws {
    let large = Document(
      digest: try Samples.digest("c000"), mediaType: .ociIndex,
      bytes: [UInt8](repeating: 0x20, count: Limits.comparedBytes + 1))
    let routes = try routes { history in
      try fill(history, states: 2)
      try history.insertDocuments([large])
    }
    let page = try await get("/tags/docker.io/library/amazonlinux:latest?to=2", routes)
    #expect(page.status == 200)
    #expect(page.text.contains("too large to be compared here") && page.text.contains("watcher diff amazonlinux"))
  }

  @Test func allEventsAreReached() async throws {
    let routes = try routes { try fill($0, states: 230) }
    for first in ["/events", "/events?tag=amazonlinux"] {
      var next: String? = first
      var sequences: [String] = []
      while let path = next {
        let page = try await get(path, routes)
        sequences += links(page.text, /<li value="([^"]*)"/)
        next = links(page.text, /rel="next" href="([^"]*)"/).first
      }
      #expect(sequences == (1...230).reversed().map { "\($0)" })
    }
    #expect(try await get("/events?tag=debian", routes).text.contains("Nothing has happened yet."))
    #expect(try await get("/events?tag=:", routes).status == 404)
    #expect(try await get("/events?before=nonsense", routes).status == 200)
  }

  @Test func statesAreComparedOnDemand() async throws {
    let routes = try routes { try fill($0, states: 3) }
    let tag = "/tags/docker.io/library/amazonlinux:latest"
    let (first, second) = (try Samples.digest("b000").short, try Samples.digest("b001").short)
    #expect(!(try await get(tag, routes)).text.contains("What changed</h2>"))
    let second_ = time(1).description.replacing(":", with: "%3A")
    for query in ["?to=2", "?to=\(second_)", "?from=1&to=2", "?to=^", "?from=2^&to=2", "?from=\(first)&to=\(second)"] {
      let page = try await get(tag + query, routes)
      #expect(page.text.contains("What changed</h2>"), "\(query)")
      let part = page.text.split(separator: "What changed</h2>").last ?? ""
      let images = part.prefix(while: { $0 != "§" }).matches(of: />([0-9a-f]{12})<\/code><\/span> →/).map {
        $0.output.1
      }
      #expect(images.first == first[...], "\(query)")
    }
    let wrong = [
      ("?to=99", "there is no such state (99 of amazonlinux:latest"), ("?from=&to=1", "there is no such state (^ of"),
      ("?to=a b", "not a state (a b): write a time"), ("?from=%00&to=2", "not a state ("),
    ]
    for (query, words) in wrong {
      #expect(try await get(tag + query, routes).text.contains(words), "\(query)")
    }
  }

  @Test func whatIsNotThereSaysWhereToLook() async throws {
    let routes = try routes { try fill($0, states: 1) }
    let other = try await get("/tags/amazonlinux:2", routes)
    #expect(other.status == 404 && other.text.contains("href=\"/tags/docker.io/library/amazonlinux:latest\""))
    for path in ["/tags/", "/tags/%00", "/tags/a@sha256:00", "/tags/..%2f..", "/tags/UPPER/x:1"] {
      #expect(try await get(path, routes).status == 404, "\(path)")
    }
    for path in ["/nothing", "/static/../etc/passwd", "/tags", "/events/1", "/%3Cb%3E<b>"] {
      let page = try await get(path, routes)
      #expect(page.status == 404 && page.text.contains("href=\"/events\"") && !page.text.contains("<b>"), "\(path)")
    }
    #expect(await routes.answer(EndpointRequest(.post, "/", from: nil, body: [])) == nil)
  }

  @Test func assetsAreServedAndKept() async throws {
    let routes = try routes()
    let page = try await get("/", routes)
    #expect(page.text.contains("No tags are watched."))
    for path in links(page.text, /(?:href|src)="(\/static\/[^"]*)"/) {
      let reply = try #require(await routes.answer(EndpointRequest(.get, path, from: nil, body: [])))
      #expect(reply.status == 200 && !reply.body.isEmpty)
      #expect(reply.headers.contains { $0.name == "Cache-Control" && $0.value.contains("immutable") })
    }
  }

  @Test func aDatabaseThatIsGoneIsAnError() async throws {
    let pool = ReaderPool("/nonexistent/watcher.db")
    let routes = PageRoutes(readers: pool, differences: pool, problem: DaemonProblem { nil })
    let page = try await get("/", routes)
    #expect(page.status == 500 && page.text.contains("there is no database"))
  }
}
