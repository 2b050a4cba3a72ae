import History
import ImageModel
import Questions
import TestSupport
import Testing

@testable import API

@Suite struct APIRequestTests {
  private static let now = Timestamp(milliseconds: 1_789_680_605_123)

  private func request(
    _ operation: APIOperation, _ query: String, lastEventID: String? = nil
  ) throws(QuestionError) -> APIRequest {
    try APIRequest(operation, query: query, lastEventID: lastEventID, now: Self.now)
  }

  private func history(_ query: String) throws -> (TagReference, HistoryQuery) {
    let question = try request(.history, query).question
    guard case .history(let tag, let wanted) = question else { throw QuestionError(.internalError, "\(question)") }
    return (tag, wanted)
  }

  @Test func everyPathIsFoundAgain() {
    for operation in APIOperation.allCases {
      #expect(operation.path.hasPrefix(APIOperation.prefix))
      #expect(APIOperation(path: operation.path) == operation)
    }
    #expect(APIOperation(path: "/api/v1/status/") == nil)
  }

  /// As people write tags, percent-encoded or not.
  @Test(
    arguments: ["amazonlinux", "docker.io/library/amazonlinux:latest", "docker.io%2Flibrary%2Famazonlinux%3alatest"])
  func aTagIsReadAsPeopleWriteIt(text: String) throws {
    #expect(try history("tag=\(text)").0 == Samples.tag)
  }

  @Test func theParametersOfHistory() throws {
    let (_, query) = try history(
      "tag=a&platform=linux/amd64&platform=linux/arm64&since=7d&until=2026-09-17T21:00%2B02:00&at=yesterday+15:00"
        + "&all=true&after=42&limit=5")
    #expect(query.platforms == [Samples.amd64, Samples.arm64])
    #expect(query.since?.description == "2026-09-10T21:30:05.123Z")
    #expect(query.until?.description == "2026-09-17T19:00:00.000Z")
    #expect(query.at?.description == "2026-09-16T15:00:00.000Z")
    #expect(query.all)
    #expect(query.before == SnapshotID(rawValue: 42))
    #expect(try request(.history, "tag=a&limit=5").limit == 5)
    #expect(try request(.history, "tag=a").limit == 1_000)
  }

  @Test func thePlaceInAStream() throws {
    for (query, last, expected) in [("", nil, nil), ("after=7", nil, 7), ("after=7", "000000000009", 9)]
      as [(
        String, String?, Int64?
      )]
    {
      guard case .stream(let after) = try request(.stream, query, lastEventID: last).question else {
        Issue.record("no stream")
        continue
      }
      #expect(after?.rawValue == expected)
    }
    #expect(throws: QuestionError.self) { try request(.stream, "", lastEventID: "x") }
  }

  @Test(
    arguments: [
      (.history, "", "tag is missing (/api/v1/history): say tag=…"),
      (.history, "tag=a&tag=b", "tag is given twice (/api/v1/history): say it once"),
      (.history, "tag=a&sicne=7d", "there is no such parameter (sicne of /api/v1/history): did you mean since?"),
      (.description, "x=1", "there is no such parameter (x of /api/v1/openapi.json): there are none"),
      (.history, "tag=A%20b", "not an image reference (A b): "),
      (.history, "tag=a@sha256:7", "not an image reference (a@sha256:7): "),
      (.history, "tag=a&since=soon", "not a time (since=soon): "),
      (.history, "tag=a&since=1h&until=2h", "since is later than until ("),
      (.history, "tag=a&platform=linux", "not a platform (linux): "),
      (.history, "tag=a&all=yes", "not understood (all=yes): write true or false"),
      (.history, "tag=a&after=-1", "not understood (after=-1): take it from the Link of a page"),
      (.history, "tag=a&after=99999999999999999999", "not understood (after=99999999999999999999): "),
      (.status, "limit=0", "not understood (limit=0): write a number from 1 to 1000"),
      (.status, "limit=1001", "not understood (limit=1001): "), (.status, "limit", "not understood (limit=): "),
      (.status, "tag=a&limit=5", "tags that are named are not paged (limit, after): leave these out"),
      (.status, "failing=%zz", "a % without two hexadecimal digits (%zz): write %25"),
      (.status, "failing=%f", "a % without two hexadecimal digits (%f): write %25"),
      (.status, "failing=%ff", "no UTF-8 (%ff): "),
      (.status, "\u{1b}=1", "there is no such parameter (\\u{1b} of /api/v1/status): "),
      (.events, "after=x", "not a sequence (after=x): write the sequence of an event, as in after=42"),
      (.events, "type=image.change", "no event has a type like this (type=image.change): did you mean type="),
      (.which, "digest=b63", "not the beginning of a digest (b63): write at least 6 digits"),
      (.diff, "tag=a&from=", "not a state (): "),
    ] as [(APIOperation, String, String)])
  func whatIsNotUnderstoodIsToldSo(operation: APIOperation, query: String, expected: String) {
    let error = #expect(throws: QuestionError.self) { try request(operation, query) }
    #expect(error?.status == .usage)
    #expect(error?.message.hasPrefix(expected) == true, "\(error?.message ?? "")")
  }

  /// It leads on with all that was asked for, and is understood again.
  @Test func theLinkToTheNextPage() throws {
    let asked = try request(.events, "type=image.*&tag=a:1&tag=b:1&after=1&limit=2")
    let link = asked.link(after: EventSequence(rawValue: 3))
    #expect(link == "</api/v1/events?type=image.%2A&tag=a:1&tag=b:1&limit=2&after=3>; rel=\"next\"")
    let query = link.drop { $0 != "?" }.dropFirst().prefix { $0 != ">" }
    guard case .events(let next) = try request(.events, String(query)).question else { return }
    #expect(
      next.after.rawValue == 3 && next.tags.map(\.tag) == ["1", "1"] && next.types?.contains(.imageChanged) == true)
  }

  @Test(
    arguments: [
      (QuestionError(.usage, "what"), 400), (QuestionError(.notFound, "what"), 404),
      (QuestionError(.internalError, "what"), 500),
    ])
  func errorsAreProblems(error: QuestionError, status: Int) {
    let problem = APIProblem(error)
    #expect(problem.kind.rawValue == status && problem.detail == "what")
  }

  @Test(arguments: StoreError.Code.allCases) func aStoreThatIsBusyIsTriedAgain(code: StoreError.Code) {
    #expect(APIProblem(StoreError(code, "what")).kind == (code == .busy ? .unavailable : .internalError))
  }

  @Test func aProblemAsJSON() {
    #expect(
      String(decoding: APIProblem(.notFound, "no \"such\" tag").json.bytes, as: UTF8.self)
        == #"{"type":"about:blank","title":"Not Found","status":404,"detail":"no \"such\" tag"}"#)
  }
}
