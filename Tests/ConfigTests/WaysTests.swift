import Testing

@testable import Config

/// What is asked in a registry's place, and the proxy in between.
@Suite struct WaysTests {
  private func parse(_ text: String) throws -> WatchConfig { try WatchConfig.parse(Array(text.utf8), path: "c") }

  private func complaint(_ text: String) throws -> String {
    try #require(throws: ConfigProblems.self) { try parse(text) }.rendered
  }

  @Test(arguments: [
    ("https://mirror.example", "https://mirror.example"), ("https://mirror.example/", "https://mirror.example"),
    ("HTTPS://Mirror.Example:8443/cache/hub//", "https://mirror.example:8443/cache/hub"),
    ("https://[0:0::1]:5000", "https://[::1]:5000"), ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
    ("http://localhost/v2/hub", "http://localhost/v2/hub"),
  ])
  func endpoints(text: String, taken: String) throws {
    let config = try parse(#"{"registries": {"docker.io": {"endpoint": "\#(text)"}}}"#)
    #expect(config.registries["docker.io"]?.endpoint == taken)
  }

  @Test(arguments: [
    ("mirror.example", "does not begin with https://"), ("ftp://mirror.example", "does not begin with https://"),
    ("https://", "has no valid host"), ("https://mirror.example:0", "has no valid host"),
    ("https://mirror example", "has no valid host"), ("https://mirror.example?x=1", "no URL that can be asked"),
    ("https://mirror.example/#x", "no URL that can be asked"),
    ("https://mirror.example/a/../b", "no URL that can be asked"),
    ("https://mirror.example/a//b", "no URL that can be asked"),
    ("https://mirror.example/ä", "no URL that can be asked"),
    ("https://2852039166/v2", "a number that some programs take for the address 169.254.169.254"),
    ("http://mirror.example", "is not encrypted"), ("https://ann:canary@mirror.example", "must not hold a user name"),
  ])
  func endpointsThatAreNone(text: String, words: String) throws {
    let said = try complaint(#"{"registries": {"docker.io": {"endpoint": "\#(text)"}}}"#)
    #expect(said.contains(words) && said.contains("c:1:43: error: \"endpoint\"") && !said.contains("canary"), "\(said)")
  }

  @Test func anEndpointAndItsSchemeAgree() throws {
    func entry(_ scheme: String, _ url: String) -> String {
      #"{"registries": {"a.example": {"scheme": "\#(scheme)", "endpoint": "\#(url)"}}}"#
    }
    let plain = try parse(entry("http", "http://mirror.example:5000"))
    #expect(plain.registries["a.example"]?.endpoint == "http://mirror.example:5000")
    #expect(try complaint(entry("https", "http://127.0.0.1:5000")).contains(#"and "scheme" is "https""#))
    #expect(
      try complaint(entry("http", "https://mirror.example")).contains(#"begins with https://, and "scheme" is "http""#))
  }

  /// Who is asked decides whether credentials are safe on the way.
  @Test(arguments: [("http://127.0.0.1:5000", 0), ("http://mirror.example", 1)])
  func credentialsOverPlainHTTP(url: String, warnings: Int) throws {
    let config = try parse(
      """
      {"watch": ["a.example/b:1"],
        "registries": {"a.example": {"scheme": "http", "endpoint": "\(url)", "token_file": "/t"}}}
      """)
    #expect(config.warnings.count == warnings, "\(config.warnings)")
  }

  @Test func aProxy() throws {
    let config = try parse(
      """
      {"proxy": {"url": "http://Proxy.example:3128/", "username": "ann", "password_file": {"credential": "proxy"},
        "no_proxy": ["registry.example", ".near.example", "10.0.0.0/8", "[fd00::1]"], "//": "a remark"}}
      """)
    #expect(
      config.proxy
        == ProxyChoice(
          url: "http://proxy.example:3128", username: "ann", passwordFile: .credential("proxy"),
          exceptions: ["registry.example", ".near.example", "10.0.0.0/8", "[fd00::1]"]))
    let bare = try parse(#"{"proxy": {"url": "socks5h://10.0.0.1:1080", "no_proxy": ["*"]}}"#)
    #expect(bare.proxy == ProxyChoice(url: "socks5h://10.0.0.1:1080", exceptions: ["*"]))
  }

  @Test(arguments: [
    (#""proxy.example:3128""#, "does not begin with http://"), (#""ftp://p.example:1""#, "does not begin with http://"),
    (#""http://p.example""#, "is not scheme, host and port alone"),
    (#""http://p.example:1/x""#, "is not scheme, host and port alone"), (#""http://:1""#, "has no valid host"),
    (#""http://ann:canary@p.example:1""#, "must not hold a user name or password"), ("7", "must be a string"),
    (#""http://p.example:1", "username": "ann""#, #""username" needs "password_file" beside it"#),
    (#""http://p.example:1", "password_file": "/p""#, #""password_file" needs "username" beside it"#),
    (#""http://p.example:1", "username": "a:b", "password_file": "/p""#, "must not hold a colon"),
    (#""http://p.example:1", "no_proxy": ["a b"]"#, #""a b" in "no_proxy" is no host"#),
    (#""http://p.example:1", "no_proxy": ["a.example:80"]"#, #""a.example:80" in "no_proxy" is no host"#),
    (#""http://p.example:1", "no_proxy": ["*", "a.example"]"#, #""*" in "no_proxy" is no host"#),
    (#""http://p.example:1", "password": "canary""#, #"unknown key "password""#),
  ])
  func proxiesThatAreNone(url: String, words: String) throws {
    let said = try complaint(#"{"proxy": {"url": \#(url)}}"#)
    #expect(said.contains(words) && !said.contains("canary"), "\(said)")
  }

  /// Requests to these are refused wherever they come from (`AddressPolicy`), so they are no token servers either.
  @Test(arguments: [
    "169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "168.63.129.16", "100.100.100.200", "[fd00:ec2::254]",
  ])
  func whereNoRequestGoesIsAFault(host: String) throws {
    let said = "it is a link-local or metadata address"
    let endpoint = try parse(#"{"registries": {"a.example": {"endpoint": "https://\#(host)/v2"}}}"#)
    #expect(endpoint.faults.map(\.message) == ["nothing is ever sent to this \"endpoint\": \(said)"])
    #expect(endpoint.faults.first?.column == 43)
    let proxy = try parse(#"{"proxy": {"url": "http://\#(host):3128"}}"#)
    #expect(proxy.faults.map(\.message) == ["nothing is ever sent to this \"url\": \(said)"])
    let other = try parse(#"{"registries": {"a.example": {"endpoint": "https://10.0.0.1/v2"}}}"#)
    #expect(other.faults.isEmpty)
  }

  @Test func aProxyHasAURL() throws {
    #expect(try complaint(#"{"proxy": {"no_proxy": []}}"#).contains(#""proxy" needs a "url""#))
  }

  @Test func whoTakesAnyCertificateIsWarned() throws {
    let config = try parse(
      #"{"watch": ["a.example/b:1"], "registries": {"a.example": {"insecure_skip_verify": true}}}"#)
    #expect(
      config.warnings.map(\.message) == [#"whoever answers is taken for "a.example", whatever certificate it shows"#])
    #expect(config.warnings.first?.column == 59)
  }
}
