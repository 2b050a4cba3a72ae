import Testing

@testable import Registry

@Suite struct AuthChallengeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let lines: [String]
    let expected: [AuthChallenge]
    init(_ lines: String..., gives expected: AuthChallenge...) {
      self.lines = lines
      self.expected = expected
    }
    var testDescription: String { lines.joined(separator: " | ").prefix(80).description }
  }

  static func bearer(_ parameters: [String: String]) -> AuthChallenge {
    .init(scheme: "bearer", parameters: parameters)
  }
  static func basic(_ parameters: [String: String] = [:]) -> AuthChallenge {
    .init(scheme: "basic", parameters: parameters)
  }

  static let cases: [Case] = [
    // Docker Hub: a comma inside a quoted value.
    Case(
      #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#,
      gives: bearer([
        "realm": "https://auth.docker.io/token", "service": "registry.docker.io", "scope": "repository:a/b:pull,push",
      ])),
    // ECR.
    Case(
      #"Basic realm="https://1.dkr.ecr.us-east-1.amazonaws.com/",service="ecr.amazonaws.com""#,
      gives: basic(["realm": "https://1.dkr.ecr.us-east-1.amazonaws.com/", "service": "ecr.amazonaws.com"])),
    // Case of names does not matter, order and blanks do not either.
    Case(
      #"bEaReR  SERVICE = "s" , Realm="r""#, gives: bearer(["service": "s", "realm": "r"])),
    Case(
      #"Bearer realm=https://x/token?a=1,service=s"#, gives: bearer(["realm": "https://x/token?a=1", "service": "s"])),
    Case(#"Bearer realm="a\"b\\c""#, gives: bearer(["realm": #"a"b\c"#])),
    // Several on one line and on several lines.
    Case(
      #"Basic realm="b", Bearer realm="r",service="s""#, gives: basic(["realm": "b"]),
      bearer(["realm": "r", "service": "s"])),
    Case(#"Negotiate"#, #"Basic realm="b""#, gives: .init(scheme: "negotiate", parameters: [:]), basic(["realm": "b"])),
    Case(
      #"Negotiate YIIJvwYG==, NTLM TlRM/VNTUA=, Basic realm="b""#, gives: .init(scheme: "negotiate", parameters: [:]),
      .init(scheme: "ntlm", parameters: [:]), basic(["realm": "b"])),
    Case("Basic", gives: basic()),
    Case("Basic, Bearer realm=r", gives: basic(), bearer(["realm": "r"])),
    Case(#",, Bearer realm="r",,"#, gives: bearer(["realm": "r"])),
    Case(#"Bearer error="invalid_token""#, gives: bearer(["error": "invalid_token"])),
    // Of a repeated parameter the first counts: a proxy may only append.
    Case(#"Bearer realm="r",realm="evil""#, gives: bearer(["realm": "r"])),
    // Hostile.
    Case(""),
    Case("\u{0}\u{1}"),
    Case("="),
    Case(#"Bearer realm="never closed"#, gives: bearer([:])),
    Case(#"Bearer realm="x\"#, gives: bearer([:])),
    Case(#"Bearer realm=,service="s""#, gives: bearer(["service": "s"])),
    Case(#"Bearer ="x""#, gives: bearer([:])),
    Case(String(repeating: "a", count: 9_000)),
  ]

  @Test(arguments: cases) func parses(_ c: Case) {
    #expect(AuthChallenge.parse(c.lines) == c.expected)
  }

  @Test func isBoundedOnHostileInput() {
    #expect(AuthChallenge.parse(Array(repeating: String(repeating: "a ", count: 4_000), count: 100)).count <= 16)
    let commas = String(repeating: ",", count: 8_000) + "Basic"
    #expect(AuthChallenge.parse([commas]) == [Self.basic()])
  }
}
