import Testing

@testable import Config

/// When mails are sent without TLS, and what is said of servers.
@Suite struct EmailSettingsTests {
  @Test(
    arguments: [
      ("smtp://m.example", "", true, false), ("smtp://m.example", #""allow_http": true"#, false, true),
      ("smtp://m.example", #""allow_http": true, "ca_file": "/c""#, true, false),
      ("smtp://127.0.0.1:25", "", false, false), ("smtp://localhost", #""allow_http": true"#, false, false),
      ("smtp://[::1]", #""ca_file": "/c""#, true, false), ("SMTPS://m.example", #""allow_http": true"#, false, false),
      // libcurl takes it for this machine, and nobody else has to.
      ("smtp://mail.localhost", "", true, false),
    ])
  func tlsIsAskedFor(server: String, more: String, needsTLS: Bool, isOpenToOthers: Bool) throws {
    let settings = try settings(server, more)
    #expect(settings.needsTLS == needsTLS && settings.isOpenToOthers == isOpenToOthers)
  }

  private func settings(_ server: String, _ more: String = "") throws -> EmailSettings {
    guard case .email(let settings) = try config(server, more).sinks[0].kind else { throw WrongKind() }
    return settings
  }

  private func config(_ server: String, _ more: String = "") throws -> WatchConfig {
    let text = """
      {"sinks": {"m": {"type": "email", "server": "\(server)", "from": "w@a.example", "to": ["o@a.example"]
      \(more.isEmpty ? "" : ", " + more)}}}
      """
    return try WatchConfig.parse(Array(text.utf8), path: "c")
  }

  private struct WrongKind: Error {}

  @Test func whereNothingGoesIsSaid() throws {
    let faults = try config("smtp://169.254.169.254").faults.map(\.message)
    #expect(faults.count == 1 && faults[0].contains("nothing is ever sent to this \"server\""))
    #expect(try config("smtps://10.0.0.1:465").faults.isEmpty)
  }

  @Test(
    arguments: [
      "smtp://", "smtp://m.example:0", "smtp://m.example:x", "smtp://m.example/?a", "smtp://m.example#a",
      "m.example:25",
      "smtp:m.example", "smtp://u@m.example", "smtp://m example", "smtp://m.example//", "http://m.example", "",
    ])
  func noServer(text: String) { #expect(throws: ConfigProblems.self) { try settings(text) } }

  @Test func addresses() {
    for address in ["a@b", "a.b+c@d-e.example", "!#$%&'*+-/=?^_`{|}~@a.example", "a@127.0.0.1"] {
      #expect(MailAddress.isValid(address), "\(address)")
    }
    for address in [
      "", "a", "@b", "a@", "a@b@c", ".a@b", "a.@b", "a..b@c", "a b@c", "\"a\"@b", "<a@b>", "a@b:25", "a@[::1]", "a@-b",
      "a@b..c", "ä@b", "a@ä", "a@b\r\n", "a@b\u{0}", String(repeating: "a", count: 65) + "@b",
    ] { #expect(!MailAddress.isValid(address), "\(address.debugDescription)") }
  }
}
