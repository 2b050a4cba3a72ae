import Comparison
import Endpoint
import History
import Host
import ImageModel
import Pages
import Questions

/// The pages for people. What they say is looked up by `ReaderPool`, and put into words by `Pages`.
struct PageRoutes: Sendable {
  private static let nearShown = 10
  /// Further pages have nothing that anybody would look for there.
  private static let mostPages = 100_000
  /// Fewer digits may be part of a name.
  private static let shortestDigest = 8
  /// Events that one page looks at.
  private static let mostLooked: Int64 = 20_000

  let readers: ReaderPool
  /// For what needs much memory.
  let differences: ReaderPool
  let problem: DaemonProblem
  private let looks = SharedLooks()
  private let now: @Sendable () -> Timestamp

  init(
    readers: ReaderPool, differences: ReaderPool, problem: DaemonProblem,
    now: @escaping @Sendable () -> Timestamp = { .now() }
  ) {
    (self.readers, self.differences, self.problem, self.now) = (readers, differences, problem, now)
  }

  /// Whoever looks for a page that there is not is told which there are.
  ///
  /// - Returns: `nil` for what asks for none.
  func answer(_ request: EndpointRequest) async -> EndpointReply? {
    if let asset = Asset.all.first(where: { $0.path == request.path }) {
      return EndpointReply(asset, isNamed: request.query == asset.version)
    }
    guard request.method == .get else { return nil }
    guard let place = Place(request.path) else {
      return EndpointReply(404, .missing("There is no such page: \(request.path.safe(limit: 100))"))
    }
    return await looks.answer("\(request.path)?\(request.query)") { await look(place, request.query) }
  }

  private func look(_ place: Place, _ query: String) async -> EndpointReply {
    do {
      return try await answer(place, FormQuery(query))
    } catch let error as StoreError where error.isTransient {
      return EndpointReply(503, .failure(error.message))
    } catch let error as StoreError {
      return EndpointReply(500, .failure(error.message))
    } catch {
      return EndpointReply(500, .failure("something unexpected happened: \("\(error)".safe())"))
    }
  }

  /// What stands at a path.
  private enum Place {
    case watchlist
    case events
    /// `nil` for what is no tag's name.
    case tag(TagReference?)

    init?(_ path: String) {
      switch path {
      case "/": self = .watchlist
      case PageLink.events: self = .events
      case _ where path.hasPrefix(PageLink.tags):
        self = .tag(try? ReferenceArgument.tag(path.dropFirst(PageLink.tags.count).percentDecoded))
      default: return nil
      }
    }
  }

  private func answer(_ place: Place, _ query: FormQuery) async throws -> EndpointReply {
    let now = now()
    switch place {
    case .watchlist: return EndpointReply(200, try await watchlist(query, now))
    case .tag(nil):
      return EndpointReply(404, .missing("That is no tag's name: it is written as in docker.io/library/debian:12."))
    case .tag(let tag?): return try await self.tag(tag, query, now)
    case .events:
      let tag = query["tag"]
      let reference = tag.flatMap { try? ReferenceArgument.tag($0) }
      guard tag == nil || reference != nil else { return EndpointReply(404, .missing("That is no tag's name.")) }
      return EndpointReply(
        200,
        try await events(of: reference, query["show"].flatMap(EventSelection.init), before: query.number("before"), now)
      )
    }
  }

  private func watchlist(_ form: FormQuery, _ now: Timestamp) async throws -> Page {
    var query = WatchlistQuery(pageSize: WatchlistView.pageSize)
    query.text = form["q"] ?? ""
    query.word = form["state"].flatMap { TagStatus.words.contains($0) ? $0 : nil }
    query.page = min(max(1, form.number("page") ?? 1), Self.mostPages)
    query.since = now.advanced(bySeconds: -86_400 * WatchlistView.recentDays)
    let problem = await problem()
    let prefix = try? DigestPrefix(query.text, shortest: Self.shortestDigest)
    return try await readers.read { [query] reader in
      let part = try reader.watchlist(query)
      var report = try reader.status(part.tags, now: now)
      report.problem = problem
      let uses = try prefix.map { try reader.uses(ofAny: $0) } ?? []
      return WatchlistView(query, part, report, uses: uses, now: now).page
    }
  }

