import Testing

@testable import Registry

@Suite struct TokenReplyTests {
  private func read(_ text: String, date: String? = nil) -> TokenReply? { TokenReply(Array(text.utf8), date: date) }

  @Test(arguments: [
    (#"{"token":"t"}"#, "t"), (#"{"access_token":"a"}"#, "a"), (#"{"token":"t","access_token":"a"}"#, "a"),
    (#"{"token":"t","access_token":""}"#, "t"), (#"{"token":"t","access_token":null}"#, "t"),
  ])
  func takesTheToken(_ text: String, _ token: String) {
    #expect(read(text)?.token == token)
  }

  @Test(arguments: [
    "", "{}", "[]", "null", #"{"token":""}"#, #"{"token":1}"#, #"{"token":"a b"}"#, #"{"token":"a\r\nX: y"}"#,
    #"{"token":"a\u0000"}"#, #"{"token":"é"}"#, #"{"token":"t"} x"#, #"{"token":"t","token":"u"}"#, "<html></html>",
    #"{"errors":[{"code":"DENIED"}]}"#, #"{"token":"\#(String(repeating: "x", count: 20_000))"}"#,
  ])
  func refuses(_ text: String) {
    #expect(read(text) == nil)
  }

  @Test(arguments: [
    // A tenth is taken off, at least five seconds.
    (#""expires_in":300"#, 270), (#""expires_in":"300""#, 270), (#""expires_in":300.5"#, 270),
    // The default and the least is a minute.
    (#""expires_in":0"#, 54), (#""expires_in":-1"#, 54), (#""expires_in":10"#, 54), (#""x":1"#, 54),
    (#""expires_in":null"#, 54), (#""expires_in":"soon""#, 54), (#""expires_in":1e300"#, 77_760),
    (#""expires_in":1e999"#, 54),
  ])
  func tellsHowLongItIsGood(_ member: String, _ seconds: Int64) throws {
    let reply = try #require(read(#"{"token":"t",\#(member)}"#))
    #expect(reply.usableMilliseconds / 1_000 == seconds)
  }

  @Test(
    arguments: [
      // Handed out 100 of its 300 seconds ago, by the server's own clock.
      ("2023-11-14T22:13:20Z", "Tue, 14 Nov 2023 22:15:00 GMT", 180), ("2023-11-14T22:13:20Z", nil, 270),
      ("2023-11-14T22:13:20Z", "Tue, 14 Nov 2023 22:10:00 GMT", 270),
      ("2001-01-01T00:00:00Z", "Tue, 14 Nov 2023 22:15:00 GMT", 270),
      ("never", "Tue, 14 Nov 2023 22:15:00 GMT", 270),
    ] as [(String, String?, Int64)])
  func takesItsAgeOff(_ issued: String, _ date: String?, _ seconds: Int64) throws {
    let reply = try #require(read(#"{"token":"t","expires_in":300,"issued_at":"\#(issued)"}"#, date: date))
    #expect(reply.usableMilliseconds / 1_000 == seconds)
  }
}
