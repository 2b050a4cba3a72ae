import Testing
import Transport

@Suite("response headers")
struct HeaderTests {
  static let headers = HTTPHeaders(
    raw: bytes("Link: <a>\r\nETag:\t \"x\" \r\nlink:<b>\r\nLink-Other: no\r\nEmpty:\r\n: none\r\nNoColon\r\nLast: end"))

  @Test(
    "first",
    arguments: [
      ("link", "<a>"), ("LINK", "<a>"), ("etag", "\"x\""), ("empty", ""), ("last", "end"), ("lin", nil),
      ("nocolon", nil),
      ("link-other", "no"), ("absent", nil), ("link:", nil),
    ])
  func first(name: String, expected: String?) {
    #expect(Self.headers.first(name) == expected)
  }

  @Test("all, in order")
  func all() {
    #expect(Self.headers.all("Link") == ["<a>", "<b>"])
    #expect(Self.headers.all("absent").isEmpty)
    #expect(HTTPHeaders([("A", "1"), ("a", "2")]).all("A") == ["1", "2"])
    #expect(HTTPHeaders(raw: []).first("a") == nil)
  }

  @Test("bytes that are not UTF-8 do no harm")
  func notUTF8() {
    #expect(HTTPHeaders(raw: bytes("A: ") + [0xff, 0xfe] + bytes("z\r\n")).first("a") == "\u{fffd}\u{fffd}z")
  }
}
