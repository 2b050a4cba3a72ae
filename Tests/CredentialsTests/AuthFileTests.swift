import FoundationEssentials
import Testing

@testable import Credentials

@Suite struct AuthFileTests {
  private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  private static func file(_ entry: String, form: AuthFile.Form = .config) throws -> AuthFile {
    let auths = #"{"r.example": \#(entry)}"#
    return try AuthFile(Array((form == .config ? #"{"auths": \#(auths)}"# : auths).utf8), form: form)
  }

  private static let basic = Login.basic(.init(username: "u", password: "p"))

  @Test(
    arguments: [
      (#"{"auth": "\#(base64("u:p"))"}"#, .login(basic)),
      (#"{"auth": "\#(base64("u:p\0\0"))"}"#, .login(basic)),
      (#"{"auth": "\#(base64("u:p:q"))"}"#, .login(.basic(.init(username: "u", password: "p:q")))),
      (#"{"auth": "\#(base64("u:"))"}"#, .login(.basic(.init(username: "u", password: "")))),
      (#"{"username": "u", "password": "p", "email": "x"}"#, .login(basic)),
      (#"{"auth": "\#(base64("u:p"))", "username": "v", "password": "q"}"#, .login(basic)),
      (#"{"auth": "", "username": "u", "password": "p"}"#, .login(basic)),
      (#"{"identitytoken": "t"}"#, .login(.identity(token: "t", otherwise: nil))),
      (
        #"{"auth": "\#(base64("u:p"))", "identitytoken": "t"}"#,
        .login(.identity(token: "t", otherwise: .init(username: "u", password: "p")))
      ),
      (#"{"auth": "\#(base64("u:"))", "identitytoken": "t"}"#, .login(.identity(token: "t", otherwise: nil))),
      (#"{"registrytoken": "t", "identitytoken": "s"}"#, .login(.bearer(token: "t"))),
      (#"{}"#, .marker), (#"{"email": "x"}"#, .marker), (#"{"username": "u"}"#, .marker), (#"{"auth": null}"#, .marker),
    ] as [(String, AuthFile.Entry)])
  func reads(entry: String, expected: AuthFile.Entry) throws {
    for form in [AuthFile.Form.config, .dockercfg] {
      let file = try Self.file(entry, form: form)
      #expect(file.entries == ["r.example": expected] && file.faults.isEmpty)
    }
  }

  @Test(
    arguments: [
      (#"{"auth": "§"}"#, "auth is no base64"), (#"{"auth": "\#(base64("nocolon"))"}"#, "auth has no colon"),
      (#"{"auth": "/////w=="}"#, "auth is no UTF-8 text"), (#"{"auth": "\#(base64(":p"))"}"#, "auth has no user name"),
      (#"{"auth": "\#(base64("u:p\r\nX: y"))"}"#, "auth has control characters"),
      (#"{"identitytoken": "a\nb"}"#, "identitytoken has control characters"),
      (#"{"auth": 5}"#, "auth is no string"), ("[]", "it is no object"), ("null", "it is no object"),
    ])
  func oneBadEntryIsToldAndTheOthersCount(entry: String, reason: String) throws {
    let good = #""auth": "\#(Self.base64("u:p"))""#
    let text = #"{"auths": {"bad.example": \#(entry), "r.example": {\#(good)}}}"#
    let file = try AuthFile(Array(text.utf8), form: .config)
    #expect(file.entries == ["r.example": .login(Self.basic)])
    #expect(file.faults == ["bad.example: \(reason)"])
  }

  @Test func helpersAreNamedByWhatCanBeAProgram() throws {
    let text = #"""
      {
        "credsStore": "desktop",
        "credHelpers": {"a.example": "ecr-login", "b.example": "../x", "c.example": "", "d.example": 5, "e\u001b": "$(x)"}
      }
      """#
    let file = try AuthFile(Array(text.utf8), form: .config)
    #expect(file.store == "desktop" && file.helpers == ["a.example": "ecr-login", "c.example": ""])
    #expect(
      file.faults == ["b.example", "d.example", #"e\u{1b}"#].map { "credHelpers of \($0) is no name of a helper" })
    #expect(try AuthFile(Array(#"{"credsStore": "a b"}"#.utf8), form: .config).faults.count == 1)
    #expect(try AuthFile(Array(#"{"credsStore": "x"}"#.utf8), form: .dockercfg).store == nil)
  }

  @Test(arguments: ["", "{", "[]", "5", #"{"auths": {}} x"#])
  func whatIsNoObjectIsNone(text: String) {
    #expect(throws: AuthFile.Unreadable(reason: "it is no JSON object")) {
      _ = try AuthFile(Array(text.utf8), form: .config)
    }
  }
}
