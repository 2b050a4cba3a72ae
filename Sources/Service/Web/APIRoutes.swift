import API
import Endpoint
import History
import Host
import ImageModel
import Questions

/// What `/api/` answers: the documents that the commands print with `--json`.
struct APIRoutes: Sendable {
  private static let retryAfterSeconds = 5

  let pool: ReaderPool
  /// For what needs much memory.
  let differences: ReaderPool
  let feed: EventFeed
  let problem: DaemonProblem

  /// - Parameter differences: where they are not read by `pool` as well.
  init(pool: ReaderPool, differences: ReaderPool? = nil, feed: EventFeed, problem: DaemonProblem) {
    (self.pool, self.differences, self.feed, self.problem) = (pool, differences ?? pool, feed, problem)
  }

  /// - Returns: `nil` for another path than the API's.
  func answer(_ request: EndpointRequest) async -> EndpointReply? {
    guard request.path.hasPrefix(APIOperation.prefix) else { return nil }
    guard let operation = APIOperation(path: request.path) else {
      let paths = APIOperation.allCases.map(\.path)
      return refuse(
        APIProblem(
          .notFound,
          "there is no such path (\(request.path.safe(limit: 100))): \(Words.thereAre(paths, limit: paths.count))"))
    }
    do {
      return try await answer(
        APIRequest(operation, query: request.query, lastEventID: request.header("Last-Event-ID"), now: .now()))
    } catch let error as QuestionError {
      return refuse(APIProblem(error))
    } catch let error as StoreError {
      return refuse(APIProblem(error))
    } catch {
      return refuse(
        APIProblem(.internalError, "something unforeseen happened (\("\(error)".safe())): please report it"))
    }
  }

  private func answer(_ asked: APIRequest) async throws -> EndpointReply {
    let limit = asked.limit
    switch asked.question {
    case .status(let tags, let part):
      let problem = await problem()
      return try await page(asked) { try $0.statusPage(tags, part, limit, problem) }
    case .history(let tag, let query): return try await page(asked) { try $0.historyPage(tag, query, limit) }
    case .events(let query): return try await page(asked) { try $0.eventPage(query, limit) }
    case .which(let prefix, let after): return try await page(asked) { try $0.whichPage(prefix, after, limit) }
    case .diff(let tag, let from, let to):
      return try await page(asked, by: differences) { try $0.diffPage(tag, from, to) }
    case .stream(let after): return try await stream(after)
    case .description:
      return reply(asked.operation, OpenAPI.document(version: ProductInfo.version).line)
    }
  }

  private func page(
    _ asked: APIRequest, by readers: ReaderPool? = nil,
    _ read: @escaping @Sendable (HistoryReader) throws -> APIPage
  ) async throws -> EndpointReply {
    let page = try await (readers ?? pool).read(read)
    var reply = reply(asked.operation, page.body)
    if let end = page.end { reply.headers = [("Link", asked.link(after: end))] }
    return reply
  }

  private func stream(_ after: EventSequence?) async throws -> EndpointReply {
    let newest = try await pool.read { try $0.newestSequence() }
    // Of a database that was put back to what it was, somebody may have seen more.
    let start = min(after ?? newest, newest)
    var reply = reply(.stream, EventFeed.opening(after: start))
    // Proxies would keep pieces until they are many. Source: nginx.org, proxy_buffering.
    reply.headers = [("X-Accel-Buffering", "no")]
    reply.stream = feed.events(after: start)
    return reply
  }

  private func reply(_ operation: APIOperation, _ body: [UInt8]) -> EndpointReply {
    EndpointReply(200, contentType: operation.mediaType, body: body)
  }

  private func refuse(_ problem: APIProblem) -> EndpointReply {
    var reply = EndpointReply(problem)
    if problem.kind == .unavailable { reply.headers = [("Retry-After", "\(Self.retryAfterSeconds)")] }
    return reply
  }
}

extension EndpointReply {
  init(_ problem: APIProblem) {
    self.init(problem.kind.rawValue, contentType: APIProblem.contentType, body: problem.json.line)
  }
}