  private func tag(_ tag: TagReference, _ form: FormQuery, _ now: Timestamp) async throws -> EndpointReply {
    var query = HistoryQuery(now: now)
    (query.limit, query.detailed) = (TagView.statesWanted, TagView.statesShown)
    query.before = form.number("before").map { SnapshotID(rawValue: Int64($0)) }
    let isCompared = form["from"] != nil || form["to"] != nil
    return try await (isCompared ? differences : readers).read { [query] reader in
      guard let entries = try reader.history(tag, query) else {
        let near = try reader.near(tag, limit: Self.nearShown)
        return EndpointReply(404, .missing("Nothing is known of \(tag).", near: near.first))
      }
      let difference = isCompared ? try Self.difference(of: tag, from: form["from"], to: form["to"], now, reader) : nil
      let view = TagView(
        tag, try reader.status([tag], now: now), entries, before: query.before, difference: difference, now: now)
      return EndpointReply(200, view.page)
    }
  }

  /// Of two states as `watcher diff` names them.
  private static func difference(
    of tag: TagReference, from: String?, to: String?, _ now: Timestamp, _ reader: HistoryReader
  ) throws -> DifferencePart {
    let zone = TimeText(isLocal: false)
    var notes: [String] = []
    do {
      let choice = StateChoice(
        tag: tag, from: try from.map { try StateArgument($0, of: tag, now: now, zone: zone) },
        to: try to.map { try StateArgument($0, of: tag, now: now, zone: zone) }, now: now, zone: zone, in: reader,
        documentBytes: Limits.comparedBytes, warn: { notes.append($0) })
      return DifferencePart(try choice.answer(), of: tag, notes: notes)
    } catch let error as QuestionError {
      return DifferencePart(of: tag, refused: error.message)
    }
  }

  private func events(
    of tag: TagReference?, _ selection: EventSelection?, before: Int?, _ now: Timestamp
  ) async throws -> Page {
    var query = EventQuery()
    query.tags = [tag].compactMap(\.self)
    query.types = selection?.types
    query.before = before.map { EventSequence(rawValue: Int64($0)) }
    return try await readers.read { [query] reader in
      var query = query
      let end = try query.before?.rawValue ?? reader.newestSequence().rawValue
      // Types have no index: who looks for few among many goes on from page to page.
      let looked = selection == nil || tag != nil ? 0 : max(0, end - Self.mostLooked)
      query.after = EventSequence(rawValue: looked)
      query.after = try reader.beginning(ofLast: EventsView.wanted, query)
      let events = try reader.events(query, limit: EventsView.wanted).events
      return EventsView(
        of: tag, selection, events.reversed(), before: query.before, looked: EventSequence(rawValue: looked), now: now
      ).page
    }
  }
}

extension EndpointReply {
  fileprivate init(_ status: Int, _ page: Page) {
    self.init(status, contentType: Page.contentType, body: page.bytes)
  }

  /// - Parameter isNamed: whether it was asked for by the address that no other version of it has.
  fileprivate init(_ asset: Asset, isNamed: Bool) {
    self.init(200, contentType: asset.contentType, body: asset.bytes)
    if isNamed { headers = [("Cache-Control", "private, max-age=31536000, immutable")] }
  }
}

extension HistoryReader {
  /// Nothing where no digest begins so, or several do.
  fileprivate func uses(ofAny prefix: DigestPrefix) throws -> [DigestUse] {
    do {
      return try uses(of: DigestArgument.digest(prefix, in: self))
    } catch is QuestionError {
      return []
    }
  }
}
