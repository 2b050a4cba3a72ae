import Foundation
import ImageModel
import Testing

@testable import Registry

/// The tables of `docs/registries.md` say what the code does.
@Suite struct DocumentedRegistriesTests {
  private static let unknown = #"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"unknown"}]}"#

  private static let answers: [(row: String, answers: [Answer])] = [
    ("304", [answer(304)]), ("3xx that leads nowhere", [301, 302, 307, 308].map { answer($0) }), ("400", [answer(400)]),
    (
      "400 that asks for a client certificate",
      [answer(400, "<html><head><title>400 No required SSL certificate was sent</title></head></html>")]
    ),
    ("400 that asks for TLS", [answer(400, "Client sent an HTTP request to an HTTPS server.\n")]),
    ("401", [answer(401)]), ("403", [answer(403)]),
    (
      "404, 410 with `MANIFEST_UNKNOWN` or `TAG_EXPIRED`",
      [404, 410].flatMap { [answer($0, unknown), answer($0, #"{"errors":[{"code":"TAG_EXPIRED"}]}"#)] }
    ),
    (
      "404, 410 with `MANIFEST_UNKNOWN` that speaks of the Accept header",
      [answer(404, #"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"accept header does not support it"}]}"#)]
    ),
    (
      "404, 410 with `NAME_UNKNOWN` or `NOT_FOUND`",
      [404, 410].flatMap { status in
        ["NAME_UNKNOWN", "NOT_FOUND"].map { answer(status, #"{"errors":[{"code":"\#($0)"}]}"#) }
      }
    ),
    (
      "404, 410 otherwise, or for a part of an image",
      [answer(404), answer(410), answer(404, unknown, .part("the manifest 0a48c1b2d3e4"))]
    ),
    ("405", [answer(405)]), ("405 with `DENIED`", [answer(405, #"{"errors":[{"code":"DENIED"}]}"#)]),
    ("406, 415", [answer(406), answer(415)]), ("407", [answer(407)]), ("408, 425", [answer(408), answer(425)]),
    ("413, 431", [answer(413), answer(431)]), ("429", [answer(429)]), ("451", [answer(451)]),
    (
      "500 that says denied or unauthorized (a cache's upstream)",
      [answer(500, #"{"errors":[{"code":"UNKNOWN","message":"unauthorized: access denied"}]}"#)]
    ),
    ("5xx otherwise", [answer(500), answer(502), answer(503), answer(504)]), ("anything else", [answer(418)]),
  ]

  private static func answer(_ status: Int, _ body: String = "", _ subject: Answer.Subject = .tag) -> Answer {
    Answer(status: status, subject: subject, body: ErrorBody(Array(body.utf8)))
  }

  @Test func theAnswers() throws {
    let rows = try Self.table(below: "| Status | Code | Again soon |")
    #expect(rows.map { $0[0] } == Self.answers.map(\.row))
    for (row, (_, answers)) in zip(rows, Self.answers) {
      for answer in answers {
        let verdict = answer.verdict
        #expect(row[1] == "`\(verdict.code.rawValue)`", "\(row[0]): \(answer.status)")
        #expect((row[2] == "yes") == verdict.isTransient, "\(row[0]): \(answer.status)")
      }
    }
  }

  @Test func whatIsAskedFor() throws {
    let block = try #require(Self.document().firstMatch(of: /\n```\n((?s:.*?))```/))
    #expect(block.1.split(separator: "\n").map(String.init) == MediaType.manifestTypes.map(\.description))
  }

  @Test func theKnownTokenServers() throws {
    let rows = try Self.table(below: "| The token server is | It gets |").map { $0[0] }
    let known = RealmPolicy.known.map { "`\($0.value)` for `\($0.key)`" }
    #expect(rows.filter { $0.contains(" for `") }.sorted() == known.sorted())
  }

  private static func table(below head: String) throws -> [[String]] {
    let document = try document()
    let start = try #require(document.range(of: head))
    let lines = document[start.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
    return lines.dropFirst(2).prefix { $0.hasPrefix("|") }.map { line in
      line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  private static func document() throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "docs/registries.md"), encoding: .utf8)
  }
}
