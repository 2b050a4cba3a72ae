import API
import Answers
import Comparison
import History
import Host
import ImageModel
import Questions

/// A page of an answer.
struct APIPage: Sendable {
  var body: [UInt8]
  /// Where it ends, if another one follows.
  var end: String?
}

/// What the commands of these names print with `--json`, page by page. Each looks for one more than a page may have, to
/// know whether there is one.
extension HistoryReader {
  /// Of a page of events, beyond which it ends.
  private static let pageBytes = 4 << 20
  /// One may have a quarter of a megabyte.
  private static let eventsAtOnce = 32

  /// - Parameter problem: what the daemon says is wrong with itself.
  func statusPage(
    _ tags: [TagReference]?, _ part: WatchlistPart, _ limit: Int, _ problem: String?
  ) throws -> APIPage {
    var part = part
    part.limit = limit + 1
    var report = try status(tags, part: part)
    guard report.unknown.isEmpty else { throw try KnownTags.unknown(report.unknown, in: self) }
    if report.daemon != .absent { report.problem = problem }
    var end: String?
    if tags == nil, report.tags.count > limit {
      report.tags.removeLast()
      end = report.tags.last?.record.tag.description
    }
    return APIPage(body: (part.isFailingOnly ? report.failing : report).json.line, end: end)
  }

  func historyPage(_ tag: TagReference, _ query: HistoryQuery, _ limit: Int) throws -> APIPage {
    var query = query
    query.limit = limit + 1
    guard var entries = try history(tag, query) else { throw try KnownTags.unknown([tag], in: self) }
    var end: String?
    if entries.count > limit {
      entries.removeLast()
      end = entries.last?.first.description
    }
    return APIPage(body: HistoryAnswer(tag: tag, entries: entries).json.line, end: end)
  }

  func eventPage(_ query: EventQuery, _ limit: Int) throws -> APIPage {
    var query = query
    var page = APIPage(body: [])
    var (count, last) = (0, query.after)
    var isFull = true
    while isFull {
      let found = try events(query, limit: min(Self.eventsAtOnce, limit + 1 - count))
      for event in found.events {
        guard count < limit, page.body.count < Self.pageBytes else {
          page.end = last.description
          return page
        }
        page.body += event.body + [UInt8(ascii: "\n")]
        (count, last) = (count + 1, event.sequence)
      }
      (query.after, isFull) = (found.last, found.isFull)
    }
    if count == 0 { try KnownTags.check(query.tags, in: self) }
    return page
  }

  func whichPage(_ prefix: DigestPrefix, _ after: Int, _ limit: Int) throws -> APIPage {
    let uses = try uses(of: DigestArgument.digest(prefix, in: self)).dropFirst(after)
    let end = uses.count > limit ? (after + limit).description : nil
    return APIPage(body: WhichAnswer(uses: Array(uses.prefix(limit))).json.line, end: end)
  }

  func diffPage(_ tag: TagReference, _ from: StateArgument?, _ to: StateArgument?) throws -> APIPage {
    // What a command warns of on standard error has no place in a document.
    let choice = StateChoice(
      tag: tag, from: from, to: to, now: .now(), zone: TimeText(isLocal: false), in: self,
      documentBytes: Limits.comparedBytes, warn: { _ in })
    return APIPage(body: try choice.answer().json.line)
  }
}

extension JSONOutput {
  /// As commands print it.
  var line: [UInt8] { bytes + [UInt8(ascii: "\n")] }
}
