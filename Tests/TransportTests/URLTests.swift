import TestSupport
import Testing
import Transport

@Suite("URLs")
struct URLTests {
  @Test(
    "refused before anything is sent",
    arguments: [
      ("http://user@127.0.0.1/", TransportError.Code.badURL), ("http://:secret@127.0.0.1/", .badURL),
      ("http://user:secret@127.0.0.1/?q=secret", .badURL), ("127.0.0.1/", .badURL), ("//127.0.0.1/", .badURL),
      ("", .badURL), ("ftp://127.0.0.1/", .badURL), ("file:///etc/passwd", .badURL), ("http://", .badURL),
      ("http://127.0.0.1/a b", .badURL), ("http://127.0.0.1/a\r\nX: y", .badURL), ("http://127.0.0.1\u{0}.b/", .badURL),
      ("http://127.0.0.1:99999/", .badURL), ("http://127.0.0.1:1 @evil/", .badURL),
    ])
  func refused(url: String, code: TransportError.Code) async {
    let client = HTTPClient()
    defer { client.shutdown() }
    let error = await failure(of: request(url), with: client)
    #expect(error?.code == code)
    #expect(error?.message.contains("secret") == false && error?.url.contains("secret") == false)
  }

  @Test("plain HTTP needs leave")
  func plainHTTP() async throws {
    try await withServer { _ in
      ScriptedResponse(200)
    } _: { server, client in
      var plain = request(server.origin)
      plain.allowPlainHTTP = false
      #expect(await failure(of: plain, with: client)?.code == .plainHTTPRefused)
      #expect(server.connectionCount == 0)
    }
  }

  @Test("errors show neither query nor fragment")
  func redaction() async throws {
    let server = try LoopbackServer { _ in ScriptedResponse(200) }
    server.stop()
    let client = HTTPClient()
    defer { client.shutdown() }
    let error = await failure(of: request(server.origin + "/a/b?sig=secret#secret"), with: client)
    #expect(error?.url == server.origin + "/a/b")
    #expect(error?.message.contains("secret") == false)
  }

  @Test(
    "origins",
    arguments: [
      ("https://Registry.Example/v2/", "https://registry.example"), ("HTTPS://a:443/x", "https://a"),
      ("https://a:8443", "https://a:8443"), ("http://a", "http://a"), ("http://a:443/", "http://a:443"),
      ("https://[::1]:5000/", "https://[::1]:5000"), ("https://0x7f.1/", "https://127.0.0.1"),
      ("https://u@a/", nil), ("https://u:p@a/", nil), ("ftp://a/", nil), ("a/b", nil), ("https://", nil),
    ])
  func origins(url: String, expected: String?) {
    #expect(Origin(url: url)?.description == expected)
  }

  @Test("equal means scheme, host and port")
  func equality() {
    #expect(Origin(url: "https://A/x?y") == Origin(url: "https://a:443/z"))
    #expect(Origin(url: "https://a/") != Origin(url: "http://a:443/"))
    #expect(Origin(url: "https://a/") != Origin(url: "https://a:444/"))
    #expect(Origin(url: "https://a/") != Origin(url: "https://a./"))
  }
}
