import Testing

@testable import Transport

@Suite("redirect rules")
struct RedirectRulesTests {
  static let start: HTTPRequest = {
    var request = HTTPRequest(
      .head, url: "https://a.test/v2/x?y", headers: [("accept", "a/b"), ("User-Agent", "w"), ("Cookie", "c")],
      authorization: "Bearer t", bodyLimit: 1, allowPlainHTTP: true)
    request.tls = TLSSettings(caFile: "ca", clientCertFile: "cert", clientKeyFile: "key", skipVerify: true)
    return request
  }()

  @Test(
    "what belongs to the origin goes along only within it",
    arguments: [
      ("/other", "https://a.test/other", true), ("?z", "https://a.test/v2/x?z", true),
      ("HTTPS://A.test:443/other", "https://A.test:443/other", true), ("//a.test/p", "https://a.test/p", true),
      ("a b", "https://a.test/v2/a%20b", true),
      ("https://a.test:444/", "https://a.test:444/", false), ("https://b.test/", "https://b.test/", false),
      ("//b.test/", "https://b.test/", false), ("https://a.test./", "https://a.test./", false),
      ("https://a.test.evil/", "https://a.test.evil/", false), ("https://b.test/#f", "https://b.test/", false),
    ])
  func credentials(location: String, url: String, keeps: Bool) throws {
    let next = try RedirectRules.next(Self.start, location: location, hop: 1, cameFromPublic: false)
    #expect(next.url == url)
    #expect(next.method == .head)
    #expect(next.authorization == (keeps ? "Bearer t" : nil))
    #expect(next.headers.map(\.name) == (keeps ? ["accept", "User-Agent", "Cookie"] : ["accept", "User-Agent"]))
    #expect(next.tls == (keeps ? Self.start.tls : TLSSettings(caFile: "ca").forOtherOrigin))
    #expect(next.addresses == .denyLinkLocal)
  }

  @Test(
    "refused",
    arguments: [
      "http://a.test/", "http://b.test/", "ftp://a.test/", "javascript:alert(1)", "https://u@a.test/",
      "https://u:p@b.test/", "https://a.test\r\nX: y", "https://[::1/", "https://a.test:0x1/",
    ])
  func refused(location: String) {
    #expect(throws: TransportError.self) {
      try RedirectRules.next(Self.start, location: location, hop: 1, cameFromPublic: false)
    }
  }

  @Test("a public server cannot send a request into a private network, a private one can")
  func intoPrivateNetwork() throws {
    let fromPublic = try RedirectRules.next(Self.start, location: "https://10.0.0.1/", hop: 1, cameFromPublic: true)
    #expect(throws: TransportError.self) { try RequestCheck.check(fromPublic) }
    let fromPrivate = try RedirectRules.next(Self.start, location: "https://10.0.0.1/", hop: 1, cameFromPublic: false)
    try RequestCheck.check(fromPrivate)
  }

  @Test("from http to https nothing of the first origin goes along")
  func upgrade() throws {
    var plain = Self.start
    plain.url = "http://a.test/"
    let next = try RedirectRules.next(plain, location: "https://a.test/", hop: 1, cameFromPublic: false)
    #expect(next.authorization == nil && next.url == "https://a.test/")
  }
}
