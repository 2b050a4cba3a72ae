import Testing

@testable import Registry

@Suite struct RealmPolicyTests {
  private static func decide(
    _ realm: String, domain: String, registry: String, trusted: [String] = []
  ) throws -> RealmPolicy.Decision? {
    let registry = try #require(WebURL(registry))
    return WebURL(realm).map {
      RealmPolicy(domain: domain, registry: registry, trustedRealms: trusted).decide($0)
    }
  }

  @Test(
    arguments: [
      ("docker.io", "https://registry-1.docker.io", "https://auth.docker.io/token", .trusted),
      ("registry.gitlab.com", "https://registry.gitlab.com", "https://gitlab.com/jwt/auth", .trusted),
      ("registry.redhat.io", "https://registry.redhat.io", "https://sso.redhat.com/auth/x", .trusted),
      ("registry.redhat.io", "https://registry.redhat.io", "https://sso.redhat.com:8443/auth/x", .anonymousOnly),
      ("ghcr.io", "https://ghcr.io", "https://ghcr.io/token", .own),
      ("ghcr.io", "https://ghcr.io", "https://GHCR.io:443/token", .own),
      ("r.example.com", "https://r.example.com", "https://auth.example.com/token", .trusted),
      ("r.example.com:5000", "https://r.example.com:5000", "https://r.example.com:5001/token", .trusted),
      ("r.example.co.uk", "https://r.example.co.uk", "https://auth.example.co.uk/token", .trusted),
      // Foreign: nothing secret goes there.
      ("r.example.com", "https://r.example.com", "https://evil.com/token", .anonymousOnly),
      ("r.example.com", "https://r.example.com", "https://example.com.evil.com/token", .anonymousOnly),
      ("r.example.com", "https://r.example.com", "https://evilexample.com/token", .anonymousOnly),
      ("r.example.co.uk", "https://r.example.co.uk", "https://evil.co.uk/token", .anonymousOnly),
      ("a.azurecr.io", "https://a.azurecr.io", "https://evil.azurecr.io/token", .anonymousOnly),
      (
        "1.dkr.ecr.us-east-1.amazonaws.com", "https://1.dkr.ecr.us-east-1.amazonaws.com",
        "https://evil.s3.us-east-1.amazonaws.com/token", .anonymousOnly
      ),
      ("x.github.io", "https://x.github.io", "https://github.io/token", .anonymousOnly),
      ("docker.io.evil.com", "https://docker.io.evil.com", "https://auth.docker.io/token", .anonymousOnly),
      ("localhost.com", "https://localhost.com", "https://93.184.216.34/token", .anonymousOnly),
      // TLS downgrade.
      ("r.example.com", "https://r.example.com", "http://r.example.com/token", .refused(.downgrade)),
      ("docker.io", "https://registry-1.docker.io", "http://auth.docker.io/token", .refused(.downgrade)),
      // Into the machine, its network, cloud metadata.
      ("r.example.com", "https://r.example.com", "https://127.0.0.1/token", .refused(.address)),
      ("r.example.com", "https://r.example.com", "https://localhost:8080/token", .refused(.address)),
      ("r.example.com", "https://r.example.com", "https://x.localhost/token", .refused(.address)),
      ("r.example.com", "https://r.example.com", "https://[::1]/token", .refused(.address)),
      ("r.example.com", "https://r.example.com", "https://[::ffff:127.0.0.1]/token", .refused(.address)),
      ("r.example.com", "https://r.example.com", "https://[64:ff9b::a9fe:a9fe]/token", .refused(.linkLocal)),
      ("r.example.com", "https://r.example.com", "https://10.1.2.3/token", .refused(.address)),
      ("r.example.com", "https://r.example.com", "https://192.168.0.1/token", .refused(.address)),
      ("r.example.com", "https://r.example.com", "https://[fd00::1]/token", .refused(.address)),
      ("r.example.com", "https://r.example.com", "https://169.254.169.254/latest/meta-data", .refused(.linkLocal)),
      ("r.example.com", "https://r.example.com", "https://0.0.0.0/token", .refused(.address)),
      ("r.example.com", "https://r.example.com", "https://2130706433/token", .refused(.address)),
      ("r.example.com", "https://r.example.com", "https://0x7f.1/token", .refused(.address)),
      ("r.example.com", "https://r.example.com", "https://127.1/token", .refused(.address)),
      ("r.example.com", "https://r.example.com", "https://0177.0.0.1/token", .refused(.address)),
      ("10.0.0.5", "http://10.0.0.5", "http://169.254.169.254/token", .refused(.linkLocal)),
      ("10.0.0.5", "http://10.0.0.5", "http://127.0.0.1/token", .refused(.address)),
      ("127.0.0.1:5000", "http://127.0.0.1:5000", "http://169.254.169.254/token", .refused(.linkLocal)),
      ("127.0.0.1:5000", "http://127.0.0.1:5000", "http://168.63.129.16/token", .refused(.linkLocal)),
      ("[::1]:5000", "http://[::1]:5000", "http://[0:0:0:0:0:0:0:1]:5000/token", .own),
      ("10.0.0.5", "http://10.0.0.5", "http://[::ffff:10.0.0.5]/token", .own),
      ("x.localhost:5000", "http://x.localhost:5000", "http://localhost:5001/token", .anonymousOnly),
      ("x.localhost:5000", "http://x.localhost:5000", "http://10.0.0.6/token", .anonymousOnly),
      ("10.0.0.5", "http://10.0.0.5", "http://x.localhost/token", .refused(.address)),
      // Plain HTTP by configuration: its own origin counts, its neighbours get no secret.
      ("127.0.0.1:5000", "http://127.0.0.1:5000", "http://127.0.0.1:5000/token", .own),
      ("127.0.0.1:5000", "http://127.0.0.1:5000", "http://127.0.0.1:5001/token", .anonymousOnly),
      ("127.0.0.1:5000", "http://127.0.0.1:5000", "http://localhost:5001/token", .anonymousOnly),
      ("10.0.0.5", "http://10.0.0.5", "http://10.0.0.6/token", .anonymousOnly),
      ("r.corp", "http://r.corp", "http://evil.example/token", .refused(.downgrade)),
      ("r.corp", "http://r.corp", "https://evil.example/token", .anonymousOnly),
      ("127.0.0.1:5000", "http://127.0.0.1:5000", "https://127.0.0.1:5001/token", .anonymousOnly),
      ("registry:5000", "https://registry:5000", "https://registry:5001/token", .trusted),
      // A private registry may have a private token server.
      ("10.0.0.5", "https://10.0.0.5", "https://10.0.0.5:8443/token", .anonymousOnly),
      ("10.0.0.5", "https://10.0.0.5", "https://10.0.0.6/token", .anonymousOnly),
    ] as [(String, String, String, RealmPolicy.Decision)])
  func decides(_ domain: String, _ registry: String, _ realm: String, _ expected: RealmPolicy.Decision) throws {
    #expect(try Self.decide(realm, domain: domain, registry: registry) == expected)
  }

