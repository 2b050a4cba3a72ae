import ImageModel
import TestSupport
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
      #"404, 410 with `NAME_UNKNOWN` or `NOT_FOUND`, or that speaks of "repository not found""#,
      [404, 410].flatMap { status in
        ["NAME_UNKNOWN", "NOT_FOUND"].map { answer(status, #"{"errors":[{"code":"\#($0)"}]}"#) }
      } + [answer(404, #"{"errors":[{"code":"UNKNOWN","message":"Repository not found"}]}"#)]
    ),
    (
      "404, 410 otherwise, or for a part of an image",
      [answer(404), answer(410), answer(404, unknown, .part("the manifest 0a48c1b2d3e4"))]
    ),
    ("405", [answer(405)]), ("405 with `DENIED`", [answer(405, #"{"errors":[{"code":"DENIED"}]}"#)]),
    ("406, 415", [answer(406), answer(415)]), ("407", [answer(407)]), ("408, 425", [answer(408), answer(425)]),
    ("413, 431", [answer(413), answer(431)]), ("429", [answer(429)]),
    (
      "429 that speaks of the \"pull rate limit\"",
      [answer(429, #"{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}"#)]
    ), ("451", [answer(451)]),
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
    let block = try #require(ProjectFile.text("docs/registries.md").firstMatch(of: /\n```\n((?s:.*?))```/))
    #expect(block.1.split(separator: "\n").map(String.init) == MediaType.manifestTypes.map(\.description))
  }

  /// By row: a registry's domain, which is where it is unless an origin follows, and the token server that it names.
  private static let tokenServers: [(row: String, cases: [(domain: String, registry: String?, realm: String)])] = [
    (
      "the registry's own origin",
      [
        ("r.example", nil, "https://r.example/token"), ("r.example", "http://r.example", "http://r.example/token"),
        ("10.0.0.7:5000", "http://10.0.0.7:5000", "http://10.0.0.7:5000/token"),
      ]
    ),
    (
      "on plain HTTP, of a registry on HTTPS",
      [("r.example", nil, "http://r.example/token"), ("r.example", nil, "http://trusted.example:81/")]
    ),
    (
      "a link-local or metadata address",
      [
        ("r.example", nil, "https://169.254.169.254/token"), ("r.example", nil, "https://[fe80::1]/token"),
        ("10.0.0.7:5000", "http://10.0.0.7:5000", "http://169.254.0.1/"),
      ]
    ),
    (
      "an entry of `trusted_realms`",
      [
        ("r.example", nil, "https://trusted.example/"), ("r.example", "http://r.example", "http://trusted.example:81/"),
        ("r.example", nil, "https://10.0.0.9:8443/"),
      ]
    ),
    (
      "on this machine, of a registry that is not",
      [
        ("r.example", nil, "https://127.0.0.1/"), ("r.example", nil, "https://localhost/"),
        ("r.example", nil, "https://x.localhost/"), ("10.0.0.7", nil, "https://[::1]/"),
      ]
    ),
    (
      "a private address, of a registry that is at a public one or has a name",
      [("r.example", nil, "https://10.0.0.8/"), ("9.9.9.9", nil, "https://192.168.1.1/")]
    ),
    (
      "an address that no server has, or a number in disguise (`0x7f.1`)",
      [
        ("r.example", nil, "https://0.0.0.0/"), ("r.example", nil, "https://0x7f.1/"),
        ("localhost:5000", "http://localhost:5000", "http://2130706433/"),
      ]
    ),
    (
      "on plain HTTP: the registry's host, on this machine, or a private address",
      [
        ("r.example", "http://r.example", "http://r.example:81/"),
        ("localhost:5000", "http://localhost:5000", "http://127.0.0.1/"),
        ("10.0.0.7:5000", "http://10.0.0.7:5000", "http://10.0.0.8/"),
      ]
    ),
    (
      "otherwise on plain HTTP",
      [
        ("r.example", "http://r.example", "http://auth.r.example/"),
        ("r.example", "http://r.example", "http://9.9.9.9/"),
      ]
    ),
    (
      "the registry's host at another port, or under its registrable domain",
      [
        ("r.example", nil, "https://r.example:8443/"), ("registry.r.example", nil, "https://auth.r.example/"),
        ("r.example", "http://r.example", "https://auth.r.example/"),
      ]
    ),
    (
      "`auth.docker.io` for `docker.io`",
      [("docker.io", "https://registry-1.docker.io", "https://auth.docker.io/token")]
    ),
    ("`gitlab.com` for `registry.gitlab.com`", [("registry.gitlab.com", nil, "https://gitlab.com/jwt/auth")]),
    (
      "`sso.redhat.com` for `registry.connect.redhat.com`",
      [("registry.connect.redhat.com", nil, "https://sso.redhat.com/auth")]
    ),
    ("`sso.redhat.com` for `registry.redhat.io`", [("registry.redhat.io", nil, "https://sso.redhat.com/auth")]),
    (
      "any other",
      [
        ("r.example", nil, "https://thief.example/"), ("r.example", nil, "https://auth.docker.io/"),
        ("registry.redhat.io", nil, "https://sso.redhat.com:8443/"), ("r.example", nil, "https://9.9.9.9/"),
      ]
    ),
  ]

  @Test func theTokenServers() throws {
    let rows = try Self.table(below: "| The token server is | It gets |")
    #expect(rows.map { $0[0] } == Self.tokenServers.map(\.row))
    let known = RealmPolicy.known.map { "`\($0.value)` for `\($0.key)`" }
    #expect(rows.map { $0[0] }.filter { $0.contains(" for `") }.sorted() == known.sorted())
    for (row, (_, cases)) in zip(rows, Self.tokenServers) {
      for (domain, registry, realm) in cases {
        let policy = RealmPolicy(
          domain: domain, registry: try #require(WebURL(registry ?? "https://\(domain)")),
          trustedRealms: ["trusted.example", "trusted.example:81", "10.0.0.9:8443"])
        let gets =
          switch policy.decide(try #require(WebURL(realm))) {
          case .own, .trusted: "the credentials"
          case .anonymousOnly: "a request without credentials"
          case .refused: "nothing: it is refused"
          }
        #expect(row[1] == gets, "\(row[0]): \(domain) names \(realm)")
      }
    }
  }

  private static func table(below head: String) throws -> [[String]] {
    try MarkdownTable.rows(below: head, in: ProjectFile.text("docs/registries.md"))
  }
}
