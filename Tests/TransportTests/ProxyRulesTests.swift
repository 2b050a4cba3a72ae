import Testing

@testable import Transport

@Suite("proxy rules")
struct ProxyRulesTests {
  private func place(_ url: String, _ environment: [String: String]) throws -> String? {
    ProxyRules { environment[$0] }.proxy(for: try #require(Origin(url: url)))?.hostAndPort
  }

  @Test(
    "the variables",
    arguments: [
      ([:], nil, nil), (["https_proxy": "p:1"], "p:1", nil), (["http_proxy": "p:1"], nil, "p:1"),
      (["HTTPS_PROXY": "p:1"], "p:1", nil), (["HTTP_PROXY": "p:1"], nil, nil),
      (["all_proxy": "p:1", "https_proxy": "q:2"], "q:2", "p:1"), (["ALL_PROXY": "p:1"], "p:1", "p:1"),
      (["https_proxy": "", "HTTPS_PROXY": "p:1"], "p:1", nil),
    ] as [([String: String], String?, String?)])
  func variables(environment: [String: String], https: String?, http: String?) throws {
    #expect(try place("https://r.test/", environment) == https)
    #expect(try place("http://r.test/", environment) == http)
  }

  @Test(
    "what a proxy is called",
    arguments: [
      ("http://proxy.test:3128", "proxy.test:3128", false), ("proxy.test", "proxy.test:1080", false),
      ("https://proxy.test/", "proxy.test:443", false), ("http://ann:s3cret@Proxy.test:8/x", "proxy.test:8", true),
      ("ann:p@ss@proxy.test:8", "proxy.test:8", true), ("socks5h://[0:0::1]:9", "[::1]:9", false),
      ("ftp://ann:s3cret@proxy.test", nil, true), ("http://", nil, false), ("http://p:0", nil, false),
      ("http://p:x", nil, false), ("http://[::1", nil, false), ("http://a b:1", nil, false),
    ] as [(String, String?, Bool)])
  func place(text: String, place: String?, hasCredentials: Bool) {
    let proxy = Proxy(text)
    #expect(proxy.hostAndPort == place && proxy.hasCredentials == hasCredentials && proxy.url == text)
  }

  @Test(
    "who is excepted, as libcurl reads the list",
    arguments: [
      ("r.test", "r.test", true), ("r.test", ".r.test", true), ("r.test", "R.TEST.", true),
      ("a.r.test", "r.test", true),
      ("xr.test", "r.test", false), ("r.test", "a.r.test", false), ("r.test", "x, r.test y", true),
      ("r.test", "*", true),
      ("r.test", "x,*", false), ("r.test", "", false), ("10.1.2.3", "10.0.0.0/8", true), ("10.1.2.3", "10.1.2.3", true),
      ("11.1.2.3", "10.0.0.0/8", false), ("[fd00::5]", "fd00::/8", true), ("[fd00::5]", "[fd00:0::5]", true),
      ("10.1.2.3", "3", false), ("r.test", "10.0.0.0/8", false),
      // This machine, never.
      ("localhost", "", true), ("x.localhost", "", true), ("127.0.0.9", "", true), ("[::1]", "", true),
      ("[::ffff:7f00:1]", "", true),
    ])
  func exceptions(host: String, list: String, isExcepted: Bool) throws {
    for scheme in ["http", "https"] {
      let place = try place("\(scheme)://\(host):8080/x", ["all_proxy": "p:1", "no_proxy": list])
      #expect((place == nil) == isExcepted, "\(scheme)")
    }
  }
}