  @Test(arguments: [
    ("auth.other.com", "https://auth.other.com/token", RealmPolicy.Decision.trusted),
    ("AUTH.other.com:443", "https://auth.other.com/token", .trusted),
    ("auth.other.com:8443", "https://auth.other.com:8443/token", .trusted),
    ("auth.other.com", "https://auth.other.com:8443/token", .anonymousOnly),
    ("auth.other.com:8443", "https://auth.other.com/token", .anonymousOnly),
    ("other.com", "https://auth.other.com/token", .anonymousOnly),
    ("10.0.0.9", "https://10.0.0.9/token", .trusted),
    ("auth.other.com", "http://auth.other.com/token", .refused(.downgrade)),
    ("", "https://auth.other.com/token", .anonymousOnly),
    ("[fd00:0::9]:443", "https://[fd00::9]/token", .trusted),
    ("169.254.169.254", "https://169.254.169.254/token", .refused(.linkLocal)),
    ("[fd00:ec2::254]", "https://[fd00:ec2::254]/token", .refused(.linkLocal)),
  ])
  func trustsConfiguredRealms(_ entry: String, _ realm: String, _ expected: RealmPolicy.Decision) throws {
    #expect(
      try Self.decide(realm, domain: "r.example.com", registry: "https://r.example.com", trusted: [entry]) == expected)
  }

  @Test(arguments: [
    "ftp://auth.example.com/", "auth.example.com/token", "https:/auth.example.com", "https://", "https:///token",
    "https://user@auth.example.com/", "https://user:pw@auth.example.com/", "https://auth.example.com/#x",
    "https://auth.example.com\\@evil.com/", "https://auth.example.com/ x", "https://auth.example.com/\r\nX: y",
    "https://auth.example.com:0/", "https://auth.example.com:99999/", "https://auth.example.com:80x/",
    "https://auth.example.com:/", "https://[::1/", "https://[evil]/", "https://äuth.example.com/", "https://a%2eb/",
    "file:///etc/passwd", "https://evil.com:443@auth.example.com/", "",
  ])
  func doesNotReadTwoFacedURLs(_ text: String) {
    #expect(WebURL(text) == nil)
  }

  @Test func keepsOwnParametersButWidensNothing() throws {
    let realm = try #require(WebURL("https://a.example/t?x=1&scope=repository:private/x:pull,push&offline_token=true"))
    #expect(
      realm.tokenURL(service: "a b&c", scopes: ["repository:lib/x:pull"])
        == "https://a.example/t?x=1&service=a%20b%26c&scope=repository:lib/x:pull")
  }

  @Test(
    arguments: [
      ("registry.example.com", "example.com"), ("example.com", "example.com"), ("a.b.example.co.uk", "example.co.uk"),
      ("co.uk", nil), ("localhost", nil), ("intranet", nil), ("10.0.0.1", nil), ("a.pkg.dev", nil), ("pkg.dev", nil),
      ("docker.elastic.co", "elastic.co"), ("a..b", nil), ("example.com.", nil),
    ] as [(String, String?)])
  func tellsTheOwner(_ host: String, _ expected: String?) {
    #expect(RegistrableDomain.of(host) == expected)
  }
}
